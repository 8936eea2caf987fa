import * as z from "zod/mini";
import { failure } from "../../protocol/index.ts";
import { stat } from "../host/files.ts";
import { listWorkspace } from "../memory/listing.ts";
import { resolveInside } from "../security/paths/fence.ts";
import { globMatcher } from "../security/paths/glob.ts";
import type { DirectTool } from "./tool.ts";

const MAX_ENTRIES = 400;

const input = z.object({
  path: z.optional(z.string().check(z.describe("Folder; default: the root"))),
  depth: z.optional(z.int().check(z.gte(1), z.lte(20), z.describe("Deeper folders as counts"))),
  glob: z.optional(z.string().check(z.minLength(1), z.maxLength(300))),
});

/** Files by workspace path, one a line; folders too deep, or too many to show, as `src/ (120 files)`. */
export const listFiles: DirectTool<typeof input> = {
  name: "list_files",
  description: "Lists files, git-ignored ones left out.",
  input,
  effect: "pure",
  access: ({ path }) => ({ kind: "read", paths: [path ?? "."] }),
  async execute({ path = ".", depth, glob }, context) {
    const at = await resolveInside(context.root, path, context.linked);
    if (!at.ok) return at;
    const stats = await stat(at.value.absolute);
    if (stats === undefined) return failure("tool.failed", `There is no folder ${path}.`);
    if (!stats.isDirectory()) return failure("tool.failed", `${path} is a file; read it with read_file.`);
    const folder = at.value.relative;
    const { paths, truncated } = await listWorkspace(context.root, { signal: context.signal, folder });
    const matches = glob === undefined ? () => true : globMatcher(glob);
    const files = paths.filter((file) => !context.linked.includes(file) && matches(file));
    const entries = fold(files, folder === "" ? 0 : folder.split("/").length, depth);
    const shown = entries.slice(0, MAX_ENTRIES);
    const rest = entries.length - shown.length;
    const notes = [
      ...(rest > 0 ? [`… and ${rest} more; name a folder to see them.`] : []),
      ...(truncated ? ["The list was cut off."] : []),
    ];
    const output = files.length === 0 ? "(no files)" : [...shown, ...notes].join("\n");
    return { ok: true, output, summary: `listed ${path === "." ? "the workspace" : path} (${files.length} files)` };
  },
};

/** Folds what is deeper than the wanted depth, or than the largest one that fits. */
function fold(files: readonly string[], base: number, wanted: number | undefined): string[] {
  if (wanted !== undefined) return foldAt(files, base + wanted);
  const deepest = files.reduce((most, file) => Math.max(most, file.split("/").length), 0);
  for (let depth = deepest; depth > base + 1; depth--) {
    const entries = foldAt(files, depth);
    if (entries.length <= MAX_ENTRIES) return entries;
  }
  return foldAt(files, base + 1);
}

function foldAt(files: readonly string[], depth: number): string[] {
  const counts = new Map<string, number>();
  for (const file of files) {
    const parts = file.split("/");
    const entry = parts.length <= depth ? file : `${parts.slice(0, depth).join("/")}/`;
    counts.set(entry, (counts.get(entry) ?? 0) + 1);
  }
  return [...counts].map(([entry, count]) => (entry.endsWith("/") ? `${entry} (${count} files)` : entry));
}
