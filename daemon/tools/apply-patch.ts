import * as z from "zod/mini";
import { failure, type Result } from "../../protocol/index.ts";
import { hashOf, lstat, readBytes } from "../host/files.ts";
import { resolveInside } from "../security/paths/fence.ts";
import type { PlacedEdit } from "./edits/apply.ts";
import type { PatchedFile, PatchHunk } from "./edits/patch.ts";
import { parsePatch } from "./edits/patch-text.ts";
import { placeholderIn } from "./edits/placeholders.ts";
import { editBytes, noteText } from "./files/edit-words.ts";
import { bringsMark, MARK_PROBLEM } from "./files/file-change.ts";
import { type PlannedFile, prepareSet } from "./files/file-set.ts";
import { loadText } from "./files/text-file.ts";
import type { ToolContext, ToolOutcome, WritingTool } from "./tool.ts";

const input = z.object({ patch: z.string().check(z.minLength(1)) });

/** Makes, changes, moves and deletes files by a patch; all of it, or nothing. */
export const applyPatch: WritingTool<typeof input> = {
  name: "apply_patch",
  description:
    "Applies a patch, all of it or nothing: a unified diff, or “*** Begin Patch” with “*** Update|Add|Delete File: path”. Context lines must match.",
  input,
  effect: "verifiable",
  changesSeveral: true,
  access: ({ patch }) => ({ kind: "write", paths: pathsOf(patch) }),
  async prepare({ patch }, context) {
    const parsed = parsePatch(patch);
    if (!parsed.ok) return failure("tool.invalid_input", `apply_patch: ${parsed.problem}.`);
    const planned: PlannedFile[] = [];
    const notes: string[] = [];
    for (const file of parsed.files) {
      const changes = await plan(file, context, notes);
      if (!changes.ok) return changes;
      for (const change of changes.value) {
        if (planned.some(({ path }) => path === change.path))
          return failure("tool.failed", `${change.path} is named twice in the patch; give all its hunks together.`);
        planned.push(change);
      }
    }
    return prepareSet(planned, patched(patch, notes), context);
  },
  applied: ({ patch }: z.output<typeof input>) => patched(patch),
};

/** Of a patch that cannot be read, none: then nothing is written. */
function pathsOf(patch: string): string[] {
  const parsed = parsePatch(patch);
  if (!parsed.ok) return [];
  return parsed.files.flatMap((file) => ("to" in file && file.to !== undefined ? [file.path, file.to] : [file.path]));
}

function plan(file: PatchedFile, context: ToolContext, notes: string[]): Promise<Result<PlannedFile[]>> {
  switch (file.kind) {
    case "create":
      return planCreation(file.path, file.content, context);
    case "delete":
      return planDeletion(file.path, context);
    case "update":
      return planUpdate(file, context, notes);
  }
}

async function planCreation(path: string, content: string, context: ToolContext): Promise<Result<PlannedFile[]>> {
  const at = await resolveInside(context.root, path);
  if (!at.ok) return at;
  if (path.endsWith("/") || (await lstat(at.value.absolute)) !== undefined)
    return failure("tool.failed", `${path} exists already; change it with “*** Update File”.`);
  const placeholder = placeholderIn(content, "");
  if (placeholder !== undefined) return failure("tool.failed", `${path}: “${placeholder}” stands for text left out.`);
  if (bringsMark([content], null)) return failure("tool.failed", MARK_PROBLEM);
  const { absolute, relative } = at.value;
  return {
    ok: true,
    value: [{ path: relative, absolute, before: null, content: Buffer.from(content.toWellFormed()) }],
  };
}

async function planDeletion(path: string, context: ToolContext): Promise<Result<PlannedFile[]>> {
  const at = await resolveInside(context.root, path);
  if (!at.ok) return at;
  const { absolute, relative } = at.value;
  const stats = await lstat(absolute);
  const bytes = stats?.isFile() === true ? await readBytes(absolute) : undefined;
  if (bytes === undefined) return failure("tool.failed", `There is no file ${path}.`);
  const hash = hashOf(bytes);
  const seen = context.seen.get(relative);
  if (seen !== undefined && seen !== hash) return failure("edit.stale", path);
  return { ok: true, value: [{ path: relative, absolute, before: hash, content: null }] };
}

async function planUpdate(
  { path, to, hunks }: Extract<PatchedFile, { kind: "update" }>,
  context: ToolContext,
  notes: string[],
): Promise<Result<PlannedFile[]>> {
  const file = await loadText(context, path);
  if (!file.ok) return file;
  if (hunks.length === 0 && to === undefined)
    return failure("tool.failed", `${path}: the patch changes nothing in it.`);
  let content = file.value.bytes;
  if (hunks.length > 0) {
    const change = editBytes(path, file.value, editsOf(hunks), context);
    if (!change.ok) return change;
    notes.push(...change.value.notes.map((note) => `${path}: ${note}`));
    content = change.value.content;
  }
  const { at, hash } = file.value;
  const old = { path: at.relative, absolute: at.absolute, before: hash };
  if (to === undefined) return { ok: true, value: [{ ...old, content }] };
  const target = await resolveInside(context.root, to);
  if (!target.ok) return target;
  if (to.endsWith("/") || (await lstat(target.value.absolute)) !== undefined)
    return failure("tool.failed", `${to} exists already; ${path} cannot be moved there.`);
  const mode = (await lstat(at.absolute))?.mode;
  const moved = { path: target.value.relative, absolute: target.value.absolute, before: null, content, mode };
  return { ok: true, value: [{ ...old, content: null }, moved] };
}

/** The lines that a patch names are those of the old file; by then, the hunks before have moved them. */
function editsOf(hunks: readonly PatchHunk[]): PlacedEdit[] {
  let moved = 0;
  return hunks.map(({ search, replace, hintLine, after }) => {
    const hint = hintLine === undefined ? {} : { hintLine: hintLine + moved };
    moved += replace.split("\n").length - search.split("\n").length;
    return { search, replace, wholeLines: true, ...hint, ...(after === undefined ? {} : { after }) };
  });
}

function patched(patch: string, notes: readonly string[] = []): ToolOutcome {
  const paths = pathsOf(patch);
  return {
    ok: true,
    output: `Patched ${paths.join(", ")}.${noteText(notes)}`,
    summary: `patched ${paths.length === 1 ? paths[0] : `${paths.length} files`}`,
    changed: paths,
  };
}
