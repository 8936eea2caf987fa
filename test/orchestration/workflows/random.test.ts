/** Some of the random workflows; `npm run test:workflows` runs a thousand. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { workflowCases } from "../../workflows/generate.ts";
import { openPretended } from "../../workflows/pretended.ts";
import { problemsOf } from "../../workflows/verify.ts";

it("comes to what a naive interpreter says, undisturbed and killed", { timeout: 60_000 }, async () => {
  const { store, close } = await openPretended();
  try {
    for (const one of fc.sample(workflowCases, { numRuns: 25, seed: 7 }))
      expect(await problemsOf(store, one)).toEqual([]);
  } finally {
    await close();
  }
});
