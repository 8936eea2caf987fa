import * as z from "zod/mini";
import { failure } from "../../protocol/index.ts";
import { hashOf, lstat, readBytes } from "../host/files.ts";
import { resolveInside } from "../security/paths/fence.ts";
import { prepareChange } from "./files/file-change.ts";
import type { ToolOutcome, WritingTool } from "./tool.ts";

const input = z.object({ path: z.string().check(z.minLength(1)) });

/** Deletes one file, binary ones too. Folders go with their last file, because git knows none. */
export const deleteFile: WritingTool<typeof input> = {
  name: "delete_file",
  description: "Deletes a file.",
  input,
  effect: "verifiable",
  access: ({ path }) => ({ kind: "write", paths: [path] }),
  async prepare({ path }, context) {
    const at = await resolveInside(context.root, path);
    if (!at.ok) return at;
    const stats = await lstat(at.value.absolute);
    if (stats === undefined) return failure("tool.failed", `There is no file ${path}.`);
    if (!stats.isFile()) return failure("tool.failed", `${path} is not a file; only files are deleted.`);
    const bytes = await readBytes(at.value.absolute);
    if (bytes === undefined) return failure("tool.failed", `There is no file ${path}.`);
    const hash = hashOf(bytes);
    const seen = context.seen.get(at.value.relative);
    if (seen !== undefined && seen !== hash) return failure("edit.stale", path);
    return prepareChange({ ...at.value, path: at.value.relative, before: hash, content: null, outcome: deleted(path) });
  },
  applied: ({ path }: z.output<typeof input>) => deleted(path),
};

function deleted(path: string): ToolOutcome {
  return { ok: true, output: `Deleted ${path}.`, summary: `deleted ${path}`, changed: [path] };
}
