/** Which ways of editing a model is offered: edit_file, which all know, and the one that it was trained on; each is paid for. */

export type EditForm = "edit_file" | "multi_edit" | "apply_patch";

/** The first pattern that fits a model's name decides; write_file, move_file and delete_file are for all. */
const FORMS: readonly (readonly [pattern: RegExp, forms: readonly EditForm[]])[] = [
  [/(?:^|\/)(?:gpt-(?:4\.1|[5-9])|o[3-9](?:-|$)|codex)/i, ["edit_file", "apply_patch"]],
  [/(?:^|[/.])claude-/i, ["edit_file", "multi_edit"]],
];

export function editFormsOf(modelName: string): readonly EditForm[] {
  return FORMS.find(([pattern]) => pattern.test(modelName))?.[1] ?? ["edit_file"];
}

const ALL: readonly string[] = ["edit_file", "multi_edit", "apply_patch"] satisfies EditForm[];

/** Other tools are offered to every model. */
export function isFormFor(tool: string, modelName: string): boolean {
  const forms: readonly string[] = editFormsOf(modelName);
  return !ALL.includes(tool) || forms.includes(tool);
}
