import { describe, expect, it } from "vitest";
import { analyseQuery } from "../../../daemon/memory/search/query.ts";
import { makeHistory, open, YEAR } from "./repository.ts";

const terms = (text: string) => analyseQuery(text).terms;

describe("scores of past commits", () => {
  it("name the files of the commits that are most alike", async () => {
    const repository = makeHistory();
    repository.commit("Parse cookies", { "src/cookie.ts": "1" });
    repository.commit("Route requests", { "src/router.ts": "1" });
    const { history } = await open(repository.root);
    const scores = history.commitScores(terms("cookies are parsed wrongly"));
    expect([...scores.keys()]).toEqual(["src/cookie.ts"]);
    expect(history.commitScores(terms("nothing alike"))).toEqual(new Map());
    expect(history.explain(terms("cookie"), "src/cookie.ts").map(({ subject }) => subject)).toEqual(["Parse cookies"]);
    expect(history.explain(terms("cookie"), "src/router.ts")).toEqual([]);
  });

  it("fade with age, counted back from the newest commit, and with the number of files", async () => {
    const repository = makeHistory();
    repository.commit("Parse cookies", { "old.ts": "1" }, { at: 1_000_000_000 });
    repository.commit("Parse cookies", { "a.ts": "1", "b.ts": "1", "c.ts": "1", "d.ts": "1" }, { at: 1e9 + 3 * YEAR });
    repository.commit("Parse cookies", { "new.ts": "1" }, { at: 1e9 + 3 * YEAR });
    const scores = (await open(repository.root)).history.commitScores(terms("cookies"));
    expect(scores.get("new.ts")).toBeCloseTo(1, 6);
    expect(scores.get("a.ts")).toBeCloseTo(1 / 2, 6);
    expect(scores.get("old.ts")).toBeCloseTo(Math.exp(-1), 6);
  });

  it("come from the thirty best commits only", async () => {
    const repository = makeHistory();
    for (let number = 0; number < 35; number += 1) repository.commit("Parse cookies", { [`src/${number}.ts`]: "1" });
    const scores = (await open(repository.root)).history.commitScores(terms("cookies"));
    expect(scores.size).toBe(30);
    expect(scores.has("src/34.ts")).toBe(true);
    expect(scores.has("src/0.ts")).toBe(false);
  });

  it("count a subject's words twice", async () => {
    const repository = makeHistory();
    repository.commit("Parse cookies\n\nof every browser that sends them", { "subject.ts": "1" });
    repository.commit("Parse browser\n\nof every cookies that sends them", { "body.ts": "1" });
    const scores = (await open(repository.root)).history.commitScores(terms("cookies"));
    expect(scores.get("subject.ts") ?? 0).toBeGreaterThan(scores.get("body.ts") ?? 0);
  });

  it("know no trailers, links, addresses and hashes", async () => {
    const repository = makeHistory();
    const trailers =
      "Signed-off-by: Grace <grace@example.com>\nCo-authored-by: Alan <alan@example.com>\nChange-Id: Iabcdef";
    const body = `See https://tracker.example.com/ticket and 0123abcd9876, says linus@kernel.test`;
    repository.commit(`Parse cookies\n\n${body}\n\n${trailers}`, { "a.ts": "1" });
    const { history } = await open(repository.root);
    for (const noise of ["grace", "alan", "signed", "iabcdef", "tracker", "ticket", "linus", "kernel"])
      expect(history.commitScores([noise])).toEqual(new Map());
    expect(history.commitScores(["see"]).size).toBe(1);
  });
});

describe("scores of a file's own messages", () => {
  it("say what a file was always about, of its newest forty", async () => {
    const repository = makeHistory();
    repository.commit("Sing", { "a.ts": "sing", "b.ts": "sing" });
    for (let number = 0; number < 40; number += 1) repository.commit("Parse cookies", { "a.ts": `${number}` });
    const { history } = await open(repository.root);
    expect([...history.messageScores(["sing"]).keys()]).toEqual(["b.ts"]);
    expect([...history.messageScores(["cooki"]).keys()]).toEqual(["a.ts"]);
  });
});

describe("vectors of messages", () => {
  const vectorOf = (text: string) =>
    text.startsWith("Parse") ? Float32Array.of(3, 0) : text.startsWith("Route") ? Float32Array.of(0, 5) : undefined;

  it("are sums of unit vectors, weighed by age and number of files", async () => {
    const repository = makeHistory();
    repository.commit("Parse cookies", { "a.ts": "1", "b.ts": "1" }, { at: 1_000_000_000 });
    repository.commit("Route", { "a.ts": "2" }, { at: 1e9 + 3 * YEAR });
    repository.commit("Nothing", { "c.ts": "2" }, { at: 1e9 + 3 * YEAR });
    const vectors = (await open(repository.root)).history.messageVectors(vectorOf);
    expect([...vectors.keys()].sort()).toEqual(["a.ts", "b.ts"]);
    expect(vectors.get("a.ts")?.[0]).toBeCloseTo(Math.exp(-1) / Math.SQRT2, 5);
    expect(vectors.get("a.ts")?.[1]).toBeCloseTo(1, 5);
  });

  it.each([
    ["zeros", Float32Array.of(0, 0)],
    ["no numbers", Float32Array.of(Number.NaN, 1)],
  ])("leave out %s", async (_name, vector) => {
    const repository = makeHistory();
    repository.commit("Parse", { "a.ts": "1" });
    expect((await open(repository.root)).history.messageVectors(() => vector)).toEqual(new Map());
  });
});
