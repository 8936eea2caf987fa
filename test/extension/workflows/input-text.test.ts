import { expect, it } from "vitest";
import { inputProblem, inputValue } from "../../../extension/workflows/input-text.ts";

it.each([
  ["string", "2 + 2 is 0", "2 + 2 is 0"],
  ["string", "", ""],
  ["integer", "3", 3],
  ["number", "0.5", 0.5],
  ["boolean", "false", false],
  ["list", '["a"]', ["a"]],
  ["map", '{"a":1}', { a: 1 }],
] as const)("reads a %s: %s", (type, text, value) => expect(inputValue({ type }, text)).toEqual({ value }));

it.each([
  ["integer", "0.5"],
  ["number", '"0.5"'],
  ["number", "half"],
  ["boolean", "yes"],
  ["list", "a, b"],
  ["map", "[]"],
  ["map", "null"],
] as const)("says how to write a %s, instead of %s", (type, text) => {
  expect(inputValue({ type }, text)).toBeUndefined();
  expect(inputProblem({ name: "x", description: "", needed: true, type }, text)).toContain(`of type ${type}, such as`);
});
