/** Logs that somebody else wrote: replaying one carries nothing out, sends nothing, and opens no file that it names. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { replayRun } from "../../../daemon/orchestration/replay/replay.ts";
import type { KeyedEvent } from "../../../daemon/store/store.ts";
import { applyRunEvent, type RunEvent, type RunState } from "../../../protocol/index.ts";
import { contained, type Problem, rows, type Scene, type SceneRow, type Verdict } from "../scene.ts";

interface Recorded {
  readonly runId: string;
  readonly log: readonly KeyedEvent[];
  readonly artifacts: ReadonlyMap<string, string>;
}

/** A run that reads, writes and runs, as the daemon recorded it. */
async function record(scene: Scene): Promise<Recorded> {
  const { runId } = await scene.obey([
    { tool: "read_file", arguments: { path: "README.md" } },
    { tool: "write_file", arguments: { path: "src/new.js", content: "1;\n" } },
    { tool: "run_command", arguments: { command: "ls src" } },
  ]);
  const database = new DatabaseSync(join(scene.daemon.nexus.home, "nexus.db"), { readOnly: true });
  try {
    const events = database.prepare("SELECT seq, key, at, body FROM events WHERE run_id = ? ORDER BY seq").all(runId);
    const log = events.map(({ seq, key, at, body }) => {
      const event = { runId, seq: Number(seq), at: String(at), body: JSON.parse(String(body)) } as RunEvent;
      return { key: key === null ? null : String(key), event };
    });
    const rows = database.prepare("SELECT hash, CAST(bytes AS TEXT) AS text FROM artifacts").all();
    return { runId, log, artifacts: new Map(rows.map(({ hash, text }) => [String(hash), String(text)])) };
  } finally {
    database.close();
  }
}

/** Nothing but this can be asked of it; whatever else a replay would like fails. */
function replayed({ runId, log, artifacts }: Recorded) {
  const state = log.reduce<RunState | null>((before, { event }) => applyRunEvent(before, event), null);
  const events = {
    state: async () => state ?? undefined,
    readKeyed: async (_runId: string, { after, limit }: { after: number; limit: number }) =>
      log.slice(after, after + limit),
    read: async () => log.map(({ event }) => event),
  };
  const get = async (hash: string) => {
    const text = artifacts.get(hash);
    return text === undefined ? undefined : new TextEncoder().encode(text);
  };
  return replayRun({ events, artifacts: { get } } as unknown as Parameters<typeof replayRun>[0], runId);
}

type Change = (text: string) => string;
const same: Change = (text) => text;

/** What is in the log, and what it points to, is another thing: the replay says so, or ends with an error. */
async function forged(scene: Scene, inLog: Change, inArtifacts: Change = same): Promise<Verdict | Problem> {
  const { log, artifacts, ...more } = await record(scene);
  const other = log.map((entry) => ({ key: entry.key, event: JSON.parse(inLog(JSON.stringify(entry.event))) }));
  const others = new Map([...artifacts].map(([hash, text]) => [hash, inArtifacts(text)]));
  if (JSON.stringify([other, [...others]]) === JSON.stringify([log, [...artifacts]]))
    return { problem: "nothing is forged" };
  const told = await replayed({ ...more, log: other, artifacts: others }).catch((error: Error) => error.message);
  if (Object.hasOwn(Object.prototype, "polluted")) return { problem: "the prototype of everything is another one" };
  if (scene.place.has("forged") || scene.place.received() !== "") return { problem: "it reached the machine" };
  return typeof told === "string" || told.divergence !== null ? "denied" : { problem: "it is taken for the same run" };
}

const ATTACKS: readonly SceneRow[] = [
  [
    "an answer of the model that calls for another command",
    "ASI05",
    (scene) => forged(scene, same, (text) => text.replaceAll("ls src", `touch ${scene.place.pwn}`)),
  ],
  [
    "an answer of the model that writes another file",
    "ASI02",
    (scene) => forged(scene, same, (text) => text.replaceAll("src/new.js", "../out/pwn")),
  ],
  [
    "answers with keys of the language",
    "ASI02",
    (scene) =>
      forged(scene, same, (text) =>
        text.startsWith("{")
          ? text.replace("{", '{"__proto__":{"polluted":true},"calls":[{"__proto__":{"polluted":1}}],')
          : text,
      ),
  ],
  [
    "answers that are no answers",
    "LLM10",
    (scene) => forged(scene, same, (text) => (text.startsWith("{") ? "[".repeat(20_000) : text)),
  ],
  [
    "ids that are paths",
    "ASI02",
    (scene) => forged(scene, (text) => text.replaceAll('"taskId":"', '"taskId":"../../')),
  ],
  [
    "pointers to files in place of what is kept",
    "LLM02",
    (scene) =>
      forged(scene, (text) => text.replace(/"artifact":"[^"]*"/, `"artifact":"${scene.place.home}/.ssh/id_canary"`)),
  ],
  [
    "a server of its own for the model",
    "LLM02",
    async (scene) => {
      const { log, ...more } = await record(scene);
      const text = JSON.stringify(log).replace(/"baseUrl":"[^"]*"/g, `"baseUrl":"http://${scene.place.sink}"`);
      if (!text.includes(scene.place.sink)) return { problem: "nothing is forged" };
      await replayed({ ...more, log: JSON.parse(text) }).catch(() => undefined);
      return contained(scene.place.received() !== "" && "it was asked");
    },
  ],
  [
    "an event that nobody knows, and numbers that are none",
    "LLM10",
    async (scene) => {
      const unknown = await forged(scene, (text) => text.replace('"type":"run.started"', '"type":"constructor"'));
      const numbers = await forged(scene, (text) => text.replace(/"attempt":1/, '"attempt":1e999'));
      return unknown === "denied" ? numbers : unknown;
    },
  ],
  [
    "a copy in a folder outside of the workspace",
    "ASI02",
    async (scene) => {
      const { log, ...more } = await record(scene);
      const text = JSON.stringify(log).replace(/"worktree":"[^"]*"/g, `"worktree":"${scene.place.out}"`);
      await replayed({ ...more, log: JSON.parse(text) }).catch(() => undefined);
      return contained(scene.place.has("../out/src/new.js") && "it was written to");
    },
  ],
  [
    "runs and checkpoints that are none, by every request for them",
    "ASI02",
    async (scene) => {
      const { connection } = scene.daemon;
      const { runId } = await scene.obey([{ tool: "read_file", arguments: { path: "README.md" } }]);
      const idempotencyKey = "red-team-fork-of-nothing";
      const none = ["../../x", "__proto__", "constructor", "nobody"];
      const asked = none.flatMap((id) => [
        connection.request("run/replay", { runId: id }),
        connection.request("run/compare", { runId, other: id }),
        connection.request("run/fork", { runId: id, checkpoint: 1, idempotencyKey }),
      ]);
      const forks = [{ checkpoint: 999 }, { checkpoint: 1, agent: "__proto__" }, { checkpoint: 1, agent: "../coder" }];
      asked.push(...forks.map((fork) => connection.request("run/fork", { runId, ...fork, idempotencyKey })));
      const answered = (await Promise.allSettled<unknown>(asked)).filter(({ status }) => status === "fulfilled");
      return answered.length === 0 ? "denied" : { problem: `answered: ${JSON.stringify(answered).slice(0, 200)}` };
    },
  ],
];

const TWINS: readonly SceneRow[] = [
  [
    "a run as it is: the same again, by the daemon and from the log alone",
    "ASI02",
    async (scene) => {
      const recorded = await record(scene);
      const own = await replayed(recorded);
      if (own.divergence !== null) return { problem: JSON.stringify(own.divergence).slice(0, 300) };
      const { divergence } = await scene.daemon.connection.request("run/replay", { runId: recorded.runId });
      return contained(divergence !== null && JSON.stringify(divergence).slice(0, 300));
    },
  ],
  [
    "a fork from a checkpoint, compared with where it came from",
    "ASI02",
    async (scene) => {
      const { connection } = scene.daemon;
      const { runId } = await record(scene);
      const { checkpoints } = await connection.request("run/checkpoints", { runId });
      const checkpoint = checkpoints[0]?.number;
      if (checkpoint === undefined) return { problem: "there is no checkpoint" };
      const fork = await connection.request("run/fork", { runId, checkpoint, idempotencyKey: `fork-of-${runId}` });
      const { second } = await connection.request("run/compare", { runId, other: fork.runId });
      await connection.request("run/cancel", { runId: fork.runId }).catch(() => undefined);
      return contained(second.runId !== fork.runId && "it is another one");
    },
  ],
];

export const RECORD_ATTACKS = rows("Y", "records", ATTACKS);
export const RECORD_TWINS = rows("TY", "records", TWINS);
