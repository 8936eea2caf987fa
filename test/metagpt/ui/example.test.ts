/** The example that `npm run demo:design` shows holds together. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { contentProblems } from "../../../daemon/metagpt/documents/problems.ts";
import { designProblems } from "../../../daemon/metagpt/ui/design-problems.ts";
import { readTokens, tokensCss } from "../../../daemon/metagpt/ui/tokens.ts";
import { UiDesign } from "../../../protocol/index.ts";
import type { Script } from "../../support/scripted/script.ts";

const ANSWERS = fileURLToPath(new URL("../../../examples/design/answers", import.meta.url));
const text = (path: string) => readFileSync(join(ANSWERS, path), "utf8");
const json = (name: string) => JSON.parse(text(`docs/${name}.json`));

it("has documents in which nothing is wrong", () => {
  expect(contentProblems("prd", json("prd"))).toEqual([]);
  expect(contentProblems("system_design", json("system-design"))).toEqual([]);
  expect(contentProblems("task", json("task"))).toEqual([]);
  expect(designProblems(UiDesign.parse(json("ui-design")), json("prd"))).toEqual([]);
});

it("has a style sheet of its tokens", () => {
  expect(text("src/tokens.css")).toContain(tokensCss(readTokens(json("ui-design")["Design Tokens"])));
});

it("has a scripted answer for each file of the task list, the first try of one being careless", async () => {
  const { designScript } = await import(new URL("../../../examples/design/script.mjs", import.meta.url).href);
  const script: Script = designScript(ANSWERS);
  const written = script.flatMap(({ reply }) => (reply?.toolCalls ?? []).map((one) => JSON.stringify(one.arguments)));
  for (const path of json("task")["Task list"])
    expect(written.some((one) => one.includes(`"path":"${path}"`))).toBe(true);
  const tries = written.filter((one) => one.includes('"path":"src/BreadCard.tsx"'));
  expect(tries.map((one) => one.includes("<span className="))).toEqual([true, false]);
});
