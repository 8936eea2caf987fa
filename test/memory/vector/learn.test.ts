import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { trainWords } from "../../../bench/train-words/train.ts";
import { readHistory } from "../../../daemon/memory/vector/git-history.ts";
import { type LearnProgress, learnWords, whyNotBetter } from "../../../daemon/memory/vector/learn.ts";
import { forgetLearnedTable, readLearnedTable } from "../../../daemon/memory/vector/table-file.ts";
import { dot } from "../../../daemon/memory/vector/unit-vector.ts";
import { createWordTable, loadWordTable } from "../../../daemon/memory/vector/word-table.ts";
import { JARGON, jargonCommits } from "../../support/jargon.ts";
import { type MadeCommit, makeRepository } from "../../support/taught-repository.ts";
import { createRandom, must } from "./conformance.ts";

const table = await loadWordTable();
const signal = new AbortController().signal;
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nexus-learn-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function learn(commits: readonly MadeCommit[], more: Partial<Parameters<typeof learnWords>[0]> = {}) {
  makeRepository(join(folder, "repo"), commits);
  return learnWords({
    ...{ folder: join(folder, "repo"), table, tablesFolder: join(folder, "tables"), at: "2026-01-01T00:00:00.000Z" },
    ...{ signal, random: createRandom(5) },
    ...more,
  });
}

const learned = () => readLearnedTable(join(folder, "tables"));

describe("learning from a history", () => {
  it("keeps what finds newer commits' files better, and says by how much", async () => {
    const steps: LearnProgress[] = [];
    const outcome = await learn(jargonCommits(600), { onProgress: (progress) => steps.push(progress) });
    if (!outcome.kept) throw new Error(outcome.reason);
    const { record } = outcome;
    expect(record.after.reciprocalRank).toBeGreaterThan(record.before.reciprocalRank + 0.01);
    expect(record).toMatchObject({ parent: "code-words-128", judgedBy: 120, at: "2026-01-01T00:00:00.000Z" });
    expect([...new Set(steps.map(({ step }) => step))]).toEqual(["reading", "measuring", "training", "judging"]);
    const shares = steps.map(({ share }) => share);
    expect(shares).toEqual(shares.toSorted((first, second) => first - second));

    const read = await learned();
    if (read === undefined) throw new Error("nothing was kept");
    const { table: adapted, record: kept } = must(read);
    expect(kept).toEqual(record);
    expect(adapted.name).toBe(record.name);
    const near = (from: typeof table) => dot(from.textVector("window"), from.textVector("sqlite"));
    expect(near(adapted)).toBeGreaterThan(near(table));
  });

  it("keeps nothing when there is nothing to learn, and says why", async () => {
    const outcome = await learn(jargonCommits(600, false));
    expect(outcome).toMatchObject({ kept: false, reason: expect.stringMatching(/MRR|R@10/) });
    expect(await learned()).toBeUndefined();
  });

  it("says that a history is too short", async () => {
    expect(await learn(jargonCommits(60))).toMatchObject({ kept: false, reason: expect.stringContaining("too short") });
  });

  it("can be cancelled at any step, and keeps nothing then", async () => {
    makeRepository(join(folder, "repo"), jargonCommits(400));
    for (const step of ["reading", "measuring", "training", "judging"]) {
      const controller = new AbortController();
      const onProgress = (progress: LearnProgress) => progress.step === step && controller.abort(new Error("enough"));
      const options = { folder: join(folder, "repo"), table, tablesFolder: join(folder, "tables"), at: "" };
      const learning = learnWords({ ...options, random: createRandom(5), signal: controller.signal, onProgress });
      await expect(learning, step).rejects.toThrow("enough");
    }
    expect(existsSync(join(folder, "tables"))).toBe(false);
  });

  it("rejects with git's words where there is no repository", async () => {
    const options = { folder, table, tablesFolder: join(folder, "tables"), at: "", signal };
    await expect(learnWords(options)).rejects.toMatchObject({ value: { code: "workspace.git_failed" } });
  });

  it("goes back to the built-in table", async () => {
    await learn(jargonCommits(600));
    expect(await learned()).toBeDefined();
    await forgetLearnedTable(join(folder, "tables"));
    expect(await learned()).toBeUndefined();
    expect(readdirSync(join(folder, "tables"))).toEqual([]);
  });

  it("says that a learned table is damaged, and takes a damaged record for none", async () => {
    await learn(jargonCommits(600));
    const tables = join(folder, "tables");
    const name = readdirSync(tables).find((each) => each.startsWith("learned-")) ?? "";
    writeFileSync(join(tables, name, "rows.int8"), "short");
    expect(await learned()).toMatchObject({ ok: false, error: { code: "vectors.damaged" } });
    writeFileSync(join(tables, "current.json"), '{"name": "../../etc"}');
    expect(await learned()).toBeUndefined();
  });
});

describe("the margin", () => {
  const quality = (recallAt10: number, reciprocalRanks: number[]) => ({
    ...{ commits: reciprocalRanks.length, recallAt10, reciprocalRanks },
    reciprocalRank: reciprocalRanks.reduce((sum, rank) => sum + rank, 0) / reciprocalRanks.length,
  });
  const before = quality(0.5, [0.5, 0.5, 0.5, 0.5]);

  it.each([
    ["better", 0.5, [0.6, 0.6, 0.6, 0.6], undefined],
    ["R@10 fell", 0.49, [0.9, 0.9, 0.9, 0.9], /R@10.*fell/],
    ["too little", 0.5, [0.505, 0.505, 0.505, 0.505], /less than/],
    ["worse", 0.5, [0.4, 0.4, 0.4, 0.4], /less than/],
    ["chance", 0.5, [1, 0.1, 0.9, 0.1], /within its error/],
  ])("%s", (_, recall, ranks, reason) => {
    const problem = whyNotBetter(before, quality(recall, ranks));
    if (reason === undefined) expect(problem).toBeUndefined();
    else expect(problem).toMatch(reason);
  });
});

describe("reading a history", () => {
  it("takes messages without trailers, non-test files, and the text before the held-out commits", async () => {
    const repo = join(folder, "repo");
    makeRepository(repo, [
      { message: "Begin", files: { "a.ts": "old", "test/a.test.ts": "test", "ä b.ts": "x", "x.png": "\0\x01" } },
      { message: "Change a\n\nSigned-off-by: A <a@b>", files: { "a.ts": "before", "test/a.test.ts": "2" } },
      { message: "Only a test", files: { "test/a.test.ts": "3" } },
      { message: "Held out", files: { "a.ts": "after", "new.ts": "new" } },
    ]);
    const history = await readHistory({ folder: repo, heldOut: 1, signal });
    expect(history.files).toEqual([
      { path: "a.ts", chunks: ["before"] },
      { path: "test/a.test.ts", chunks: ["3"] },
      { path: "ä b.ts", chunks: ["x"] },
    ]);
    expect(history.commits).toEqual([
      { message: "Begin", paths: ["a.ts", "ä b.ts"] },
      { message: "Change a", paths: ["a.ts"] },
    ]);
    expect(history.heldOut).toEqual([{ message: "Held out", paths: ["a.ts"] }]);
  });
});

describe("training from nothing", () => {
  const options = { minUses: 3, minRepositories: 1, epochs: 2, random: createRandom(9), signal, say: () => undefined };

  it("puts together words that go together", async () => {
    const repo = join(folder, "repo");
    makeRepository(repo, [...jargonCommits(200), { message: "Fill", files: { "words.md": fillerText() } }]);
    const history = await readHistory({ folder: repo, heldOut: 0, signal });
    const trained = createWordTable(await trainWords("tiny", [history], options));
    const cosine = (first: string, second: string) => dot(trained.textVector(first), trained.textVector(second));
    const pairs = JARGON.map(([word, code], index) => ({
      right: cosine(word, code),
      wrong: cosine(word, JARGON[(index + 1) % JARGON.length]?.[1] ?? ""),
    }));
    expect(pairs.filter(({ right, wrong }) => right > wrong + 0.1)).toHaveLength(JARGON.length);
  });

  it("says that there are too few words", async () => {
    makeRepository(join(folder, "repo"), jargonCommits(20));
    const history = await readHistory({ folder: join(folder, "repo"), heldOut: 0, signal });
    await expect(trainWords("tiny", [history], options)).rejects.toThrow(/Only \d+ words/);
  });
});

/** Enough other words for a table of 128 numbers. */
function fillerText(): string {
  const random = createRandom(11);
  const words = Array.from(
    { length: 200 },
    (_, index) => `word${String.fromCharCode(97 + (index % 26), 97 + Math.floor(index / 26))}q`,
  );
  return Array.from({ length: 3000 }, () => words[Math.floor(random() * words.length)]).join(" ");
}
