import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { differences } from "../../../daemon/orchestration/replay/compare.ts";
import { replayRun } from "../../../daemon/orchestration/replay/replay.ts";
import type { KeyedEvent, Store } from "../../../daemon/store/store.ts";
import type { RunEvent, RunEventBody } from "../../../protocol/index.ts";
import { type Engine, startEngine } from "../../support/engine.ts";
import type { Reply, Script } from "../../support/scripted/script.ts";

function call(tool: string, ...inputs: unknown[]): Reply {
  return { toolCalls: inputs.map((input) => ({ tool, arguments: input })) };
}

const FILES = { "README.md": "# Notse\n", "package.json": '{"scripts":{"test":"true"}}\n' };
const FIX: Script = [
  { when: { turn: 0 }, reply: call("read_file", { path: "README.md" }) },
  {
    when: { turn: 1 },
    reply: call("edit_file", { path: "README.md", edits: [{ search: "Notse", replace: "Notes" }] }),
    misbehave: { status: 529 },
  },
  { when: { turn: 2 }, reply: { text: "Fixed." } },
];

/** The store as it would be if the log were another one. */
function withLog(store: Store, change: (log: KeyedEvent[]) => KeyedEvent[]): Store {
  const renumbered = async (runId: string) => {
    const log = change(await store.events.readKeyed(runId, { after: 0, limit: 10_000 }));
    return log.map(({ event, key }, index) => ({ key, event: { ...event, seq: index + 1 } }));
  };
  const events: Store["events"] = {
    ...store.events,
    readKeyed: async (runId, { after, limit }) => (await renumbered(runId)).slice(after, after + limit),
  };
  return { ...store, events };
}

function changed<Type extends RunEventBody["type"]>(
  type: Type,
  change: (body: Extract<RunEventBody, { type: Type }>) => RunEventBody,
  which = 0,
): (log: KeyedEvent[]) => KeyedEvent[] {
  return (log) => {
    const places = log.flatMap(({ event }, index) => (event.body.type === type ? [index] : []));
    return log.map((entry, index) =>
      index === places[which]
        ? {
            ...entry,
            event: { ...entry.event, body: change(entry.event.body as Extract<RunEventBody, { type: Type }>) },
          }
        : entry,
    );
  };
}

const without = (type: RunEventBody["type"]) => (log: KeyedEvent[]) => {
  const place = log.findIndex(({ event }) => event.body.type === type);
  return log.filter((_, index) => index !== place);
};

describe("a replay", () => {
  let engine: Engine;
  let runId: string;
  let before: RunEvent[];

  beforeAll(async () => {
    engine = await startEngine({ files: FILES, script: FIX });
    runId = await engine.start("Fix the typo in README.md");
    await engine.ended(runId);
    before = await engine.events(runId);
  });
  afterAll(() => engine.close());

  it("makes the same events, asks nobody, and writes nothing", async () => {
    const asked = engine.server.requests.length;
    const replay = await replayRun(engine.store, runId);
    expect(replay).toMatchObject({ runId, events: before.length, divergence: null });
    expect(replay.compared + replay.told).toBe(before.length);
    expect(replay.compared).toBeGreaterThan(before.length / 2);
    expect(engine.server.requests.length).toBe(asked);
    expect(await engine.events(runId)).toEqual(before);
  });

  it.each<[string, (log: KeyedEvent[]) => KeyedEvent[], object]>([
    [
      "another answer to a task",
      changed("task.finished", (body) => ({ ...body, summary: "Something else." })),
      { fields: ["summary"], recorded: { type: "task.finished", summary: "Something else." } },
    ],
    [
      "another size of a request",
      changed("model.requested", (body) => ({ ...body, inputTokens: body.inputTokens + 1 }), 1),
      { fields: ["inputTokens"], recorded: { type: "model.requested" } },
    ],
    [
      "a call that the model did not ask for",
      changed("tool.requested", (body) => ({ ...body, input: '{"path":"other.txt"}' })),
      { recorded: { type: "tool.requested" }, reason: expect.stringContaining("other arguments") },
    ],
    [
      "another end",
      changed("run.finished", (body) => ({ ...body, status: "failed" as const })),
      { fields: ["status"], recorded: { type: "run.finished" } },
    ],
    ["an event less", without("run.triaged"), { made: { type: "run.triaged" } }],
    ["an answer less", without("model.responded"), { recorded: { type: "tool.requested" } }],
  ])("tells the first event at which a log with %s cannot be followed", async (_, change, divergence) => {
    const replay = await replayRun(withLog(engine.store, change), runId);
    expect(replay.divergence).toMatchObject(divergence);
  });

  it("refuses a log that it cannot read, and a run that has not ended", async () => {
    const unknown = changed("run.triaged", (body) => ({ ...body, kind: "poem" }) as never);
    await expect(replayRun(withLog(engine.store, unknown), runId)).rejects.toMatchObject({
      value: { code: "replay.unreadable", message: expect.stringContaining("run.triaged") },
    });
    const cut = (log: KeyedEvent[]) => log.slice(0, -1);
    await expect(replayRun(withLog(engine.store, cut), runId)).rejects.toMatchObject({ value: { code: "run.active" } });
    await expect(replayRun(engine.store, "nobody")).rejects.toMatchObject({ value: { code: "run.unknown" } });
  });

  it("reads a log of before instructions were kept: their figures are then not compared", async () => {
    const old = (log: KeyedEvent[]) =>
      log.map(({ event, key }) => {
        if (event.body.type !== "model.requested") return { event, key };
        const { frame: _, ...body } = event.body;
        return { key, event: { ...event, body: { ...body, inputTokens: 1, overheadTokens: 1 } } };
      });
    expect(await replayRun(withLog(engine.store, old), runId)).toMatchObject({ divergence: null });
  });
});

it("compares all but times", () => {
  const body: RunEventBody = {
    ...{ type: "tool.finished", key: "k", taskId: "t", turn: 1, callId: "c", tool: "x", status: "done" },
    ...{ summary: "", output: "", artifact: null, durationMs: 5, changed: ["a"] },
  };
  expect(differences(body, { ...body, durationMs: 7 })).toEqual([]);
  expect(differences(body, { ...body, changed: ["a", "b"] })).toEqual(["changed.1"]);
  expect(differences(body, { ...body, offers: undefined } as never)).toEqual([]);
  expect(differences(body, { ...body, offers: [] })).toEqual(["offers"]);
});
