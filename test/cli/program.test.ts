/** The whole way: command line, daemon, engine, git, files, with a model that follows a script over HTTP. */
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { initGit, writeFiles } from "../support/engine.ts";
import { createNexus, type Finished, type NexusProcess } from "../support/nexus-process.ts";
import { removeFolder } from "../support/remove.ts";
import type { Script } from "../support/scripted/script.ts";
import type { ScriptedServer } from "../support/scripted/server.ts";
import { startScriptedOpenAi } from "../support/scripted-openai.ts";

const KEY = "test-key-0123456789";
const CHANGE: Script = [
  { when: { turn: 0, tool: "edit_file" }, reply: { toolCalls: [{ tool: "read_file", arguments: { path: "a.txt" } }] } },
  {
    when: { turn: 1 },
    reply: {
      toolCalls: [{ tool: "edit_file", arguments: { path: "a.txt", edits: [{ search: "old", replace: "new" }] } }],
    },
  },
  { when: { turn: 2 }, reply: { text: "Done." } },
];

let repo: string;
let server: ScriptedServer | undefined;
let nexus: NexusProcess | undefined;

beforeEach(async () => {
  repo = await mkdtemp(join(tmpdir(), "nexus-repo-"));
  writeFiles(repo, { "a.txt": "old\n" });
  initGit(repo);
});

afterEach(async () => {
  await nexus?.close();
  await server?.close();
  await removeFolder(repo);
});

async function open(script: Script, env: Record<string, string> = {}): Promise<NexusProcess> {
  server = await startScriptedOpenAi(script);
  const model = { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: KEY, NEXUS_MODEL: "scripted" };
  nexus = await createNexus({ ...model, ...env });
  return nexus;
}

const text = (path: string) => readFile(join(repo, path), "utf8");
const objects = ({ stdout }: Finished) =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

it("carries a change from a goal to the folder", async () => {
  const { run } = await open(CHANGE);
  const done = await run("run", "Change old to new in a.txt", "--repo", repo);
  expect(done).toMatchObject({ code: 0, stderr: "" });
  for (const part of ["M a.txt", "Done in", "nexus runs accept"]) expect(done.stdout).toContain(part);
  expect(await text("a.txt")).toBe("old\n");

  expect((await run("runs", "list")).stdout).toContain("1 to accept");
  expect((await run("runs", "diff", "latest")).stdout).toContain("+new");
  const shown = objects(await run("runs", "show", "latest", "--json"))[0];
  expect(shown).toMatchObject({ status: "done", stats: { modelCalls: 3, callsBeforeFirstEdit: 2 } });
  expect((await run("runs", "accept", shown.runId.slice(0, 6))).code).toBe(0);
  expect(await text("a.txt")).toBe("new\n");
  expect((await run("runs", "accept", "latest")).code).toBe(1);
});

it("prints JSON Lines, applies, and keeps the key out of everything it writes", async () => {
  const { run, home } = await open(CHANGE);
  const done = await run("run", "Change old to new in a.txt", "--repo", repo, "--json", "--apply");
  const lines = objects(done);
  expect(done.code).toBe(0);
  expect(lines.slice(0, -1).map(({ seq }) => seq)).toEqual(lines.slice(0, -1).map((_, index) => index + 1));
  expect(lines.at(-1)).toMatchObject({ type: "result", status: "done", accepted: ["a.txt"], conflicts: [] });
  expect(await text("a.txt")).toBe("new\n");
  const written = await Promise.all(
    ["nexus.db", "nexus.db-wal", "logs/daemon.log", "logs/daemon.output.log"].map((file) =>
      readFile(join(home, file), "latin1").catch(() => ""),
    ),
  );
  expect(written.join("")).not.toContain(KEY);
  expect(done.stdout).not.toContain(KEY);
});

it("fails with the list when a file was changed meanwhile", async () => {
  const { run } = await open(CHANGE);
  await run("run", "Change old to new in a.txt", "--repo", repo);
  await writeFile(join(repo, "a.txt"), "mine\n");
  const accepted = await run("runs", "accept", "latest");
  expect(accepted).toMatchObject({ code: 1, stderr: expect.stringContaining("a.txt") });
  expect(await text("a.txt")).toBe("mine\n");
});

it("goes on when the daemon is killed in the middle, and the client with it", async () => {
  const slow = CHANGE.map((turn, index) => (index === 1 ? { ...turn, misbehave: { eventDelayMs: 300 } } : turn));
  const { start, run, daemonPid } = await open(slow);
  const command = start("run", "Change old to new in a.txt", "--repo", repo, "--apply");
  await command.until("read_file");
  const pid = await daemonPid();
  expect(pid).toBeGreaterThan(0);
  process.kill(pid ?? 0, "SIGKILL");
  const done = await command.finished;
  expect(done).toMatchObject({ code: 0, stderr: expect.stringContaining("connecting again") });
  expect(done.stdout).toContain("↻");
  expect(await text("a.txt"), done.stdout).toBe("new\n");
  expect(await daemonPid()).not.toBe(pid);
  // Nothing that was answered before is asked again.
  expect(objects(await run("runs", "show", "latest", "--json"))[0].stats.modelCalls).toBe(3);
});

it("is cancelled by Ctrl-C", async () => {
  const stall: Script = [
    { when: { turn: 0 }, reply: { text: "…" }, misbehave: { stallAfterEvents: 0, times: 1 } },
    ...CHANGE,
  ];
  const { start, run } = await open(stall);
  const command = start("run", "Change old to new in a.txt", "--repo", repo);
  await command.until("Run ");
  await command.until("▸");
  command.child.kill("SIGINT");
  const cancelled = await command.finished;
  expect(cancelled.code).toBe(130);
  expect((await run("runs", "show", "latest")).stdout).toContain("cancelled");
});

it.each([
  ["no model is configured", { OPENAI_BASE_URL: "", OPENAI_API_KEY: "" }, 1, "NEXUS_PROVIDER"],
  ["the key is missing", { NEXUS_PROVIDER: "anthropic" }, 1, "needs a key"],
  ["a setting cannot be used", { NEXUS_PROVIDER: "openia" }, 2, "openia"],
])("says what to do when %s", async (_name, env, code, says) => {
  const { run } = await open(CHANGE, env);
  const done = await run("run", "Change old to new in a.txt", "--repo", repo);
  expect(done.code).toBe(code);
  expect(done.stderr + done.stdout).toContain(says);
});

it("looks after itself: doctor, status, logs, stop", async () => {
  const { run } = await open([]);
  expect((await run("daemon", "status")).code).toBe(1);
  const doctor = await run("doctor");
  expect(doctor.stdout).toContain("✓ node");
  expect(doctor.stdout).toMatch(/[✓!] git/);
  expect((await run("daemon", "status", "--json")).stdout).toContain('"running":true');
  expect((await run("daemon", "logs", "--lines", "5")).stdout).toContain("the daemon serves");
  expect((await run("daemon", "stop")).stdout).toContain("has stopped");
  expect((await run("daemon", "stop")).stdout).toContain("No daemon was running");
});

it("sets a damaged database aside only when told so, and begins a new one", async () => {
  const { run, home } = await open([]);
  await run("runs", "list");
  await run("daemon", "stop");
  await writeFile(join(home, "nexus.db"), "this is no database, and it is long enough to be looked at".repeat(40));
  const broken = await run("runs", "list", "--json");
  expect(broken.code).toBe(1);
  expect(objects(broken)[0].error.code).toBe("store.corrupt");
  expect((await run("doctor")).code).toBe(1);
  const refused = await run("doctor", "--repair");
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("--yes") });
  expect((await run("doctor", "--repair", "--yes")).stdout).toContain("set aside as");
  expect((await run("runs", "list")).code).toBe(0);
});
