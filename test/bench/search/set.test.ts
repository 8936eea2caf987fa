import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { gitLines } from "../../../bench/search/git.ts";
import { laterCommits, makeSet, makeSnapshot } from "../../../bench/search/set.ts";
import { makeHistory } from "../../memory/history/repository.ts";
import { makeFolder } from "../../tools/workspace.ts";

const OPTIONS = { queries: 3, subjectOnly: false };

/** Twenty old commits, then those that are asked for. */
function makeRepository() {
  const repository = makeHistory();
  for (let number = 0; number < 20; number += 1)
    repository.commit(`Begin with part ${number}`, {
      [`src/${number}.ts`]: `${number}`,
      "test/a.test.ts": `${number}`,
    });
  return repository;
}

it("asks for the source files of commits that are newer than the snapshot", () => {
  const repository = makeRepository();
  const commit = repository.commit("Let cookies live for a year\n\nThey died too early (#12).\n\nFixes: #12", {
    "src/1.ts": "one",
    "src/2.ts": "two",
    "src/new.ts": "new",
    "test/a.test.ts": "changed",
    "docs/a.md": "changed",
  });
  repository.commit("Bump the version of everything", { "src/1.ts": "2" });
  repository.commit("Say more about cookies", { "README.md": "2" });
  const set = makeSet(repository.root, OPTIONS);
  expect(set.queries.find((query) => query.commit === commit)).toEqual({
    commit,
    text: "Let cookies live for a year\nThey died too early .",
    gold: ["src/1.ts", "src/2.ts"],
  });
  const asked = set.candidates.map(({ text }) => text);
  expect(asked.join("\n")).not.toMatch(/Bump|Say more/);
  const short = makeSet(repository.root, { ...OPTIONS, subjectOnly: true });
  expect(short.queries.find((query) => query.commit === commit)?.text).toBe("Let cookies live for a year");
});

it("measures on a repository that ends at the snapshot", () => {
  const repository = makeRepository();
  for (let number = 0; number < 5; number += 1)
    repository.commit(`Change what part ${number} does`, { [`src/${number}.ts`]: "changed" });
  repository.git("tag", "v9");
  repository.git("branch", "later");
  const set = makeSet(repository.root, OPTIONS);
  expect(set.queries.length).toBe(3);
  const root = makeSnapshot(repository.root, set.snapshot, makeFolder({}));
  expect(gitLines(root, "log", "--all", "--reflog", "--format=%H")[0]).toBe(set.snapshot);
  expect(gitLines(root, "for-each-ref", "--format=%(refname)")).toEqual(["refs/heads/main"]);
  expect(laterCommits(root, set)).toEqual([]);
  expect(laterCommits(repository.root, set)).toHaveLength(set.candidates.length);
  expect(readFileSync(`${root}/src/0.ts`, "utf8")).toBe("0");
});
