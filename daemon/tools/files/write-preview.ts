/** What a prepared write will change, as people read it before they allow it. */
import { createTwoFilesPatch } from "diff";
import { readBytes } from "../../host/files.ts";

export interface PreviewedFile {
  readonly path: string;
  readonly absolute: string;
  /** Null deletes the file. */
  readonly content: Uint8Array | null;
}

const MAX_CHARACTERS = 20_000;
/** Beyond this a comparison may take longer than a person waits. */
const MAX_BYTES = 512 * 1024;
const TIMEOUT_MS = 500;

/** Unified diffs, one after the other, cut at 20 000 characters; what cannot be compared is named. */
export async function previewOf(files: readonly PreviewedFile[]): Promise<string> {
  let text = "";
  for (const file of files) {
    if (text.length > MAX_CHARACTERS) break;
    text += await diffOf(file);
  }
  return text.length <= MAX_CHARACTERS ? text : `${text.slice(0, MAX_CHARACTERS)}\n… the rest is not shown …\n`;
}

async function diffOf({ path, absolute, content }: PreviewedFile): Promise<string> {
  const present = await readBytes(absolute);
  const [before, after] = [present ?? Buffer.alloc(0), Buffer.from(content ?? "")];
  if (before.length > MAX_BYTES || after.length > MAX_BYTES)
    return `${path}: ${before.length} bytes become ${after.length} bytes\n`;
  const from = present === undefined ? "/dev/null" : `a/${path}`;
  const to = content === null ? "/dev/null" : `b/${path}`;
  const patch = unifiedDiff(from, to, before.toString("utf8"), after.toString("utf8"));
  return patch ?? `${path}: ${before.length} bytes become ${after.length} bytes\n`;
}

/** Undefined where the texts differ in more than can be compared while a person waits. */
export function unifiedDiff(from: string, to: string, before: string, after: string): string | undefined {
  return createTwoFilesPatch(from, to, before, after, "", "", {
    timeout: TIMEOUT_MS,
    headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true },
  });
}
