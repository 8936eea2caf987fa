import { describe, expect, it } from "vitest";
import { explore } from "./explore/explore.ts";
import { faultFound } from "./explore/faults.ts";
import { FAULTS, REAL } from "./explore/protocol.ts";
import { SMALL } from "./explore/world.ts";

describe("every interleaving at a small size", () => {
  it.each(SMALL.map((size) => [size.name, size] as const))("%s", (_name, size) => {
    const { states, problem } = explore(size, REAL);
    expect(problem).toBeUndefined();
    expect(states).toBeGreaterThan(100);
  });
});

it.each(Object.entries(FAULTS))("would be noticed where %s", (fault, { finds }) => {
  expect(faultFound(fault, SMALL)?.what).toBe(finds);
});
