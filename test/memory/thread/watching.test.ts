/** A thread that ends while it watches a folder takes the whole process along: no watch may outlive the closing. */
import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { systemClock } from "../../../daemon/host/clock.ts";
import { createFreshness } from "../../../daemon/memory/thread/freshness.ts";
import type { Workspace } from "../../../daemon/memory/thread/workspace.ts";
import type { Workspaces } from "../../../daemon/memory/thread/workspaces.ts";

const never = new AbortController().signal;

/** One workspace that is updated at once; the system answers about a watch when `answer` is called. */
function createWorld() {
  const opened = new Map<string, Workspace>();
  const open = async (root: string) => {
    const index = { lastScan: undefined };
    const workspace = opened.get(root) ?? ({ root, index, update: async () => ({}) } as unknown as Workspace);
    opened.set(root, workspace);
    return workspace;
  };
  const workspaces = { open, opened: (root: string) => opened.get(root), all: () => opened.values() };
  const asked: (() => void)[] = [];
  let watching = 0;
  const freshness = createFreshness({
    workspaces: workspaces as unknown as Workspaces,
    clock: systemClock,
    onUpdated: () => undefined,
    async watchFolder() {
      const { promise, resolve } = Promise.withResolvers<void>();
      asked.push(resolve);
      await promise;
      watching++;
      return {
        async close() {
          watching--;
        },
      };
    },
  });
  return {
    freshness,
    asked,
    forget: (root: string) => opened.delete(root),
    answer: () => {
      for (const resolve of asked.splice(0)) resolve();
    },
    watching: () => watching,
  };
}

it.each(["close", "closeAll"] as const)("%s waits for a watch that is only beginning, and ends it", async (how) => {
  const { freshness, asked, answer, watching } = createWorld();
  const updated = freshness.update("/w", never);
  while (asked.length === 0) await turn();
  let isClosed = false;
  const closed = (how === "close" ? freshness.close("/w") : freshness.closeAll()).then(() => {
    isClosed = true;
  });
  await turn();
  expect(isClosed).toBe(false);
  answer();
  await closed;
  expect(watching()).toBe(0);
  await updated;
  expect(freshness.watchOf("/w")).toBeUndefined();
});

it("watches nothing any more once all is closed", async () => {
  const { freshness, asked } = createWorld();
  await freshness.closeAll();
  await freshness.update("/w", never);
  expect(asked).toEqual([]);
});

it("watches once for all that ask, and again what is opened again", async () => {
  const { freshness, asked, answer, watching, forget } = createWorld();
  const both = [freshness.update("/w", never), freshness.update("/w", never)];
  while (asked.length === 0) await turn();
  await turn();
  expect(asked).toHaveLength(1);
  answer();
  await Promise.all(both);
  await freshness.close("/w");
  forget("/w");
  expect(watching()).toBe(0);
  const again = freshness.update("/w", never);
  while (asked.length === 0) await turn();
  answer();
  await again;
  expect(watching()).toBe(1);
  await freshness.closeAll();
  expect(watching()).toBe(0);
});
