import { expect, it } from "vitest";
import { paceProgress } from "../../daemon/memory/paced-progress.ts";
import type { IndexProgress } from "../../protocol/index.ts";
import { createManualClock } from "../support/manual-clock.ts";

const rates = { total: 100, filesPerSecond: null, bytesPerSecond: null, etaMs: null };

it("tells the newest of a burst in its time, and the end or a new phase at once", () => {
  const clock = createManualClock();
  const told: string[] = [];
  const pace = paceProgress(clock, ({ workspace, progress }) => {
    told.push(`${workspace} ${progress === null ? "end" : `${progress.phase} ${progress.done}`}`);
  });
  const say = (workspace: string, phase: IndexProgress["phase"], done: number) =>
    pace({ workspace, progress: { phase, done, ...rates } });
  for (const done of [1, 2, 3]) say("/a", "reading", done);
  say("/b", "reading", 1);
  expect(told).toEqual(["/a reading 1", "/b reading 1"]);
  clock.advance(250);
  expect(told.slice(2)).toEqual(["/a reading 3"]);
  say("/a", "reading", 4);
  say("/a", "embedding", 5);
  say("/a", "embedding", 6);
  pace({ workspace: "/a", progress: null });
  expect(told.slice(3)).toEqual(["/a embedding 5", "/a end"]);
  clock.advance(10_000);
  expect(told).toHaveLength(5);
  say("/a", "reading", 7);
  expect(told.at(-1)).toBe("/a reading 7");
});
