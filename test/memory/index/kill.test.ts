import { expect, it } from "vitest";
import { killIndexing } from "../../crash/index-trials.ts";

it("finishes with the index of a fresh start after it was killed", async () => {
  const problems: string[] = [];
  const hit = await killIndexing({
    ...{ kills: 6, files: 120, lanes: 1, seed: 3 },
    onTrial: (name, problem) => problem !== undefined && problems.push(`${name}: ${problem}`),
  });
  expect(problems).toEqual([]);
  expect(hit).toBe(6);
});
