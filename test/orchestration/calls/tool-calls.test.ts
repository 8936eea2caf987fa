import { afterEach, expect, it } from "vitest";
import * as z from "zod/mini";
import type { DirectTool, Tool } from "../../../daemon/tools/tool.ts";
import type { RunEvent } from "../../../protocol/index.ts";
import { type Engine, startEngine } from "../../support/engine.ts";

let engine: Engine;
afterEach(async () => {
  expect(engine.logged).toEqual([]);
  await engine.close();
});

const input = z.object({ text: z.optional(z.string()) });

/** A tool of others, with a description that costs tokens. */
function foreignTool(name: string, execute: DirectTool<typeof input>["execute"]): Tool {
  return {
    name: `mcp__s__${name}`,
    description: `Does ${name}. ${"Words that cost tokens. ".repeat(20)}`,
    input,
    effect: "unknown",
    access: ({ text = "" }) => ({
      kind: "foreign",
      source: "mcp",
      name: `s/${name}`,
      input: text,
      claimsReadOnly: false,
    }),
    probes: [{ kind: "foreign", source: "mcp", name: `s/${name}`, input: "{}", claimsReadOnly: false }],
    foreign: { source: "MCP server s", parameters: { type: "object", properties: { text: { type: "string" } } } },
    execute,
  };
}

const says = (output: string) => async () => ({ ok: true as const, output, summary: output });

/** The results as a request to the model holds them. */
function toolTexts(request: unknown): string[] {
  const body = typeof request === "object" && request !== null && "body" in request ? request.body : request;
  const { messages } = JSON.parse(typeof body === "string" ? body : JSON.stringify(body));
  return messages.flatMap((message: { role: string; content: string }) =>
    message.role === "tool" ? [message.content] : [],
  );
}

const LONG = Array.from({ length: 5000 }, (_, line) => `line ${line + 1}`).join("\n");

function finished(events: readonly RunEvent[]) {
  return events.flatMap(({ body }) => (body.type === "tool.finished" ? [body] : []));
}

it("carries out the calls of a turn side by side, and tells the model their results in its order", async () => {
  const turns: string[] = [];
  engine = await startEngine({
    files: { a: "1\n", b: "1\n" },
    beforeCalls: async ({ taskId, turn }) => void turns.push(`${taskId} ${turn}`),
    script: [
      {
        when: { turn: 0 },
        reply: {
          toolCalls: [
            { tool: "read_file", arguments: { path: "a" } },
            { tool: "edit_file", arguments: { path: "a", edits: [{ search: "1", replace: "2" }] } },
            { tool: "edit_file", arguments: { path: "a", edits: [{ search: "2", replace: "3" }] } },
            { tool: "no_such_tool", arguments: {} },
            { tool: "read_file", arguments: { path: "b" } },
          ],
        },
      },
      { when: { turn: 1 }, reply: { text: "Done." } },
    ],
  });
  const runId = await engine.start("Fix the numbers in a");
  const state = await engine.ended(runId);
  expect(state.status).toBe("done");
  expect(state.changes?.changeSet.files).toMatchObject([{ path: "a", additions: 1, deletions: 1 }]);
  expect(await engine.service.file({ runId, path: "a", side: "after" })).toEqual({ text: "3\n" });
  const results = (await engine.events(runId)).flatMap(({ body }) => (body.type === "tool.finished" ? [body] : []));
  const inOrder = [...results].sort((first, second) => (first.key < second.key ? -1 : 1));
  expect(inOrder.map(({ tool, status }) => `${tool} ${status}`)).toEqual([
    "read_file done",
    "edit_file done",
    "edit_file done",
    "no_such_tool failed",
    "read_file done",
  ]);
  const told = toolTexts(engine.server.requests.at(-1));
  expect(told).toEqual(inOrder.map(({ output }) => output));
  expect(turns).toEqual(["change 1"]);
});

it("finds tools of others, asks before one is used, and knows after a restart what was found", async () => {
  const heard: string[] = [];
  const tools = ["alpha", "beta", "gamma"].map((name) => foreignTool(`make_${name}`, says(name)));
  const loud = foreignTool("print_everything", async (_input, { onOutput }) => {
    onOutput?.("on its way\n");
    return { ok: true, output: LONG, summary: "printed" };
  });
  const many = Array.from({ length: 20 }, (_, index) => foreignTool(`other_${index}`, says("")));
  engine = await startEngine({
    files: { a: "1\n" },
    foreignTools: async () => [...tools, loud, ...many],
    script: [
      {
        when: { turn: 0, tool: "find_tools" },
        reply: { toolCalls: [{ tool: "find_tools", arguments: { query: "print everything" } }] },
      },
      {
        when: { turn: 1, tool: "mcp__s__print_everything" },
        reply: { toolCalls: [{ tool: "mcp__s__print_everything", arguments: { text: "x" } }] },
      },
      {
        when: { turn: 2, tool: "read_result" },
        reply: { toolCalls: [{ tool: "read_result", arguments: { handle: "2.0", from: 2500, lines: 1 } }] },
      },
      { when: { turn: 3, contains: "2500\tline 2500" }, reply: { text: "Done." } },
    ],
  });
  const runId = await engine.start("Fix a", { headless: false });
  const waiting = await engine.until(runId, (state) => state.pendingApprovals.length > 0);
  expect(waiting.pendingApprovals[0]?.subject).toMatchObject({
    kind: "foreign",
    name: "s/print_everything",
    input: "x",
  });
  const asked = engine.server.requests.length;
  await engine.restart();
  engine.service.onDelta(({ call, text }) => void heard.push(`${call} ${text}`));
  const again = await engine.until(runId, (state) => state.pendingApprovals.length > 0);
  const [approval] = again.pendingApprovals;
  if (approval === undefined) throw new Error("nothing is asked");
  const { approvalId, subjectHash } = approval;
  await engine.service.answer({ runId, approvalId, subjectHash, decision: "approve" }, { name: "t" });
  expect(await engine.ended(runId)).toMatchObject({ status: "done", taint: { untrustedInput: true } });
  expect(engine.server.requests.length).toBe(asked + 2);
  expect(heard).toContain("0 on its way\n");
  const events = finished(await engine.events(runId));
  expect(events.map(({ tool }) => tool)).toEqual(["find_tools", "mcp__s__print_everything", "read_result"]);
  expect(events[0]?.offers).toContain("mcp__s__print_everything");
  expect(events[1]?.whole).toMatch(/^[0-9a-f]{64}$/);
});
