/** A merge that is killed in the middle is carried to its end by the next attempt, with the same outcome. */
import { spawn } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { faultAt } from "./faults.ts";
import { benchFor, contents, type Files, repositoryWith, write } from "./fixture.ts";

const PROGRAM = fileURLToPath(new URL("merge-process.ts", import.meta.url));
/** KILLS=200 tries more. */
const KILLS = Number(process.env["KILLS"] ?? 2);
const signal = new AbortController().signal;

const OLD: Files = { "a.txt": "a\n", "to-file/in.txt": "i", "to-folder": "f", "gone.txt": "g", link: "-> a.txt" };
const NEW: Files = { "a.txt": "A\n", "to-file": "F", "to-folder/in.txt": "I", "made/deep.txt": "M", link: "-> b" };

async function prepare() {
  const workspace = repositoryWith({ ...OLD, "ours.txt": "o\n" });
  const bench = benchFor(workspace);
  const isolation = await bench.isolate();
  const { tasks } = bench.changes;
  const place = { runId: "run-1", workspace, isolation };
  const task = { runId: "run-1", workspace, taskId: "one" };
  const copy = await tasks.open({ ...task, startCommit: await tasks.head(place), signal });
  write(copy.worktree, { "gone.txt": null, "to-file": null, "to-folder": null, ...NEW });
  write(isolation.worktree, { "ours.txt": "O\n" });
  const { commit } = await tasks.commit({ ...task, isolation: copy, signal });
  return { bench, place, what: { taskId: "one", theirs: commit, base: copy.startCommit } };
}

const WANTED = { ...NEW, "ours.txt": "O\n" };

type Prepared = Awaited<ReturnType<typeof prepare>>;

function mergeIn(
  { bench, place, what }: Prepared,
  killAt: number,
): Promise<{ operations: number; calls: number } | undefined> {
  return new Promise((resolve) => {
    const args = [PROGRAM, bench.home, JSON.stringify(place), JSON.stringify(what), String(killAt)];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on("close", () => resolve(output === "" ? undefined : JSON.parse(output)));
  });
}

it(
  `is finished after a SIGKILL (${KILLS} points, spread over all)`,
  async () => {
    const whole = await mergeIn(await prepare(), 0);
    const points = [
      ...Array.from({ length: whole?.operations ?? 0 }, (_, index) => index + 1),
      ...Array.from({ length: whole?.calls ?? 0 }, (_, index) => -index - 1),
    ];
    expect(points.length).toBeGreaterThan(20);
    const offset = Math.random();
    for (let round = 0; round < KILLS; round += 1) {
      const killAt = points[Math.floor(((round + offset) / KILLS) * points.length)] ?? 1;
      const prepared = await prepare();
      const { bench, place, what } = prepared;
      expect(await mergeIn(prepared, killAt), `killed at ${killAt}`).toBeUndefined();
      expect(await bench.changes.tasks.merge(place, what), `killed at ${killAt}`).toMatchObject({ ok: true });
      expect(contents(place.isolation.worktree), `killed at ${killAt}`).toEqual(WANTED);
      expect(readdirSync(join(bench.home, "apply"))).toEqual([]);
      rmSync(bench.home, { recursive: true });
    }
  },
  30_000 + KILLS * 5000,
);

it("is finished wherever the system stopped it", async () => {
  const prepared = await prepare();
  const { bench, place, what } = prepared;
  // Each point needs a fresh start: the copy is put back by hand, and the run's refs with it.
  for (let operation = 1; ; operation += 19) {
    const faults = faultAt(operation, stop, { forGood: true });
    await bench.changes.tasks.merge(place, what).catch(() => undefined);
    faults.restore();
    const reached = faults.count() >= operation;
    expect(await bench.changes.tasks.merge(place, what), `operation ${operation}`).toMatchObject({ ok: true });
    expect(contents(place.isolation.worktree), `operation ${operation}`).toEqual(WANTED);
    if (!reached) break;
    write(place.isolation.worktree, { made: null, "to-file": null, "to-folder": null, ...OLD });
    const refs = ["merges/one", "merged/one"].map((name) => `refs/nexus/run-1/${name}`);
    await bench.changes.checkpoints.drop(bench.workspace, refs);
  }
}, 180_000);

function stop(): never {
  throw Object.assign(new Error("EIO: injected"), { code: "EIO" });
}
