import { expect, it } from "vitest";
import { createProgress } from "../../daemon/cli/progress.ts";
import type { RunEvent, RunState } from "../../protocol/index.ts";

it.each([
  [{}, "Wrote 1 file into /w"],
  [{ takenBy: "Neovim" }, "An editor took the change of 1 file"],
  [{ inEditor: ["a.ts"] }, "unsaved: a.ts"],
])("says who has an accepted change: %j", (how, expected) => {
  const event = { body: { type: "changes.accepted", paths: ["a.ts"], ...how } } as unknown as RunEvent;
  const state = { kind: null, workspace: "/w" } as unknown as RunState;
  const text = createProgress((_, words) => words, 80).event(event, state);
  expect(text).toContain(expected);
  expect(text.includes("Wrote")).toBe(Object.keys(how).length === 0);
});
