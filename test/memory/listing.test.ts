/** Git is asked about a repository without starting what the repository names. */
import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { gitOutput, listWorkspace } from "../../daemon/memory/listing.ts";

let folder: string;
const never = new AbortController().signal;
const git = (...args: string[]) =>
  execFileSync("git", ["-C", folder, "-c", "user.name=t", "-c", "user.email=t@example.org", ...args]);

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "nexus-listing-")));
  git("init", "-q");
  writeFileSync(join(folder, "a.txt"), "a\n");
  git("add", "-A");
  git("commit", "-qm", "a");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it.each(["clean", "process"])("starts no filter of the repository (%s) when it compares files", async (part) => {
  writeFileSync(join(folder, ".gitattributes"), "* filter=e=vil\n* filter=evil\n");
  const program = join(folder, "evil.sh");
  writeFileSync(program, `#!/bin/sh\ntouch '${folder}/pwned'\ncat\n`, { mode: 0o755 });
  for (const name of ["evil", "e=vil"])
    appendFileSync(join(folder, ".git", "config"), `[filter "${name}"]\n${part} = ${program}\nrequired = true\n`);
  writeFileSync(join(folder, "a.txt"), "b\n");
  const changed = await gitOutput(folder, ["diff", "--name-only", "-z", "HEAD"], never);
  expect(changed?.split("\0")).toContain("a.txt");
  expect(await gitOutput(folder, ["grep", "-z", "-l", "--untracked", "-e", "b"], never)).toContain("a.txt");
  expect(existsSync(join(folder, "pwned"))).toBe(false);
});

it("lists a folder by its name, whatever signs are in it", async () => {
  for (const name of ["[b]", "b"]) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "x.txt"), "x\n");
  }
  expect((await listWorkspace(folder, { signal: never, folder: "[b]" })).paths).toEqual(["[b]/x.txt"]);
  expect((await listWorkspace(folder, { signal: never })).paths).toEqual(["[b]/x.txt", "a.txt", "b/x.txt"]);
});

it("knows nothing of a folder that git does not know", async () => {
  expect(await gitOutput(tmpdir(), ["diff", "--name-only", "no-such-commit"], never)).toBeUndefined();
});
