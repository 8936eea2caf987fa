import { expect, it } from "vitest";
import { layoutPlan, NODE_HEIGHT } from "../../../webview/plan/plan-layout.ts";
import { SAMPLE_PLAN } from "../sample-run.ts";

it("places every task below those it depends on, and none upon another", async () => {
  const placed = await layoutPlan(SAMPLE_PLAN.tasks);
  const place = new Map(placed.map((task) => [task.id, task]));
  for (const { id, dependsOn } of SAMPLE_PLAN.tasks)
    for (const from of dependsOn)
      expect((place.get(id)?.y ?? 0) - (place.get(from)?.y ?? 0)).toBeGreaterThanOrEqual(NODE_HEIGHT);
  expect(new Set(placed.map(({ x, y }) => `${x}/${y}`)).size).toBe(SAMPLE_PLAN.tasks.length);
});

it("does without a dependency that is not in the plan", async () => {
  expect(await layoutPlan([{ id: "a", dependsOn: ["gone"] }])).toHaveLength(1);
});
