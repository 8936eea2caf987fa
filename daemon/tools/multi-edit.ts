import * as z from "zod/mini";
import { failure } from "../../protocol/index.ts";
import { EditList } from "./edit-file.ts";
import { editBytes, noteText } from "./files/edit-words.ts";
import { type PlannedFile, prepareSet } from "./files/file-set.ts";
import { loadText } from "./files/text-file.ts";
import type { ToolOutcome, WritingTool } from "./tool.ts";

const input = z.object({
  files: z
    .array(z.object({ path: z.string().check(z.minLength(1)), edits: EditList }))
    .check(z.minLength(1), z.maxLength(50)),
});

type Input = z.output<typeof input>;

/** Search and replace in several files; all of them change, or none. */
export const multiEdit: WritingTool<typeof input> = {
  name: "multi_edit",
  description: "Like edit_file, in several files: all of them change, or none.",
  input,
  effect: "verifiable",
  changesSeveral: true,
  access: ({ files }) => ({ kind: "write", paths: files.map(({ path }) => path) }),
  async prepare({ files }, context) {
    const planned: PlannedFile[] = [];
    const notes: string[] = [];
    for (const { path, edits } of files) {
      const file = await loadText(context, path);
      if (!file.ok) return file;
      const { at, hash } = file.value;
      if (planned.some((other) => other.path === at.relative))
        return failure("tool.failed", `${path} is named twice; give all its edits together.`);
      const change = editBytes(path, file.value, edits, context);
      if (!change.ok) return change;
      notes.push(...change.value.notes.map((note) => `${path}: ${note}`));
      planned.push({ path: at.relative, absolute: at.absolute, before: hash, content: change.value.content });
    }
    return prepareSet(planned, edited({ files }, notes), context);
  },
  applied: (done: Input) => edited(done),
};

function edited({ files }: Input, notes: readonly string[] = []): ToolOutcome {
  const paths = files.map(({ path }) => path);
  return {
    ok: true,
    output: `Edited ${paths.join(", ")}.${noteText(notes)}`,
    summary: `edited ${paths.length === 1 ? paths[0] : `${paths.length} files`}`,
    changed: paths,
  };
}
