/** Searching while somebody types, over a real connection: what is no longer wanted is cancelled. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type LiveAnswer, LiveSearch } from "../../../extension/memory/live-search.ts";
import { type ClientConnection, nexusError } from "../../../protocol/index.ts";
import { META, RESULT, untilCancelled } from "../../support/fake-memory.ts";
import { type MemoryServer, startMemoryServer } from "../../support/memory-server.ts";

let server: MemoryServer;
let connection: ClientConnection;
let busy: boolean[];
let answers: LiveAnswer[];
let answered: () => void;

beforeEach(async () => {
  server = await startMemoryServer();
  connection = await server.connect();
  busy = [];
  answers = [];
  answered = () => undefined;
});

afterEach(async () => {
  connection.close();
  await server.close();
});

function create(names: readonly string[] = ["one"], delayMs = 0): LiveSearch {
  return new LiveSearch({
    folders: names.map((name) => ({ path: server.workspace, name })),
    delayMs,
    ask: (params, signal) => connection.request("memory/search", params, { signal }),
    onBusy: (now) => busy.push(now),
    onAnswer(answer) {
      answers.push(answer);
      answered();
    },
  });
}

function nextAnswer(): Promise<void> {
  return new Promise((resolve) => {
    answered = resolve;
  });
}

it("asks for what is typed, in every folder, and mixes the results by rank", async () => {
  let count = 0;
  server.memory.answers.search = () => {
    count += 1;
    const results = count === 1 ? [RESULT, { ...RESULT, path: "b" }] : [{ ...RESULT, path: "c" }];
    return { ...META, results, nextCursor: null, degraded: ["No vectors."], stale: { files: 2, sinceMs: 1 } };
  };
  const done = nextAnswer();
  create(["one", "two"]).set(" add ", "ranked");
  await done;
  const paths = answers[0]?.found.map(({ folder, result }) => `${folder.name} ${result.path}`);
  expect(paths).toHaveLength(3);
  expect(paths?.at(-1)).toMatch(/ b$/);
  expect(answers[0]?.notes).toEqual(["No vectors.", "2 changed files are not read again yet."]);
  expect(server.memory.calls[0]?.params).toMatchObject({ query: "add", mode: "ranked", limit: 30 });
  expect(busy.at(-1)).toBe(false);
});

it("cancels in the daemon what was typed before", async () => {
  const signals: AbortSignal[] = [];
  const begun = Promise.withResolvers<void>();
  server.memory.answers.search = (params, call) => {
    const { query }: { query: string } = params;
    signals.push(call.signal);
    begun.resolve();
    return query === "a" ? untilCancelled(params, call) : { ...META, results: [RESULT], nextCursor: null };
  };
  const search = create();
  search.set("a", "ranked");
  await begun.promise;
  const done = nextAnswer();
  search.set("ad", "ranked");
  await done;
  expect(answers.map(({ query }) => query)).toEqual(["ad"]);
  await vi.waitFor(() => expect(signals[0]?.aborted).toBe(true));
  expect(signals[1]?.aborted).toBe(false);
});

it("asks nothing while somebody types on, and nothing for nothing", async () => {
  const search = create();
  for (const text of ["a", "ad", "add"]) search.set(text, "symbol");
  await nextAnswer();
  expect(server.memory.calls.map(({ params }) => params["query"])).toEqual(["add"]);
  search.set("  ", "symbol");
  expect(answers.at(-1)).toEqual({ query: "  ", mode: "symbol", found: [], notes: [] });
  search.set("x", "symbol");
  search.stop();
  await connection.request("memory/status", { workspace: server.workspace });
  expect(server.memory.calls.map(({ name }) => name)).toEqual(["search", "status"]);
});

it("says what failed, and shows the rest", async () => {
  let count = 0;
  server.memory.answers.search = () => {
    count += 1;
    if (count === 1) throw nexusError("memory.bad_pattern", "Unterminated group.");
    return { ...META, results: [RESULT], nextCursor: null };
  };
  const done = nextAnswer();
  create(["one", "two"]).set("(", "regex");
  await done;
  expect(answers[0]?.found).toHaveLength(1);
  expect(answers[0]?.notes[0]).toContain("Unterminated group.");
});
