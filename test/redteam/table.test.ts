/** The table of attacks in docs/security.md is that of the cases there are; `npm run redteam -- --write` makes it anew. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ATTACKS } from "./attacks.ts";
import { TWINS } from "./cases/twins.ts";
import { SCENE_TWINS } from "./once.ts";
import { rowsIn, rowText, withTable } from "./table.ts";

const page = readFileSync(new URL("../../docs/security.md", import.meta.url), "utf8");

it("lists exactly the attacks that there are, each with its OWASP id", () => {
  // The table goes by families.
  expect(rowsIn(page).toSorted()).toEqual(ATTACKS.map(rowText).toSorted());
  expect(page).not.toMatch(/\*\*came through\*\*|not tried yet/);
});

it("has as many cases as promised, each with an id of its own", () => {
  expect(ATTACKS.length).toBeGreaterThanOrEqual(150);
  expect(TWINS.length).toBeGreaterThanOrEqual(60);
  const ids = [...ATTACKS, ...TWINS, ...SCENE_TWINS].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

it("shows what came through, in the mode where it did", () => {
  const [row] = ATTACKS;
  if (row === undefined) throw new Error("no attack");
  const results = [
    { id: row.id, mode: "interactive, trusted", verdict: "asked" as const, problem: undefined },
    { id: row.id, mode: "headless, trusted", verdict: "denied" as const, problem: "it was carried out" },
  ];
  const text = withTable("a\n<!-- red team: begin -->\nold\n<!-- red team: end -->\nb", [row], results);
  expect(text).toContain("asked · **came through** · not tried yet · not tried yet");
  expect(text).not.toContain("old");
  expect(rowsIn(text)).toEqual([rowText(row)]);
  // What is not tried again keeps its ending.
  expect(withTable(text, [row], [])).toBe(text);
  expect(() => withTable("no part", [row], results)).toThrow("red team: begin");
});
