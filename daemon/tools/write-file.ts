import * as z from "zod/mini";
import { failure, type Result } from "../../protocol/index.ts";
import { lstat } from "../host/files.ts";
import { type InsidePath, resolveInside } from "../security/fence.ts";
import { bringsMark, MARK_PROBLEM, prepareChange } from "./file-change.ts";
import { loadText } from "./text-file.ts";
import type { ToolContext, ToolOutcome, WritingTool } from "./tool.ts";

const input = z.object({ path: z.string().check(z.minLength(1)), content: z.string() });

type Input = z.output<typeof input>;

/** Writes a whole file and the folders to it. A file that is there must have been read, and not changed since. */
export const writeFile: WritingTool<typeof input> = {
  name: "write_file",
  description: "Writes a whole new file, or replaces one that you have read.",
  input,
  effect: "verifiable",
  access: ({ path }) => ({ kind: "write", paths: [path] }),
  async prepare({ path, content }, context) {
    const at = await resolveInside(context.root, path);
    if (!at.ok) return at;
    const present = await readPresent(path, at.value, context);
    if (!present.ok) return present;
    const { hash, text } = present.value;
    if (bringsMark([content], text)) return failure("tool.failed", MARK_PROBLEM);
    const bytes = Buffer.from(text === null ? content : inTheStyleOf(text, content));
    if (hash !== null && text === bytes.toString("utf8"))
      return failure("tool.failed", `${path} already has exactly this content.`);
    return prepareChange({
      ...at.value,
      path: at.value.relative,
      before: hash,
      content: bytes,
      outcome: written(path),
    });
  },
  applied: ({ path }: Input) => written(path),
};

interface Present {
  /** Both null where no file is. */
  readonly hash: string | null;
  readonly text: string | null;
}

async function readPresent(path: string, at: InsidePath, context: ToolContext): Promise<Result<Present>> {
  if (at.relative === "" || path.endsWith("/")) return failure("tool.failed", `${path} is a folder.`);
  if ((await lstat(at.absolute)) === undefined) return { ok: true, value: { hash: null, text: null } };
  const file = await loadText(context, path);
  if (!file.ok) return file;
  const { hash, bytes } = file.value;
  const seen = context.seen.get(at.relative);
  if (seen === undefined)
    return failure("tool.failed", `${path} exists and you have not read it; read it first, or use edit_file.`);
  return seen === hash ? { ok: true, value: { hash, text: bytes.toString("utf8") } } : failure("edit.stale", path);
}

/** A file with CRLF only, or with a byte order mark, keeps it: models write neither. */
function inTheStyleOf(present: string, content: string): string {
  const hasCrlfOnly = present.includes("\r\n") && !/(?<!\r)\n/.test(present);
  const lines = hasCrlfOnly ? content.replace(/\r?\n/g, "\r\n") : content;
  return present.startsWith("\ufeff") && !lines.startsWith("\ufeff") ? `\ufeff${lines}` : lines;
}

function written(path: string): ToolOutcome {
  return { ok: true, output: `Wrote ${path}.`, summary: `wrote ${path}`, changed: [path] };
}
