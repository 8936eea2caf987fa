/** Workflow runs whose effects are only pretended: compiler, graph, checkpoints and event log are the real ones. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createWaitGraph } from "../../daemon/collaboration/wait-for.ts";
import { type Bundle, openBundle } from "../../daemon/orchestration/workflows/bundle.ts";
import type { Json } from "../../daemon/orchestration/workflows/definition.ts";
import type { Effect, EffectPlace, Performed } from "../../daemon/orchestration/workflows/effects.ts";
import { runWorkflowGraph, type WorkflowEnd } from "../../daemon/orchestration/workflows/graph.ts";
import { type Connect, connect } from "../../daemon/store/connection.ts";
import { openStore } from "../../daemon/store/sqlite.ts";
import type { Store } from "../../daemon/store/store.ts";
import { nexusError, type RunEvent } from "../../protocol/index.ts";
import { created } from "../support/fake-run-service.ts";

const silent = { write: () => undefined, with: () => silent };

export interface Pretended {
  readonly store: Store;
  close(): Promise<void>;
}

export async function openPretended(): Promise<Pretended> {
  const home = mkdtempSync(join(tmpdir(), "nexus-workflows-"));
  const store = await openStore({ home, log: silent, connect: hastily });
  return {
    store,
    async close() {
      await store.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** A death is only pretended too: nothing need be on the disk, so a thousand workflows do not wait for it. */
const hastily: Connect = (file, options) => {
  const connection = connect(file, options);
  const execute: typeof connection.execute = (sql, parameters) =>
    connection.execute(sql.replace("synchronous = FULL", "synchronous = OFF"), parameters);
  return { ...connection, execute };
};

export interface PretendedRun {
  readonly runId: string;
  readonly bundle: Bundle;
  readonly inputs?: Readonly<Record<string, Json>>;
  /** What an effect comes to, by the name of its work (see taskIdOf). Default: done with null. */
  readonly comes?: (taskId: string, effect: Effect, place: EffectPlace) => Performed | Promise<Performed>;
  /** The process dies before this write, counted over events and checkpoints from 1; 0: never. */
  readonly diesBefore?: number;
}

export interface Lived {
  readonly end: WorkflowEnd | "died";
  /** Effects that were carried out now, in order. */
  readonly done: readonly string[];
  readonly writes: number;
}

/** One life of the run: to its end, or to the write at which it dies. */
export async function live(store: Store, run: PretendedRun): Promise<Lived> {
  const { runId, bundle, inputs = {}, comes = () => ({ ok: true, output: null }), diesBefore = 0 } = run;
  if ((await store.events.state(runId)) === undefined)
    await store.events.append(runId, [{ body: created("workflow") }]);
  let writes = 0;
  const dieWhenDue = () => {
    writes += 1;
    if (diesBefore > 0 && writes >= diesBefore) throw nexusError("store.failed", "the process died");
  };
  const done: string[] = [];
  const { append, find } = store.events;
  const events: Store["events"] = {
    ...store.events,
    async append(id, added, artifacts) {
      dieWhenDue();
      return append(id, added, artifacts);
    },
  };
  const checkpoints: Store["checkpoints"] = {
    ...store.checkpoints,
    async put(...args) {
      dieWhenDue();
      return store.checkpoints.put(...args);
    },
    async putWrites(...args) {
      dieWhenDue();
      return store.checkpoints.putWrites(...args);
    },
  };
  const stop = new AbortController();
  const perform = async (effect: Effect, place: EffectPlace): Promise<Performed> => {
    const key = `pretended/${place.taskId}`;
    const known = await find(runId, key);
    if (known?.body.type === "run.noticed") return JSON.parse(known.body.message) as Performed;
    const performed = await comes(place.taskId, effect, place);
    if (stop.signal.aborted) throw stop.signal.reason;
    const body = {
      type: "run.noticed" as const,
      level: "info" as const,
      code: "pretended",
      message: JSON.stringify(performed),
    };
    await events.append(runId, [{ body, key }]);
    done.push(place.taskId);
    return performed;
  };
  const end = await runWorkflowGraph({
    ...{ runId, workspace: "/work", store: { events, artifacts: store.artifacts, checkpoints } },
    clock: { now: () => 0, sleep: async () => undefined, timer: () => () => undefined },
    redact: (text) => text.replaceAll("hunter2", "[secret]"),
    effects: {
      perform,
      confirm: async (_, place) =>
        perform({ kind: "gate", work: { ask: "" } }, { ...place, taskId: `${place.taskId}.confirm` }),
    },
    waits: createWaitGraph(),
    loaded: openBundle(bundle),
    hash: "0123456789abcdef0123456789abcdef",
    inputs,
    signal: stop.signal,
    stop: (reason) => stop.abort(reason),
    underWay: new Set(),
  }).catch((error: unknown) => {
    if (diesBefore > 0 && stop.signal.aborted) return "died" as const;
    throw error;
  });
  return { end, done, writes };
}

export async function eventsOf(store: Store, runId: string): Promise<RunEvent[]> {
  return store.events.read(runId, { limit: 100_000 });
}

export function bundleOf(text: string, more: Readonly<Record<string, string>> = {}): Bundle {
  return { entry: "main.yaml", files: { "main.yaml": text, ...more } };
}
