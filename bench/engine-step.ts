/**
 * A durable step of the engine: a node of a graph on our saver that does nothing. Beside it a node on LangGraph's in-memory
 * saver that commits 512 bytes. Also shown: the step of a phase of a run, whose
 * node records an event of its own, which is a second commit.
 */
import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Annotation, END, MemorySaver, START, StateGraph } from "@langchain/langgraph";
import type { BaseCheckpointSaver } from "@langchain/langgraph-checkpoint";
import { silentLog } from "../daemon/observability/log-file.ts";
import { createCheckpointSaver } from "../daemon/orchestration/checkpoints.ts";
import { openStore } from "../daemon/store/sqlite.ts";
import type { Store } from "../daemon/store/store.ts";
import type { RunEventBody } from "../protocol/index.ts";
import { type Figure, median, sideBySide, timed } from "./measure.ts";

const NODES = 20;
const ROUNDS = 15;

const State = Annotation.Root({
  route: Annotation<string>,
  round: Annotation<number>,
  report: Annotation<string>,
});

export async function measureEngineStep(folder: string): Promise<Figure[]> {
  const home = join(folder, "engine-step");
  mkdirSync(home, { mode: 0o700 });
  const store = await openStore({ home, log: silentLog });
  const commit = openCommit(join(folder, "commit.db"));
  // As in the engine: versions are text in our saver, where LangGraph's types expect numbers.
  const saver = createCheckpointSaver(store.checkpoints) as unknown as BaseCheckpointSaver;
  const durable = chain(saver, async () => undefined);
  const yardstick = chain(new MemorySaver(), async () => commit.write());
  const times = await sideBySide(
    ROUNDS,
    async () => [await perNode(durable)],
    async () => [await perNode(yardstick)],
  );
  const recording = await measureRecording(store, saver);
  await store.close();
  commit.close();
  return [
    { name: "durable step ÷ (in-memory step + one commit)", value: times.first / times.second, limit: 2, unit: "×" },
    { name: "  durable step", value: times.first, unit: "ms" },
    { name: "  LangGraph's in-memory step with one commit in its node", value: times.second, unit: "ms" },
    { name: "  durable step with an event recorded in its node", value: recording, unit: "ms" },
  ];
}

async function measureRecording(store: Store, saver: BaseCheckpointSaver): Promise<number> {
  const run = chain(saver, (runId, node) => recordNode(store, runId, node));
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const runId = randomUUID();
    await store.events.append(runId, [{ body: CREATED }]);
    times.push(await perNode(run, runId));
  }
  return median(times);
}

async function perNode(run: (runId: string) => Promise<unknown>, runId: string = randomUUID()): Promise<number> {
  return (await timed(() => run(runId))) / NODES;
}

/** A chain of nodes that do nothing but what is asked here; answers with how to run it under an id. */
function chain(saver: BaseCheckpointSaver, work: (runId: string, node: number) => Promise<unknown>) {
  const names = Array.from({ length: NODES }, (_, index) => `node${index}`);
  const graph = names.reduce(
    (built, name, index) =>
      built.addNode(name, async (_state: typeof State.State, { configurable }) => {
        await work(String(configurable?.["thread_id"]), index);
        return { route: name, round: index };
      }),
    new StateGraph<typeof State.spec, typeof State.State, typeof State.Update, string>(State),
  );
  for (const [index, name] of names.entries()) graph.addEdge(names[index - 1] ?? START, name);
  graph.addEdge(names.at(-1) ?? START, END);
  const compiled = graph.compile({ checkpointer: saver });
  return (runId: string) =>
    compiled.invoke(
      { round: 0, report: "" },
      { configurable: { thread_id: runId }, recursionLimit: NODES + 5, durability: "sync" },
    );
}

async function recordNode(store: Store, runId: string, node: number): Promise<void> {
  await store.events.append(runId, [{ body: { type: "run.entered", phase: "tasks" }, key: `entered/${node}` }]);
}

function openCommit(file: string) {
  const database = new DatabaseSync(file);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE bench (value BLOB)");
  const insert = database.prepare("INSERT INTO bench VALUES (?)");
  const value = new Uint8Array(512).fill(7);
  return { write: () => insert.run(value), close: () => database.close() };
}

const CREATED: RunEventBody = {
  type: "run.created",
  sessionId: "bench",
  workspace: "/bench",
  prompt: "bench",
  mode: "act",
  headless: true,
  autoApply: false,
  model: { provider: "replay", model: "none" },
  budgetUsd: null,
  policy: {},
  continues: null,
};
