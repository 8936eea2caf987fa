import fc from "fast-check";
import { it } from "vitest";
import { PROPERTIES } from "./properties.ts";

/** Of all properties together; test/edits/run.ts does many more. */
const CASES = 2000;

it.each(PROPERTIES)("$name", ({ property, share }) => {
  fc.assert(property, { numRuns: CASES * share });
});
