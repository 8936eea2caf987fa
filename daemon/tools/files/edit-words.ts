/** What the editing tools say of an edit, to the model and to people. */
import { failure, type Result } from "../../../protocol/index.ts";
import type { EditOutcome, PlacedEdit } from "../edits/apply.ts";
import { applyEdits } from "../edits/apply.ts";
import { decode } from "../edits/encoding.ts";
import type { ToolContext } from "../tool.ts";
import { bringsMark, MARK_PROBLEM } from "./file-change.ts";
import type { TextFile } from "./text-file.ts";

export interface Edited {
  readonly content: Buffer;
  readonly lines: readonly number[];
  readonly notes: readonly string[];
}

/** What a file becomes by edits; fails with what the model should know. */
export function editBytes(
  path: string,
  file: TextFile,
  edits: readonly PlacedEdit[],
  context: ToolContext,
): Result<Edited> {
  const seen = context.seen.get(file.at.relative);
  if (seen !== undefined && seen !== file.hash) return failure("edit.stale", path);
  const { text, encode } = decode(file.bytes);
  const wellFormed = edits.map((edit) => {
    return { ...edit, search: edit.search.toWellFormed(), replace: edit.replace.toWellFormed() };
  });
  const replacements = wellFormed.map(({ replace }) => replace);
  if (bringsMark(replacements, text)) return failure("tool.failed", MARK_PROBLEM);
  const outcome = applyEdits(text, wellFormed);
  if (!("text" in outcome)) return refusal(path, edits.length, outcome);
  const content = encode(outcome.text);
  return content.ok
    ? { ok: true, value: { content: content.value, lines: outcome.lines, notes: outcome.notes } }
    : content;
}

function refusal(path: string, count: number, outcome: Exclude<EditOutcome, { text: string }>) {
  const which = count === 1 ? "" : `Edit ${outcome.index + 1} of ${count}; none was applied. `;
  const detail = `${path}: ${which}${outcome.message}`;
  if (outcome.status === "ambiguous") return failure("edit.ambiguous", detail);
  return failure(outcome.reason === "not_found" ? "edit.not_found" : "tool.failed", detail);
}

/** “3 replacements at lines 1, 7, 9” */
export function placesOf(count: number, lines: readonly number[]): string {
  const places = `${count} ${count === 1 ? "replacement" : "replacements"}`;
  return lines.length === 0 ? places : `${places} at line ${lines.join(", ")}`;
}

export function noteText(notes: readonly string[]): string {
  return notes.length === 0 ? "" : `\nNot exact; check it. ${notes.join("\n")}`;
}
