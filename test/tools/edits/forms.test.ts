import { expect, it } from "vitest";
import { editFormsOf, isFormFor } from "../../../daemon/tools/edits/forms.ts";

it.each([
  ["gpt-6.1-terra", ["edit_file", "apply_patch"]],
  ["openai/gpt-5-mini", ["edit_file", "apply_patch"]],
  ["gpt-4.1", ["edit_file", "apply_patch"]],
  ["o4-mini", ["edit_file", "apply_patch"]],
  ["codex-mini-latest", ["edit_file", "apply_patch"]],
  ["gpt-4o", ["edit_file"]],
  ["claude-sonnet-5-5", ["edit_file", "multi_edit"]],
  ["anthropic/claude-opus-4", ["edit_file", "multi_edit"]],
  ["anthropic.claude-3", ["edit_file", "multi_edit"]],
  ["qwen2.5-coder", ["edit_file"]],
  ["recorded", ["edit_file"]],
])("%s edits by %j", (model, forms) => {
  expect(editFormsOf(model)).toEqual(forms);
});

it("offers edit_file and every other tool to every model", () => {
  expect(isFormFor("write_file", "gpt-5")).toBe(true);
  expect(isFormFor("edit_file", "gpt-5")).toBe(true);
  expect(isFormFor("multi_edit", "gpt-5")).toBe(false);
});
