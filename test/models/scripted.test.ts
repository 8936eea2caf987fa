/** The scripted servers themselves: what other tests and the demo rely on. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Script } from "../support/scripted/script.ts";
import { ask, EDIT_TOOL, PROVIDERS, requestOf, withModel } from "./ask.ts";

async function post(url: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

describe.each(PROVIDERS)("the scripted $provider", (provider) => {
  const path = provider.provider === "openai" ? "/chat/completions" : "/v1/messages";

  it("gives the same content the same answer without using up a turn, and counts", () =>
    withModel(provider, [{ reply: { text: "one" } }, { reply: { text: "two" } }], async ({ model, server }) => {
      const texts = [];
      for (const text of ["a", "a", "b", "a"]) texts.push((await ask(model, requestOf(text))).response?.text);
      expect(texts).toEqual(["one", "one", "two", "one"]);
      expect([...server.countByHash().values()]).toEqual([3, 1]);
      expect(server.unused()).toEqual([]);
    }));

  it("picks turns by what the conversation holds", () => {
    const script: Script = [
      { when: { tool: "plan" }, reply: { text: "by tool" } },
      { when: { system: "reviewer" }, reply: { text: "by system" } },
      { when: { firstUser: "task A", turn: 0 }, reply: { text: "A0" } },
      { when: { firstUser: "task A", turn: 1, last: "result" }, reply: { text: "A1" } },
      { when: { lastUser: "steer" }, reply: { text: "steered" } },
      { when: { contains: "anything" }, reply: { text: "contained" } },
    ];
    const calls = [{ callId: "c", tool: "edit", argumentsText: "{}" }];
    const opening = { role: "user" as const, text: "task A" };
    const result = { role: "tool" as const, callId: "c", tool: "edit", text: "the result", isError: false };
    const called = [opening, { role: "assistant" as const, text: "anything", toolCalls: calls }, result];
    return withModel(provider, script, async ({ model }) => {
      const says = async (request: ReturnType<typeof requestOf>) => (await ask(model, request)).response?.text;
      expect(await says(requestOf("", { messages: [...called, { role: "user", text: "steer" }] }))).toBe("steered");
      expect(await says(requestOf("", { messages: called }))).toBe("A1");
      expect(await says(requestOf("", { messages: [opening] }))).toBe("A0");
      expect(await says(requestOf("x", { system: "You are a reviewer" }))).toBe("by system");
      expect(await says(requestOf("x", { tools: [{ ...EDIT_TOOL, name: "plan" }] }))).toBe("by tool");
      expect(await says(requestOf("x anything"))).toBe("contained");
      expect((await ask(model, requestOf("no such turn"))).message).toContain("the script has no turn");
    });
  });

  it("misbehaves as often as told for the same content, then answers", () =>
    withModel(provider, [{ reply: { text: "ok" }, misbehave: { status: 503, times: 2 } }], async ({ model }) => {
      const codes = [];
      for (let attempt = 0; attempt < 3; attempt++) codes.push((await ask(model, requestOf("go"))).code);
      expect(codes).toEqual(["model.overloaded", "model.overloaded", undefined]);
    }));

  it("repeats a turn for ever when told so", () =>
    withModel(provider, [{ repeat: true, reply: { toolCalls: [{ tool: "edit" }] } }], async ({ model }) => {
      for (const text of ["a", "b", "c"])
        expect((await ask(model, requestOf(text))).response?.toolCalls).toMatchObject([
          { tool: "edit", argumentsText: "{}" },
        ]);
    }));

  it("answers without a stream and lists its models", () =>
    withModel(
      provider,
      [{ reply: { text: "ok", toolCalls: [{ tool: "edit", arguments: { a: 1 } }] } }],
      async ({ server }) => {
        const whole = await post(server.url + path, { model: "m", messages: [{ role: "user", content: "go" }] });
        expect(whole.status).toBe(200);
        const expected =
          provider.provider === "openai"
            ? {
                choices: [
                  { finish_reason: "tool_calls", message: { content: "ok", tool_calls: [{ type: "function" }] } },
                ],
              }
            : { stop_reason: "tool_use", content: [{ text: "ok" }, { type: "tool_use", input: { a: 1 } }] };
        expect(whole.body).toMatchObject(expected);
        const models: { data: unknown } = await (
          await fetch(`${server.url}${path.startsWith("/v1") ? "/v1" : ""}/models`)
        ).json();
        expect(models.data).toMatchObject([{ id: "scripted" }]);
      },
    ));

  it("knows its key and its models", () =>
    withModel(
      provider,
      [{ reply: { text: "ok" } }],
      async ({ model }) => expect((await ask(model, requestOf("go"))).code).toBe("model.key_refused"),
      { server: { apiKey: "another" } },
    ).then(() =>
      withModel(
        provider,
        [{ reply: { text: "ok" } }],
        async ({ model }) => expect((await ask(model, requestOf("go"))).code).toBe("model.unknown"),
        { server: { models: ["other"] } },
      ),
    ));

  it("runs as a program", async () => {
    const folder = mkdtempSync(join(tmpdir(), "nexus-scripted-"));
    const file = join(folder, "script.json");
    writeFileSync(file, JSON.stringify([{ reply: { text: "from a file" } }]));
    const program = fileURLToPath(new URL("../support/scripted-model.ts", import.meta.url));
    const child = spawn(process.execPath, [program, "--provider", provider.provider, "--script", file, "--port", "0"]);
    try {
      const [line] = await once(child.stdout, "data");
      const { url }: { url: string } = JSON.parse(String(line));
      const { body } = await post(url + path, { model: "m", messages: [{ role: "user", content: "go" }] });
      expect(JSON.stringify(body)).toContain("from a file");
    } finally {
      child.kill("SIGTERM");
      await once(child, "exit");
      rmSync(folder, { recursive: true });
    }
  });
});
