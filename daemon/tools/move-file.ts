import { basename, dirname, join } from "node:path";
import * as z from "zod/mini";
import { failure } from "../../protocol/index.ts";
import { hashOf, listFolder, lstat, readBytes, rename } from "../host/files.ts";
import { type InsidePath, resolveInside } from "../security/paths/fence.ts";
import { type PlannedFile, prepareSet } from "./files/file-set.ts";
import type { PreparedWrite, ToolOutcome, WritingTool } from "./tool.ts";

const input = z.object({ from: z.string().check(z.minLength(1)), to: z.string().check(z.minLength(1)) });

type Input = z.output<typeof input>;

/** Gives a file another name or folder. Never over a file that is there; links are not moved. */
export const moveFile: WritingTool<typeof input> = {
  name: "move_file",
  description: "Moves or renames a file.",
  input,
  effect: "verifiable",
  changesSeveral: true,
  access: ({ from, to }) => ({ kind: "write", paths: [from, to] }),
  async prepare({ from, to }, context) {
    const source = await resolveInside(context.root, from);
    if (!source.ok) return source;
    const target = await resolveInside(context.root, to);
    if (!target.ok) return target;
    const stats = await lstat(source.value.absolute);
    if (stats === undefined) return failure("tool.failed", `There is no file ${from}.`);
    const named = await lstat(join(context.root, ...from.split("/")));
    if (!stats.isFile() || named?.isSymbolicLink() === true)
      return failure("tool.failed", `${from} is not a file; only files are moved.`);
    if (to.endsWith("/") || target.value.relative === "")
      return failure("tool.failed", `${to} is a folder; give the file's new name.`);
    const isSame = await isSameFile(source.value.absolute, target.value.absolute, to);
    if (!isSame && (await isTaken(target.value.absolute)))
      return failure("tool.failed", `${to} exists already; delete it first if it is to go.`);
    const bytes = await readBytes(source.value.absolute);
    if (bytes === undefined) return failure("tool.failed", `There is no file ${from}.`);
    const hash = hashOf(bytes);
    const seen = context.seen.get(source.value.relative);
    if (seen !== undefined && seen !== hash) return failure("edit.stale", from);
    if (isSame) return renamed(source.value, to, hash, moved({ from, to }));
    const files: PlannedFile[] = [
      { path: source.value.relative, absolute: source.value.absolute, before: hash, content: null },
      { path: target.value.relative, absolute: target.value.absolute, before: null, content: bytes, mode: stats.mode },
    ];
    return prepareSet(files, moved({ from, to }), context);
  },
  applied: (done: Input) => moved(done),
};

async function isTaken(absolute: string): Promise<boolean> {
  return (await lstat(absolute)) !== undefined;
}

/** Where a file system takes `a` and `A` for one, the new name finds the old file. */
async function isSameFile(source: string, target: string, to: string): Promise<boolean> {
  const name = basename(to);
  if (basename(source) === name || basename(source).toLowerCase() !== name.toLowerCase()) return false;
  if (dirname(source) !== dirname(target)) return false;
  const names = await listFolder(dirname(source));
  return (await isTaken(target)) && !names.some((entry) => entry.name === name);
}

/** One rename; there is nothing to tell before from after by, so that a repetition finds it done. */
function renamed(source: InsidePath, to: string, hash: string, outcome: ToolOutcome): PreparedWrite {
  const path = [...source.relative.split("/").slice(0, -1), basename(to)].join("/");
  return {
    ...{ path, before: null, after: hash },
    preview: async () => `${source.relative} gets the name ${path}\n`,
    async apply() {
      await rename(source.absolute, join(dirname(source.absolute), basename(to)));
      return outcome;
    },
  };
}

function moved({ from, to }: Input): ToolOutcome {
  return { ok: true, output: `Moved ${from} to ${to}.`, summary: `moved ${from} to ${to}`, changed: [from, to] };
}
