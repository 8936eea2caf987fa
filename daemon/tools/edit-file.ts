import * as z from "zod/mini";
import { editBytes, noteText, placesOf } from "./files/edit-words.ts";
import { prepareChange } from "./files/file-change.ts";
import { loadText } from "./files/text-file.ts";
import type { ToolOutcome, WritingTool } from "./tool.ts";

export const EditList = z
  .array(z.object({ search: z.string().check(z.minLength(1)), replace: z.string() }))
  .check(z.minLength(1), z.maxLength(100));

const input = z.object({ path: z.string().check(z.minLength(1)), edits: EditList });

type Input = z.output<typeof input>;

/** Search and replace in one file. Each search means one place; all or nothing; fails loudly with what would help. */
export const editFile: WritingTool<typeof input> = {
  name: "edit_file",
  description:
    "Replaces text in a file. Each search must match exactly (indentation included) and once; all edits apply in order, or none.",
  input,
  effect: "verifiable",
  access: ({ path }) => ({ kind: "write", paths: [path] }),
  async prepare({ path, edits }, context) {
    const file = await loadText(context, path);
    if (!file.ok) return file;
    const change = editBytes(path, file.value, edits, context);
    if (!change.ok) return change;
    const { content, lines, notes } = change.value;
    const { at, hash } = file.value;
    const outcome = edited({ path, edits }, lines, notes);
    return prepareChange({ ...at, path: at.relative, before: hash, content, outcome });
  },
  applied: (done: Input) => edited(done),
};

function edited({ path, edits }: Input, lines: readonly number[] = [], notes: readonly string[] = []): ToolOutcome {
  return {
    ok: true,
    output: `Edited ${path}: ${placesOf(edits.length, lines)}.${noteText(notes)}`,
    summary: `edited ${path} (${placesOf(edits.length, [])}${notes.length === 0 ? "" : ", approximate"})`,
    changed: [path],
  };
}
