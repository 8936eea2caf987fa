import * as z from "zod/mini";
import { failure, ok, type Result } from "../../protocol/index.ts";
import { hashOf, lstat } from "../host/files.ts";
import { type InsidePath, resolveInside } from "../security/paths/fence.ts";
import { decode, type Encoded } from "./edits/encoding.ts";
import { placeholderIn } from "./edits/placeholders.ts";
import { bringsMark, MARK_PROBLEM, prepareChange } from "./files/file-change.ts";
import { loadText } from "./files/text-file.ts";
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
    const { hash, file } = present.value;
    const text = file?.text ?? null;
    if (bringsMark([content], text)) return failure("tool.failed", MARK_PROBLEM);
    const placeholder = placeholderIn(content, text ?? "");
    if (placeholder !== undefined)
      return failure(
        "tool.failed",
        `“${placeholder}” would be written in place of what it stands for. Write the whole file, or edit it.`,
      );
    const whole = content.toWellFormed();
    const encoded = file === null ? ok(Buffer.from(whole)) : file.encode(inTheStyleOf(file.text, whole));
    if (!encoded.ok) return encoded;
    const bytes = encoded.value;
    if (hash === hashOf(bytes)) return failure("tool.failed", `${path} already has exactly this content.`);
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
  readonly file: Encoded | null;
}

async function readPresent(path: string, at: InsidePath, context: ToolContext): Promise<Result<Present>> {
  if (at.relative === "" || path.endsWith("/")) return failure("tool.failed", `${path} is a folder.`);
  if ((await lstat(at.absolute)) === undefined) return { ok: true, value: { hash: null, file: null } };
  const file = await loadText(context, path);
  if (!file.ok) return file;
  const { hash, bytes } = file.value;
  const seen = context.seen.get(at.relative);
  if (seen === undefined)
    return failure("tool.failed", `${path} exists and you have not read it; read it first, or use edit_file.`);
  return seen === hash ? { ok: true, value: { hash, file: decode(bytes) } } : failure("edit.stale", path);
}

/** A file keeps CRLF, a byte order mark, and whether its last line is ended, unless that is all that changes. */
function inTheStyleOf(present: string, content: string): string {
  const styled = markedAs(present, content);
  const isEnded = present.endsWith("\n");
  if (present === "" || styled === "" || styled.endsWith("\n") === isEnded) return styled;
  const other = isEnded ? styled + (present.endsWith("\r\n") ? "\r\n" : "\n") : styled.replace(/\r?\n$/, "");
  return other === present ? styled : other;
}

function markedAs(present: string, content: string): string {
  const hasCrlfOnly = present.includes("\r\n") && !/(?<!\r)\n/.test(present);
  const lines = hasCrlfOnly ? content.replace(/\r?\n/g, "\r\n") : content;
  return present.startsWith("\ufeff") && !lines.startsWith("\ufeff") ? `\ufeff${lines}` : lines;
}

function written(path: string): ToolOutcome {
  return { ok: true, output: `Wrote ${path}.`, summary: `wrote ${path}`, changed: [path] };
}
