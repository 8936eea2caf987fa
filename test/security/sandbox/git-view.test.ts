import { expect, it } from "vitest";
import { gitView, settingsFor } from "../../../daemon/security/sandbox/git-view.ts";
import { makeTree } from "./boxes.ts";

it("keeps of a repository's settings how it is to be read, and nothing that holds passwords or runs programs", () => {
  const text = settingsFor(
    "/x/excludes",
    '[core]\n\trepositoryformatversion = 1\n\tautocrlf = input\n\tsshCommand = evil\n\tfsmonitor = ./evil\n\tpager = evil\\\nfilemode = true\n[extensions]\n\tobjectFormat = sha256\n\tworktreeConfig = true\n[remote "o"]\n\turl = https://u:p@h/x\n\tbare = true\n[include]\n\tpath = evil\n[alias]\n\tx = !evil\n',
  );
  expect(text).not.toMatch(/evil|u:p|remote|include|alias|worktreeConfig|bare/);
  expect(text).toContain("repositoryformatversion = 1");
  expect(text).toContain("autocrlf = input");
  expect(text).toContain("objectFormat = sha256");
  expect(text).toContain("hooksPath = /dev/null");
});

it("shows no folder that a made-up link names", async () => {
  const other = makeTree({ "secret/commondir": ".", "secret/HEAD": "x", "secret/gitdir": "/elsewhere/.git" });
  expect(await gitView(makeTree({ ".git": `gitdir: ${other}/secret\n` }), "/x")).toBeUndefined();
  expect(await gitView(makeTree({ ".git": "gitdir: /etc\n" }), "/x")).toBeUndefined();
  expect(await gitView(makeTree({ ".git": "not a link" }), "/x")).toBeUndefined();
});
