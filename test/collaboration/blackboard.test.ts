import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BoardWrite, historyOf, writeBoard } from "../../daemon/collaboration/blackboard.ts";
import type { BoardEntry, RunEvent } from "../../protocol/index.ts";

const write = (more: Partial<BoardWrite> = {}): BoardWrite => ({
  ...{ key: "api/port", value: 8080, policy: "replace", seen: 0, taskId: "a", agent: "backend" },
  ...more,
});

function written(board: readonly BoardEntry[], more: Partial<BoardWrite>): BoardEntry[] {
  const result = writeBoard(board, write(more));
  if (!result.ok) throw new Error(result.problem);
  return [...board.filter(({ key }) => key !== result.entry.key), result.entry];
}

describe("an entry", () => {
  it("has a version, and says who wrote it and what it rests on", () => {
    const board = written(written([], {}), {
      value: 9090,
      seen: 1,
      taskId: "b",
      agent: "devops",
      source: "compose.yml",
    });
    expect(board).toEqual([
      { key: "api/port", version: 2, value: "9090", taskId: "b", agent: "devops", source: "compose.yml" },
    ]);
  });

  it("is replaced only by who has seen what is there", () => {
    const board = written([], {});
    expect(writeBoard(board, write({ value: 1 }))).toMatchObject({
      ...{ ok: false, why: "conflict", current: { version: 1 } },
      problem: '"api/port" has version 1, written by a; you saw version 0.',
    });
    expect(writeBoard([], write({ seen: 3 }))).toMatchObject({ ok: false, why: "conflict", current: undefined });
  });

  it("takes additions from everybody", () => {
    const board = written(written(written([], { policy: "append" }), { policy: "append", value: 1, seen: 0 }), {
      ...{ policy: "append", value: 2, seen: 2 },
    });
    expect(board[0]?.value).toBe("[8080,1,2]");
    expect(written(written([], { value: "x" }), { policy: "append", value: "y" })[0]?.value).toBe('["x","y"]');
  });

  it("keeps both where two wrote without knowing of each other, five at most", () => {
    let board = written([], { policy: "keep_both" });
    board = written(board, { policy: "keep_both", value: 9090, taskId: "b" });
    expect(JSON.parse(board[0]?.value ?? "")).toEqual({
      alternatives: [
        { by: "a", value: 8080 },
        { by: "b", value: 9090 },
      ],
    });
    for (const taskId of ["c", "d", "e"]) board = written(board, { policy: "keep_both", taskId });
    expect(writeBoard(board, write({ policy: "keep_both", taskId: "f" }))).toMatchObject({ why: "conflict" });
    expect(written(board, { policy: "keep_both", value: 1, seen: 5 })[0]?.value).toBe("1");
  });

  it.each<[string, Partial<BoardWrite>]>([
    ["a key of nonsense", { key: "../x" }],
    ["a key that is too long", { key: "x".repeat(81) }],
    ["no key", { key: "" }],
    ["no JSON", { value: undefined }],
    ["too much", { value: "x".repeat(8001) }],
    ["a version that cannot be", { seen: Number.NaN }],
    ["a negative version", { seen: -1 }],
    ["a source without end", { source: "x".repeat(501) }],
  ])("is none: %s", (_name, more) => {
    expect(writeBoard([], write(more))).toMatchObject({ ok: false, why: "invalid" });
  });

  it("is one of 200 at most", () => {
    let board: BoardEntry[] = [];
    for (let index = 0; index < 200; index++) board = written(board, { key: `k${index}` });
    expect(writeBoard(board, write({ key: "one-more" }))).toMatchObject({ why: "invalid" });
    expect(writeBoard(board, write({ key: "k7", seen: 1 })).ok).toBe(true);
  });
});

it("loses no addition and no replacement that it accepted, whoever writes in whatever order", () => {
  const step = fc.record({ taskId: fc.constantFrom("a", "b", "c"), looks: fc.boolean(), appends: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let board: BoardEntry[] = [];
      const seen = new Map<string, number>();
      const events: RunEvent[] = [];
      let accepted = 0;
      for (const [index, { taskId, looks, appends }] of steps.entries()) {
        if (looks) seen.set(taskId, board[0]?.version ?? 0);
        else {
          const policy = appends ? "append" : "replace";
          const result = writeBoard(board, write({ taskId, value: index, policy, seen: seen.get(taskId) ?? 0 }));
          if (!result.ok) continue;
          board = [result.entry];
          accepted++;
          events.push({ runId: "r", seq: accepted, at: "", body: { type: "board.written", entry: result.entry } });
        }
      }
      expect(board[0]?.version ?? 0).toBe(accepted);
      expect(historyOf(events, "api/port").map(({ version }) => version)).toEqual(events.map(({ seq }) => seq));
      expect(historyOf(events, "other")).toEqual([]);
    }),
  );
});
