/** What axe says of a panel's page as it is drawn now. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Frame } from "playwright-core";

const AXE = readFileSync(fileURLToPath(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url)), "utf8");
const SERIOUS = `axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
  violations.filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => id + ": " + nodes[0].html.slice(0, 200)))`;

export async function findNothingSerious(panel: Frame, what: string): Promise<void> {
  await panel.evaluate(AXE);
  const found: unknown = await panel.evaluate(SERIOUS);
  assert.deepEqual(found, [], `axe, ${what}`);
}
