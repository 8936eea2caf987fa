/** Accepts that end in the middle: killed, or refused by the system. */
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import type { ChangeSet } from "../../../protocol/index.ts";
import { faultAt } from "./faults.ts";
import { type Bench, benchFor, contents, type Files, gitState, repositoryWith, write } from "./fixture.ts";

const PROGRAM = fileURLToPath(new URL("accept-process.ts", import.meta.url));
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

interface Outcome {
  readonly conflicts?: readonly { path: string }[];
  readonly error?: { code: string };
  readonly operations: number;
}

/** Undefined when it was killed. */
function acceptIn(
  bench: Bench,
  changeSet: ChangeSet,
  { killAt = 0, uid }: { killAt?: number; uid?: number },
): Promise<Outcome | undefined> {
  return new Promise((resolve) => {
    const env = { ...process.env, HOME: bench.home };
    const options = [JSON.stringify(changeSet), String(killAt), uid === undefined ? "" : String(uid)];
    const args = [PROGRAM, bench.home, bench.workspace, ...options];
    const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on("close", () => resolve(output === "" ? undefined : JSON.parse(output)));
  });
}

/** A file that changes, a link, a file that becomes a folder, a folder that becomes a file, and a new folder. */
const OLD: Files = {
  "a.txt": "a",
  link: "-> a.txt",
  "to-file/in.txt": "i",
  "to-folder": "f",
  "x/gone.txt": "g",
  "z.txt": "z",
};
const NEW: Files = {
  "a.txt": "A",
  link: "-> z.txt",
  "made/deep.txt": "M",
  "to-file": "F",
  "to-folder/in.txt": "I",
  "z.txt": "Z",
};

function reset(workspace: string): void {
  write(workspace, { made: null, "to-file": null, "to-folder": null, x: null, ...OLD });
}

/** Fails when any file is neither as it was nor as it is to be, or something else is there. */
function expectOldOrNew(workspace: string): void {
  for (const [path, content] of Object.entries(contents(workspace)))
    if (!path.includes(".nexus-")) expect([OLD[path], NEW[path]]).toContain(content);
}

async function prepare(): Promise<{ bench: Bench; workspace: string; changeSet: ChangeSet }> {
  const workspace = repositoryWith(OLD);
  const bench = benchFor(workspace);
  const changeSet = await bench.run((copy) => write(copy, { x: null, ...NEW }));
  return { bench, workspace, changeSet };
}

it("is finished after a kill (8 random points)", async () => {
  const { bench, workspace, changeSet } = await prepare();
  const whole = await acceptIn(bench, changeSet, {});
  expect(contents(workspace)).toEqual(NEW);
  const operations = whole?.operations ?? 0;
  for (let round = 0; round < 8; round += 1) {
    const killAt = 1 + Math.floor(((round + Math.random()) / 8) * operations);
    reset(workspace);
    expect(await acceptIn(bench, changeSet, { killAt }), `killed at ${killAt} of ${operations}`).toBeUndefined();
    expectOldOrNew(workspace);
    expect(await bench.accept(changeSet)).toEqual([]);
    expect(contents(workspace), `killed at ${killAt} of ${operations}`).toEqual(NEW);
    expect(readdirSync(join(bench.home, "apply"))).toEqual([]);
  }
}, 120_000);

it("is finished, or taken back when the user edits, wherever it stopped", async () => {
  const { bench, workspace, changeSet } = await prepare();
  for (let operation = 1; ; operation += 1) {
    reset(workspace);
    // Nothing works from here on, not even the way back: what a crash leaves.
    const faults = faultAt(operation, refuse("EIO"), { forGood: true });
    await bench.accept(changeSet).catch(() => undefined);
    faults.restore();
    if (faults.count() < operation) break;
    expectOldOrNew(workspace);
    const isEdited = operation % 2 === 0 && contents(workspace)["z.txt"] === "z";
    if (isEdited) write(workspace, { "z.txt": "the user's" });
    const conflicts = await bench.accept(changeSet);
    expect(conflicts.map(({ path }) => path)).toEqual(isEdited ? ["z.txt"] : []);
    const wanted = isEdited ? { ...OLD, "z.txt": "the user's" } : NEW;
    expect(contents(workspace), `stopped at operation ${operation}`).toEqual(wanted);
    expect(readdirSync(join(bench.home, "apply"))).toEqual([]);
  }
}, 120_000);

it("is all or nothing whichever single operation the system refuses", async () => {
  const { bench, workspace, changeSet } = await prepare();
  let failures = 0;
  for (let operation = 1; ; operation += 1) {
    reset(workspace);
    const faults = faultAt(operation, refuse("EIO"));
    const refused = await bench.accept(changeSet).catch((error) => error.value?.code);
    faults.restore();
    if (faults.count() < operation) break;
    failures += refused === "workspace.read_only" ? 1 : 0;
    const after = Object.fromEntries(Object.entries(contents(workspace)).filter(([path]) => !path.includes(".nexus-")));
    expect([OLD, NEW], `operation ${operation}`).toContainEqual(after);
    expect(await bench.accept(changeSet)).toEqual([]);
    expect(contents(workspace), `operation ${operation}`).toEqual(NEW);
  }
  expect(failures).toBeGreaterThan(20);
}, 120_000);

function refuse(code: string): () => void {
  return () => {
    throw Object.assign(new Error(`${code}: injected`), { code });
  };
}

it("says that the disk is full", async () => {
  const { bench, workspace, changeSet } = await prepare();
  const faults = faultAt(6, refuse("ENOSPC"));
  await expect(bench.accept(changeSet)).rejects.toMatchObject({ value: { code: "workspace.full" } });
  faults.restore();
  expect(contents(workspace)).toEqual(OLD);
});

it.skipIf(process.platform === "win32")("takes back what it wrote when a folder is read-only", async () => {
  const workspace = repositoryWith({ "a.txt": "1", "locked/c.txt": "3", "z.txt": "4" });
  const bench = benchFor(workspace);
  const wanted = { "a.txt": "A", "locked/c.txt": null, "new/n.txt": "N", "z.txt": "Z" };
  const changeSet = await bench.run((copy) => write(copy, wanted));
  const before = { files: contents(workspace), git: gitState(workspace) };
  if (isRoot)
    for (const folder of [workspace, bench.home]) execFileSync("chown", ["-R", `${NOBODY}:${NOBODY}`, folder]);
  const uid = isRoot ? { uid: NOBODY } : {};
  // Deletions come last, so everything else is written by the time this one is refused.
  chmodSync(join(workspace, "locked"), 0o555);
  expect(await acceptIn(bench, changeSet, uid)).toMatchObject({ error: { code: "workspace.read_only" } });
  expect(contents(workspace)).toEqual(before.files);
  expect(readdirSync(workspace)).not.toContain("new");
  chmodSync(join(workspace, "locked"), 0o755);
  expect(await acceptIn(bench, changeSet, uid)).toMatchObject({ conflicts: [] });
  expect(contents(workspace)).toEqual({ "a.txt": "A", "new/n.txt": "N", "z.txt": "Z" });
  if (isRoot) execFileSync("chown", ["-R", "0:0", workspace]);
  expect(gitState(workspace)).not.toBe(before.git);
});
