/** Reading and writing the text files of a workspace: inside the fence, hashed, refused where they are no text. */
import { failure, type Result } from "../../../protocol/index.ts";
import { hashOf, readBytes, readSlice, stat } from "../../host/files.ts";
import { readReal } from "../../host/real-files.ts";
import { listWorkspace } from "../../memory/listing.ts";
import { type InsidePath, resolveInside } from "../../security/paths/fence.ts";
import type { ToolContext } from "../tool.ts";

const MAX_FILE_BYTES = 10 * 1024 * 1024;

export interface TextFile {
  readonly at: InsidePath;
  readonly bytes: Buffer;
  readonly hash: string;
}

/** Reads a whole text file. `linked` folders count as inside for reads; a write passes none. */
export async function loadText(
  context: ToolContext,
  path: string,
  linked: readonly string[] = [],
): Promise<Result<TextFile>> {
  const at = await resolveInside(context.root, path, linked);
  if (!at.ok) return at;
  const stats = await stat(at.value.absolute);
  if (stats === undefined) return failure("tool.failed", await missing(context, path));
  if (stats.isDirectory()) return failure("tool.failed", `${path} is a folder; list it with list_files.`);
  if (!stats.isFile()) return failure("tool.failed", `${path} is no regular file.`);
  if (stats.size > MAX_FILE_BYTES)
    return failure("tool.failed", `${path} is too large (${stats.size} bytes; at most ${MAX_FILE_BYTES}).`);
  const head = await readSlice(at.value.absolute, 0, 8192);
  if (isUtf16(head))
    return failure("tool.failed", `${path} is UTF-16, which no tool here reads; only UTF-8 and Latin-1.`);
  if (looksBinary(head)) return failure("tool.failed", `${path} is a binary file (${stats.size} bytes), not text.`);
  const bytes = await readReal(at.value.absolute);
  if (bytes === undefined) return failure("tool.failed", `${path} has just been removed.`);
  return { ok: true, value: { at: at.value, bytes, hash: hashOf(bytes) } };
}

function isUtf16(head: Uint8Array): boolean {
  return (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
}

/** UTF-16 without a mark counts as binary: none of our tools could show or change it faithfully. */
export function looksBinary(head: Uint8Array): boolean {
  return head.includes(0);
}

/** SHA-256 of a file, null where nothing is. */
export async function fileHash(absolute: string): Promise<string | null> {
  const bytes = await readBytes(absolute);
  return bytes === undefined ? null : hashOf(bytes);
}

async function missing(context: ToolContext, path: string): Promise<string> {
  const name = path.split("/").at(-1) ?? path;
  const { paths } = await listWorkspace(context.root, { signal: context.signal });
  const alike = paths.filter((candidate) => candidate.split("/").at(-1) === name).slice(0, 5);
  return `There is no file ${path}.${alike.length > 0 ? ` Did you mean ${alike.join(", ")}?` : ""}`;
}
