import { describe, expect, it } from "vitest";
import { type Candidate, type Reranker, withReranking } from "../../../daemon/memory/search/rerank.ts";
import { silentLog } from "../../../daemon/observability/log-file.ts";
import { nexusError, type Params, type SearchResult } from "../../../protocol/index.ts";
import { META, RESULT } from "../../support/fake-memory.ts";
import { createManualClock } from "../../support/manual-clock.ts";
import { collectingLog } from "../../support/store.ts";

const NAMES = "abcdefghijklmnopqrstuvwxyz".split("");
const PREFIX = "The results are in the index's own order: ";

function resultsOf(names: readonly string[]): SearchResult[] {
  return names.map((name, index) => ({ ...RESULT, path: name, why: ["words"], score: 100 - index }));
}

interface Setup {
  readonly order?: Reranker["order"];
  readonly none?: boolean;
  readonly names?: readonly string[];
}

function open({ order = async () => [3, 1, 2], none = false, names = NAMES }: Setup = {}) {
  const clock = createManualClock();
  const asked: Params<"memory/search">[] = [];
  const logged: string[] = [];
  const search = withReranking(
    async (params) => {
      asked.push(params);
      const limit = params.limit ?? 20;
      return { results: resultsOf(names.slice(0, limit)), nextCursor: names.length > limit ? "next" : null, ...META };
    },
    { reranker: () => (none ? undefined : { model: "judge", order }), clock, log: collectingLog(logged) },
  );
  const controller = new AbortController();
  const ask = (more: Partial<Params<"memory/search">> = {}) =>
    search({ workspace: "/w", query: "q", rerank: true, ...more }, { name: "test", signal: controller.signal });
  return { ask, asked, clock, controller, logged };
}

const paths = ({ results }: { results: readonly SearchResult[] }) => results.map(({ path }) => path).join("");

describe("search with a model at hand", () => {
  it("puts the first in the model's order, and says what it moved", async () => {
    const { ask } = open();
    const answer = await ask();
    expect(paths(answer)).toBe("cabdefghijklmnopqrst");
    expect(answer.results.map(({ why }) => why[0]).slice(0, 4)).toEqual([
      "put first by judge",
      "words",
      "words",
      "words",
    ]);
    expect(answer.results.map(({ score }) => score)).toEqual(resultsOf(NAMES.slice(0, 20)).map(({ score }) => score));
    expect(answer).toMatchObject({ degraded: [], nextCursor: "next" });
  });

  it("keeps the order of what the model left out, and of what is behind the first 20", async () => {
    const { ask } = open({ order: async () => [20, 5] });
    const answer = await ask({ limit: 26 });
    expect(paths(answer)).toBe("teabcdfghijklmnopqrsuvwxyz");
    expect(answer.results[1]?.why).toEqual(["put higher by judge", "words"]);
  });

  it("looks at 20 even for fewer, after which there is no page", async () => {
    const { ask, asked } = open({ order: async () => [20] });
    const answer = await ask({ limit: 2 });
    expect([paths(answer), answer.nextCursor]).toEqual(["ta", null]);
    expect(asked).toEqual([{ workspace: "/w", query: "q", limit: 20 }]);
  });

  it("shows the model 600 characters of each, and no file that may hold secrets", async () => {
    let shown: readonly Candidate[] = [];
    const order: Reranker["order"] = async (_, candidates) => {
      shown = candidates;
      return [2, 1];
    };
    const { ask } = open({ order, names: ["a", ".env", "b"] });
    expect(paths(await ask())).toBe("ba.env");
    expect(shown.map(({ path }) => path)).toEqual(["a", "b"]);
    const long = withReranking(
      async () => ({
        results: ["a", "b"].map((path) => ({ ...RESULT, path, snippet: "x".repeat(2000) })),
        nextCursor: null,
        ...META,
      }),
      { reranker: () => ({ model: "judge", order }), clock: createManualClock(), log: silentLog },
    );
    await long({ workspace: "/w", query: "q", rerank: true }, { name: "t", signal: new AbortController().signal });
    expect(shown.map(({ snippet }) => snippet.length)).toEqual([600, 600]);
  });

  it.each<[string, readonly unknown[]]>([
    ["names a result twice", [1, 2, 2]],
    ["names results that are not there", [0, 1]],
    ["names results that are not there", [21]],
    ["names no result", []],
    ["holds more than whole numbers", [1, "2"]],
    ["holds more than whole numbers", [1.5]],
    ["holds more than whole numbers", [{ path: "/etc/passwd" }]],
  ])("keeps the index's order when the answer %s", async (problem, order) => {
    const answer = await open({ order: async () => order }).ask({ limit: 5 });
    expect([paths(answer), answer.nextCursor]).toEqual(["abcde", "next"]);
    expect(answer.degraded).toEqual([`${PREFIX}the answer of judge ${problem}.`]);
  });

  it("waits three seconds at most, and lets the model know", async () => {
    const { promise, resolve } = Promise.withResolvers<AbortSignal>();
    const order: Reranker["order"] = (_query, _candidates, signal) => {
      resolve(signal);
      return new Promise(() => undefined);
    };
    const { ask, clock } = open({ order });
    const answer = ask();
    const signal = await promise;
    clock.advance(2999);
    expect(signal.aborted).toBe(false);
    clock.advance(1);
    expect((await answer).degraded).toEqual([`${PREFIX}judge took longer than 3 s.`]);
    expect([signal.aborted, clock.pendingTimers]).toEqual([true, 0]);
  });

  it("ends with the one who asked", async () => {
    const { promise, resolve } = Promise.withResolvers<AbortSignal>();
    const order: Reranker["order"] = (_query, _candidates, signal) => {
      resolve(signal);
      return new Promise(() => undefined);
    };
    const { ask, controller, clock } = open({ order });
    const answer = ask();
    const signal = await promise;
    controller.abort(new Error("enough"));
    await expect(answer).rejects.toThrow("enough");
    expect([signal.aborted, clock.pendingTimers]).toEqual([true, 0]);
    await expect(ask()).rejects.toThrow("enough");
  });

  it("says why no model was asked", async () => {
    const failing = (error: Error) => open({ order: () => Promise.reject(error) });
    expect((await open({ none: true }).ask()).degraded).toEqual([`${PREFIX}no model is configured.`]);
    expect((await open().ask({ mode: "regex" })).degraded).toEqual([`${PREFIX}a model orders ranked results only.`]);
    const refused = await failing(nexusError("budget.unknown_price")).ask();
    expect(refused.degraded[0]).toContain(`${PREFIX}judge could not be asked. `);
    const broken = failing(new TypeError("a bug"));
    expect((await broken.ask()).degraded).toEqual([`${PREFIX}judge could not be asked.`]);
    expect(broken.logged).toHaveLength(1);
  });

  it("leaves other pages, and searches that did not ask for it, alone", async () => {
    const { ask, asked } = open();
    expect(paths(await ask({ cursor: "next" }))).toBe("abcdefghijklmnopqrst");
    expect(paths(await ask({ rerank: false, limit: 3 }))).toBe("abc");
    expect(asked).toEqual([
      { workspace: "/w", query: "q", cursor: "next" },
      { workspace: "/w", query: "q", limit: 3 },
    ]);
  });
});
