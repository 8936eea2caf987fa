import { expect, it } from "vitest";
import { makeHistory, memoryStore, open, YEAR } from "./repository.ts";

it("knows what changes together", async () => {
  const repository = makeHistory();
  repository.commit("1", { "a.ts": "1", "a.test.ts": "1" });
  repository.commit("2", { "a.ts": "2", "a.test.ts": "2", "b.ts": "1" });
  repository.commit("3", { "a.ts": "3" });
  const { history } = await open(repository.root);
  expect(history.changedWith("a.ts", 9)).toEqual([
    { path: "a.test.ts", commits: 2, share: 2 / 3 },
    { path: "b.ts", commits: 1, share: 1 / 3 },
  ]);
  expect(history.changedWith("a.ts", 1)).toHaveLength(1);
  expect(history.changedWith("none.ts", 9)).toEqual([]);
});

it("knows who owns a file: those who changed it lately more than those who did long ago", async () => {
  const repository = makeHistory();
  repository.commit("1", { "a.ts": "1" }, { author: "Grace", at: 1_000_000_000 });
  repository.commit("2", { "a.ts": "2" }, { author: "Grace", at: 1_000_000_000 });
  repository.commit("3", { "a.ts": "3" }, { author: "Alan", at: 1e9 + 3 * YEAR });
  const owners = (await open(repository.root)).history.owners("a.ts", 9);
  const total = 1 + 2 * Math.exp(-1);
  expect(owners).toEqual([
    { author: "Alan", commits: 1, share: expect.closeTo(1 / total, 6), lastAt: 1e9 + 3 * YEAR },
    { author: "Grace", commits: 2, share: expect.closeTo((2 * Math.exp(-1)) / total, 6), lastAt: 1_000_000_000 },
  ]);
});

it("knows where change costs most, of the files that are there", async () => {
  const repository = makeHistory();
  repository.commit("1", { "long.ts": "1", "short.ts": "1", "gone.ts": "1" });
  repository.commit("2", { "short.ts": "2", "gone.ts": "2" });
  const lines = new Map([
    ["long.ts", 1_000],
    ["short.ts", 10],
  ]);
  const { history } = await open(repository.root, memoryStore(), { linesOf: (path) => lines.get(path) });
  expect(history.hotSpots(9)).toMatchObject([
    { path: "long.ts", commits: 1 },
    { path: "short.ts", commits: 2 },
  ]);
  expect(history.hotSpots(1)).toHaveLength(1);
});
