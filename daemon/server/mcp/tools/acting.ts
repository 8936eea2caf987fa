/** Tools that do something, where the server was started so: runs, and notes that wait for a person. */
import { createHash, randomUUID } from "node:crypto";
import * as z from "zod/mini";
import { FactKind, nexusError, SessionMode } from "../../../../protocol/index.ts";
import { type Desk, runOf } from "../desk.ts";
import { folder, runId, text } from "./fields.ts";
import { type Tool, tool } from "./tool.ts";

const MOST_PROMPT = 20_000;

const key = z.optional(text("Sent again after a lost answer, the same key does it once.", 80));

export function actingTools(desk: Desk): Tool[] {
  const { acting } = desk.links;
  return [
    tool({
      name: "start_run",
      title: "Start a run",
      description:
        "Starts a run of Nexus on a goal and answers with its id at once; watch_run follows it. What it changes waits for the person: nothing is written into the folder.",
      needs: "runs",
      input: z.strictObject({
        goal: text("What is to be done, or a question about the code.", MOST_PROMPT),
        mode: z.optional(SessionMode.check(z.describe("ask: only read; plan: only plan; act (default)."))),
        budgetUsd: z.optional(
          z.number().check(z.gte(0), z.describe("The most it may cost; never more than the user's own limit.")),
        ),
        whenAsked: z.optional(
          z
            .enum(["deny", "wait"])
            .check(z.describe("What needs a person's approval is denied, or waits for one in any client of Nexus.")),
        ),
        key,
        folder,
      }),
      output: z.object({ runId: z.string(), sessionId: z.string(), queuePlace: z.optional(z.int()) }),
      async call({ goal, mode, budgetUsd, whenAsked, key: given, folder: wanted }, { signal }) {
        const workspace = await desk.folders().resolve(wanted);
        const { budgetUsd: limit, ...model } = desk.runDefaults;
        const budget = leastOf(budgetUsd, limit);
        const waits = (whenAsked ?? (desk.asksPerson ? "wait" : "deny")) === "wait";
        return acting.request(
          "run/start",
          {
            workspace,
            prompt: goal,
            headless: !waits,
            // An assistant's words may come from whatever it has read.
            origin: "outsider",
            ...(mode === undefined ? {} : { mode }),
            ...(budget === null ? {} : { budgetUsd: budget }),
            ...model,
            idempotencyKey: keyOf(given, workspace),
          },
          { signal },
        );
      },
    }),
    tool({
      name: "steer_run",
      title: "Say something to a run",
      description:
        "Words for a run that is at work: they reach its agent before its next step, or become the session's next run.",
      needs: "runs",
      input: z.strictObject({
        runId,
        text: text("What to say.", MOST_PROMPT),
        delivery: z.optional(z.enum(["steer", "queue"]).check(z.describe("Default: steer."))),
        key,
      }),
      output: z.object({ promptId: z.string() }),
      async call({ runId: id, text: words, delivery = "steer", key: given }, { signal }) {
        await taintedRun(desk, id, signal);
        return acting.request(
          "run/prompt",
          { runId: id, text: words, delivery, idempotencyKey: keyOf(given, id) },
          { signal },
        );
      },
    }),
    tool({
      name: "cancel_run",
      title: "Cancel a run",
      description: "Stops a run's model, tools and processes. What it changed so far is kept.",
      needs: "runs",
      destructive: true,
      input: z.strictObject({ runId }),
      output: z.object({ runId: z.string(), cancelled: z.boolean() }),
      async call(params, { signal }) {
        await runOf(desk, params.runId, signal);
        await acting.request("run/cancel", params, { signal });
        return { ...params, cancelled: true };
      },
    }),
    tool({
      name: "resume_run",
      title: "Resume a run",
      description: "Goes on with a run that failed, was cancelled or ran out of budget, from its last recorded step.",
      needs: "runs",
      input: z.strictObject({ runId }),
      output: z.object({ runId: z.string(), resumed: z.boolean() }),
      async call(params, { signal }) {
        await runOf(desk, params.runId, signal);
        const { budgetUsd: _, ...model } = desk.runDefaults;
        await acting.request("run/resume", { ...params, ...model }, { signal });
        return { ...params, resumed: true };
      },
    }),
    tool({
      name: "propose_fact",
      title: "Propose a note",
      description:
        "Proposes a fact, decision, convention, dead end or preference of the project. It waits until a person confirms it; before that no agent is shown it.",
      needs: "facts",
      input: z.strictObject({
        kind: FactKind,
        text: text("What is to be remembered, in a few sentences.", 2000),
        folder,
      }),
      output: z.object({ outcome: z.enum(["proposed", "known"]) }),
      async call({ kind, text: words, folder: wanted }, { signal }) {
        const workspace = await desk.folders().resolve(wanted);
        const fact = { kind, text: words, workspace, cites: [], confidence: 0.5 };
        const line = `${JSON.stringify(fact)}\n`;
        const { added, problems } = await acting.request("memory/factsImport", { workspace, text: line }, { signal });
        const [first] = problems;
        if (first !== undefined) throw nexusError("memory.fact_invalid", first.problem);
        return { outcome: added > 0 ? "proposed" : "known" } as const;
      },
    }),
  ];
}

/** An assistant's words reach only runs that are marked already as having met what nobody vouches for. */
async function taintedRun(desk: Desk, id: string, signal: AbortSignal): Promise<void> {
  const { taint } = await runOf(desk, id, signal);
  if (taint?.untrustedInput !== true)
    throw nexusError(
      "connection.not_human",
      "This run was started by a person, and an assistant's words would taint it.",
    );
}

function leastOf(wanted: number | undefined, limit: number | null): number | null {
  if (wanted === undefined) return limit;
  return limit === null ? wanted : Math.min(wanted, limit);
}

function keyOf(given: string | undefined, about: string): string {
  return given === undefined ? randomUUID() : `mcp:${createHash("sha256").update(`${about}\n${given}`).digest("hex")}`;
}
