import * as z from "zod/mini";
import { failure } from "../../protocol/index.ts";
import { closestLines } from "./closest-lines.ts";
import { applyEdits, type Edit, type EditOutcome, toLf } from "./edit-text.ts";
import { bringsMark, MARK_PROBLEM, prepareChange } from "./file-change.ts";
import { loadText, type TextFile } from "./text-file.ts";
import type { ToolContext, ToolOutcome, WritingTool } from "./tool.ts";

const input = z.object({
  path: z.string().check(z.minLength(1)),
  edits: z
    .array(z.object({ search: z.string().check(z.minLength(1)), replace: z.string() }))
    .check(z.minLength(1), z.maxLength(100)),
});

type Input = z.output<typeof input>;

/** Search and replace in one file. Exact, unique, all or nothing; fails loudly with what would help. */
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
    const { at, bytes, hash } = file.value;
    if (isStale(context, file.value)) return failure("edit.stale", path);
    const replacements = edits.map((edit) => edit.replace);
    if (bringsMark(replacements, bytes.toString("utf8"))) return failure("tool.failed", MARK_PROBLEM);
    // Bytes as Latin-1: what is not touched stays as it is even where it is no valid UTF-8.
    const text = bytes.toString("latin1");
    const outcome = applyEdits(text, edits.map(asBytes));
    if (outcome.status !== "applied") return refusal(path, edits, bytes.toString("utf8"), outcome);
    const content = Buffer.from(outcome.text, "latin1");
    return prepareChange({
      ...at,
      path: at.relative,
      before: hash,
      content,
      outcome: edited(path, edits, outcome.lines),
    });
  },
  applied: ({ path, edits }: Input) => edited(path, edits),
};

function asBytes({ search, replace }: Edit): Edit {
  return { search: Buffer.from(search).toString("latin1"), replace: Buffer.from(replace).toString("latin1") };
}

function isStale(context: ToolContext, file: TextFile): boolean {
  const seen = context.seen.get(file.at.relative);
  return seen !== undefined && seen !== file.hash;
}

function edited(path: string, edits: readonly Edit[], lines: readonly number[] = []): ToolOutcome {
  const count = `${edits.length} ${edits.length === 1 ? "replacement" : "replacements"}`;
  const where = lines.length === 0 ? "" : ` at line ${lines.join(", ")}`;
  return {
    ok: true,
    output: `Edited ${path}: ${count}${where}.`,
    summary: `edited ${path} (${count})`,
    changed: [path],
  };
}

function refusal(
  path: string,
  edits: readonly Edit[],
  text: string,
  outcome: Exclude<EditOutcome, { status: "applied" }>,
) {
  const which = edits.length === 1 ? "" : ` Edit ${outcome.index + 1} of ${edits.length}; none was applied.`;
  switch (outcome.status) {
    case "noop":
      return failure("tool.failed", `${path}: search and replace are the same.${which}`);
    case "ambiguous":
      return failure("edit.ambiguous", `${path}: lines ${outcome.lines.join(", ")}.${which}`);
    case "not_found":
      return failure("edit.not_found", `${path}.${which}${hints(text, edits[outcome.index], outcome.alreadyAt)}`);
  }
}

function hints(text: string, edit: Edit | undefined, alreadyAt: number | undefined): string {
  if (alreadyAt !== undefined)
    return ` The replacement already stands at line ${alreadyAt}: perhaps this edit was already applied.`;
  const close = edit === undefined ? undefined : closestLines(toLf(text), toLf(edit.search));
  return close === undefined ? "" : ` Did you mean these lines, from line ${close.line}?\n${close.text}\n`;
}
