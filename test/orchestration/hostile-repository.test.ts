/** A repository that would run programs through git: a whole run of it, untrusted, starts none of them. */
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startEngine } from "../support/engine.ts";

const HOOKS = [
  "post-checkout",
  "post-commit",
  "pre-commit",
  "post-index-change",
  "reference-transaction",
  "post-merge",
];

it.skipIf(process.platform === "win32")("runs nothing of a hostile repository", { timeout: 120_000 }, async () => {
  const engine = await startEngine({
    files: {
      "a.txt": "old\n",
      "package.json": '{"scripts":{"test":"touch ../PWN-test","preinstall":"touch ../PWN-npm"}}',
    },
    script: [
      { when: { turn: 0 }, reply: { toolCalls: [{ tool: "read_file", arguments: { path: "a.txt" } }] } },
      {
        when: { turn: 1 },
        reply: {
          toolCalls: [{ tool: "edit_file", arguments: { path: "a.txt", edits: [{ search: "old", replace: "new" }] } }],
        },
      },
      { when: { turn: 2 }, reply: { text: "Done." } },
    ],
  });
  try {
    const { workspace } = engine;
    const pwn = (name: string) => join(workspace, "..", `PWN-${name}`);
    const touch = (name: string) => `touch '${pwn(name)}'; cat`;
    const git = (...args: string[]) => execFileSync("git", args, { cwd: workspace, stdio: "ignore" });
    for (const name of HOOKS) {
      writeFileSync(join(workspace, ".git/hooks", name), `#!/bin/sh\n${touch("hook")}\n`);
      chmodSync(join(workspace, ".git/hooks", name), 0o755);
    }
    writeFileSync(join(workspace, ".gitattributes"), "*.txt filter=evil diff=evil merge=evil\n");
    writeFileSync(
      join(workspace, ".git/extra"),
      `[core]\n\tfsmonitor = "${touch("include")}"\n\tpager = "${touch("pager")}"\n`,
    );
    for (const [key, value] of [
      ["core.fsmonitor", touch("fsmonitor")],
      ["core.sshCommand", touch("ssh")],
      ["core.pager", touch("pager")],
      ["core.editor", touch("editor")],
      ["filter.evil.clean", touch("clean")],
      ["filter.evil.smudge", touch("smudge")],
      ["filter.evil.process", touch("process")],
      ["diff.evil.textconv", touch("textconv")],
      ["diff.evil.command", touch("extdiff")],
      ["diff.external", touch("external")],
      ["merge.evil.driver", touch("merge")],
      ["alias.status", `!${touch("alias")}`],
      ["include.path", "extra"],
      ["gpg.program", touch("gpg")],
      ["commit.gpgSign", "true"],
    ] as const)
      git("config", key, value);
    const bare = join(workspace, "inner");
    mkdirSync(bare);
    execFileSync("git", ["init", "-q", "--bare", bare]);
    execFileSync("git", ["--git-dir", bare, "config", "core.fsmonitor", touch("bare")]);
    const runId = await engine.start("Change old to new in a.txt", { trusted: false });
    const state = await engine.ended(runId);
    expect(state.error).toBeNull();
    await engine.service.diff({ runId, path: "a.txt" });
    await engine.service.accept({ runId }, { name: "person" });
    expect(engine.read("a.txt")).toBe("new\n");
    const NAMES = ["hook", "include", "fsmonitor", "ssh", "pager", "editor", "clean", "smudge", "process", "textconv"];
    const MORE = ["extdiff", "external", "merge", "alias", "gpg", "bare", "test", "npm"];
    expect([...NAMES, ...MORE].filter((name) => existsSync(pwn(name)))).toEqual([]);
    // It is hostile indeed: git without our care runs some of it.
    git("status");
    expect(existsSync(pwn("fsmonitor")) || existsSync(pwn("include"))).toBe(true);
  } finally {
    await engine.close();
  }
});
