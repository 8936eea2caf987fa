/** Git obeys the repository that it finds; real folders, because that is what it finds. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CommandPart } from "../../../daemon/security/command/facts.ts";
import { gitConcern } from "../../../daemon/security/policy/git-place.ts";

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "nexus-git-place-")));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** The rule and verdict for git that looks from the root, or what the part says instead. */
async function judged(trusted: boolean, part: Partial<CommandPart> = {}): Promise<string | undefined> {
  const git: CommandPart = {
    text: "",
    words: ["git", "status"],
    effect: "reads",
    why: "",
    paths: [],
    cwd: root,
    ...part,
  };
  const setting = {
    root,
    mode: "act" as const,
    headless: false,
    trusted,
    sandboxed: true,
    tiers: {},
    permissions: null,
  };
  const found = await gitConcern(git, { ...setting, agreedCommands: [], hidden: [], userHome: null });
  return found === undefined ? undefined : `${found.rule} ${found.verdict}`;
}

describe("git that only looks", () => {
  it("is nothing to speak of in a trusted repository, in none, and for other programs", async () => {
    expect(await judged(false)).toBeUndefined();
    put({ ".git/config": "[alias]\n\tx = !evil\n" });
    expect(await judged(true)).toBeUndefined();
    expect(await judged(false, { words: ["gitk"] })).toBeUndefined();
    expect(await judged(false, { words: [null] })).toBeUndefined();
    expect(await judged(false, { effect: "changes" })).toBeUndefined();
    expect(await judged(false, { cwd: null })).toBeUndefined();
    expect(await judged(false, { words: ["/usr/bin/git", "log"] })).toBe("untrusted-workspace deny");
    expect(await judged(false, { words: ["GIT.EXE"] })).toBe("untrusted-workspace deny");
  });

  it("runs nothing of plain settings, in a folder below too", async () => {
    put({ ".git/config": "[core]\n\tbare = false\n\tfsmonitor = true\n", "src/a.ts": "" });
    expect(await judged(false)).toBeUndefined();
    expect(await judged(false, { cwd: join(root, "src") })).toBeUndefined();
  });

  it.each([
    "[include]\n\tpath = x\n",
    '[includeIf "gitdir:x"]\n\tpath = x\n',
    "[core]\n\tfsmonitor = ./evil\n",
    "[core]\n\thooksPath = hooks\n",
    "[core]\n\tsshCommand = evil\n",
    '[diff "x"]\n\ttextconv = evil\n',
    '[filter "x"]\n\tclean = evil\n',
    "[gpg]\n\tprogram = evil\n",
  ])("is denied where nothing is trusted and the settings name a program: %j", async (config) => {
    put({ ".git/config": config, "src/a.ts": "" });
    expect(await judged(false)).toBe("untrusted-workspace deny");
    expect(await judged(false, { words: ["git", "-C", "src", "status"] })).toBe("untrusted-workspace deny");
  });

  it("is denied for a hook that looking runs, and for the settings of a worktree", async () => {
    put({ ".git/HEAD": "x", ".git/hooks/post-index-change": "#!/bin/sh\n" });
    expect(await judged(false)).toBe("untrusted-workspace deny");
    rmSync(join(root, ".git/hooks"), { recursive: true });
    expect(await judged(false)).toBeUndefined();
    put({ ".git/config.worktree": "[core]\n\tpager = evil\n" });
    expect(await judged(false)).toBe("untrusted-workspace deny");
  });

  it("follows a worktree's file to its folder and to the one that it shares", async () => {
    put({ ".git": "gitdir: real/worktrees/one\n", "real/worktrees/one/commondir": "../..\n", "real/config": "" });
    expect(await judged(false)).toBeUndefined();
    put({ "real/config": "[pager]\n\tlog = evil\n" });
    expect(await judged(false)).toBe("untrusted-workspace deny");
    put({ ".git": `gitdir: ${join(root, "alone")}\n`, "alone/config": "[alias]\n" });
    expect(await judged(false)).toBe("untrusted-workspace deny");
    put({ ".git": "no link\n" });
    expect(await judged(false)).toBeUndefined();
  });

  it("asks in a folder that git would take for a repository, trusted or not", async () => {
    put({ "bare/HEAD": "ref: x", "bare/objects/x": "" });
    const words = ["git", "-C", "bare", "-C", ".", "log"];
    expect(await judged(true, { words })).toBe("foreign-repository ask");
    expect(await judged(false, { words })).toBe("foreign-repository ask");
    expect(await judged(true, { words: ["git", "-C", "bare", "-C", "..", "log"] })).toBeUndefined();
    expect(await judged(true, { words: ["git", "-C"] })).toBeUndefined();
  });

  it("asks where the repository cannot be looked into", async () => {
    put({ ".git/config/folder": "x" });
    expect(await judged(false)).toBe("foreign-repository ask");
  });
});
