import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { git, splitNul, streamGit, tryGit } from "../../daemon/host/git.ts";

let folder: string;
const environment = { ...process.env };
beforeEach(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "nexus-git-")));
  await git({ folder }, "init", "-q");
});
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
  rmSync(folder, { recursive: true, force: true });
});

it("answers with git's output, and with its own words when it fails", async () => {
  expect((await git({ folder }, "rev-parse", "--show-toplevel")).toString().trim()).toBe(folder);
  const failure = {
    value: { code: "workspace.git_failed", message: expect.stringContaining("Needed a single revision") },
  };
  await expect(git({ folder }, "rev-parse", "--verify", "nonsense")).rejects.toMatchObject(failure);
  expect((await tryGit({ folder }, "rev-parse", "--verify", "--quiet", "nonsense")).exitCode).toBe(1);
});

it("is deaf to git variables and secrets of the environment", async () => {
  Object.assign(process.env, { GIT_DIR: "/nowhere", GIT_INDEX_FILE: "/nowhere", GIT_CONFIG_PARAMETERS: "'a.b'='c'" });
  Object.assign(process.env, { OPENAI_API_KEY: "canary", LD_PRELOAD_NOT: "canary", GIT_EXTERNAL_DIFF: "canary" });
  const shown = await git({ folder, config: [["alias.env", "!env"]] }, "env");
  expect(shown.toString()).not.toMatch(/canary|nowhere|CONFIG_PARAMETERS/);
  expect(shown.toString()).toContain("GIT_TERMINAL_PROMPT=0");
});

it("carries settings whose name holds an equals sign, stronger than the repository's", async () => {
  await git({ folder }, "config", "core.fsmonitor", "true");
  const config = [["filter.a=b.clean", "x"] as const];
  expect((await git({ folder, config }, "config", "filter.a=b.clean")).toString()).toBe("x\n");
  expect((await git({ folder, config }, "config", "core.fsmonitor")).toString()).toBe("false\n");
});

it("makes the same commit at any time and for any user", async () => {
  const tree = (await git({ folder, input: "" }, "mktree")).toString().trim();
  const first = (await git({ folder }, "commit-tree", tree, "-m", "x")).toString();
  expect(first.trim()).toBe("bafb946e6247fab603198eb70d39abdd042b5a6d");
});

it("refuses a bare repository that it comes across by chance", async () => {
  const bare = join(folder, "bare");
  await git({ folder }, "init", "-q", "--bare", bare);
  await expect(git({ folder: bare }, "rev-parse", "--git-dir")).rejects.toThrow("bare");
  await expect(git({ folder: bare, gitDir: bare }, "rev-parse", "--git-dir")).resolves.toBeDefined();
});

it("takes paths literally and gives lists whole", async () => {
  for (const name of ["*.txt", "a.txt", "line\nbreak"]) writeFileSync(join(folder, name), "");
  expect(splitNul(await git({ folder }, "ls-files", "-z", "--others", "--", "*.txt"))).toEqual(["*.txt"]);
  expect(splitNul(await git({ folder }, "ls-files", "-z", "--others"))).toContain("line\nbreak");
  expect(splitNul(Buffer.alloc(0))).toEqual([]);
});

it("cuts output where it is told to", async () => {
  writeFileSync(join(folder, "long.txt"), "x".repeat(100_000));
  const id = (await git({ folder }, "hash-object", "-w", "long.txt")).toString().trim();
  expect(await git({ folder, firstBytes: 1000 }, "cat-file", "blob", id)).toHaveLength(1000);
});

it("ends git when it is cancelled or takes too long", async () => {
  const config = [["alias.wait", "!sleep 30"] as const];
  await expect(git({ folder, config, timeoutMs: 100 }, "wait")).rejects.toThrow("no end after 100 ms");
  const signal = AbortSignal.timeout(100);
  await expect(git({ folder, config, signal }, "wait")).rejects.toMatchObject({ name: "TimeoutError" });
});

it("says that git is not installed", async () => {
  process.env["PATH"] = folder;
  await expect(git({ folder }, "status")).rejects.toMatchObject({ value: { code: "workspace.git_failed" } });
});

it("hands over output as it comes, and ends git when the listener throws or the signal aborts", async () => {
  const text = "line\n".repeat(100_000);
  writeFileSync(join(folder, "big"), text);
  let bytes = 0;
  await streamGit({ folder }, (chunk) => (bytes += chunk.length), "hash-object", "-w", "big");
  const [blob] = [(await git({ folder }, "hash-object", "big")).toString().trim()];
  bytes = 0;
  await streamGit({ folder }, (chunk) => (bytes += chunk.length), "cat-file", "blob", blob ?? "");
  expect(bytes).toBe(text.length);
  const reason = new Error("enough");
  const refuse = () => {
    throw reason;
  };
  await expect(streamGit({ folder }, refuse, "cat-file", "blob", blob ?? "")).rejects.toBe(reason);
  await expect(streamGit({ folder, signal: AbortSignal.abort(reason) }, refuse, "version")).rejects.toBe(reason);
  await expect(streamGit({ folder }, refuse, "cat-file", "blob", "nonsense")).rejects.toThrow("cat-file");
});
