/** docs/settings.md names every setting that there is, and none that there is not. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parseSettings } from "../../daemon/settings.ts";
import { SETTINGS } from "../../docs/generate/settings-page.ts";

const source = readFileSync(new URL("../../daemon/settings.ts", import.meta.url), "utf8");
const paths = readFileSync(new URL("../../daemon/host/paths.ts", import.meta.url), "utf8");

it("names every variable that is read", () => {
  const read = [...`${source}${paths}`.matchAll(/"((?:NEXUS|OPENAI|ANTHROPIC|OLLAMA)_[A-Z_]+)"/g)].map(([, name]) => name);
  expect(new Set(read)).toEqual(new Set(SETTINGS.map(({ variable }) => variable).filter((name) => name !== null)));
});

it("names every key of the file", () => {
  const block = source.slice(source.indexOf("const SettingsFile"), source.indexOf("export type SettingsFile"));
  const keys = [...block.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name);
  expect(new Set(keys)).toEqual(new Set(SETTINGS.map(({ key }) => key).filter((name) => name !== null)));
});

it("tells the true default of the idle time", () => {
  const row = SETTINGS.find(({ key }) => key === "idleExitMs");
  expect(row?.without).toContain(String(parseSettings("/home", {}, {}).idleExitMs));
});
