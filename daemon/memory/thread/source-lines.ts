import { readFileOnce } from "../../host/source-files.ts";
import { decodeSource } from "../sources/read.ts";
import { DEFAULT_SCAN_LIMITS } from "../sources/source.ts";

const LONGEST = 200;

/** One line of a file as it is now; "" when it cannot be read. */
export function sourceLine(root: string, path: string, line: number): string {
  return (sourceText(root, path)?.split("\n")[line - 1] ?? "").trim().slice(0, LONGEST);
}

/** A text file of the workspace as it is now; undefined when it is none, or cannot be read. */
export function sourceText(root: string, path: string): string | undefined {
  const reading = readFileOnce(`${root}/${path}`, DEFAULT_SCAN_LIMITS.maxFileBytes);
  const source = reading.ok ? decodeSource(reading.bytes, path) : undefined;
  return source?.kind === "text" ? source.text : undefined;
}
