import { readSource } from "../sources/read.ts";

const LONGEST = 200;

/** One line of a file as it is now; "" when it cannot be read. */
export function sourceLine(root: string, path: string, line: number): string {
  return (sourceText(root, path)?.split("\n")[line - 1] ?? "").trim().slice(0, LONGEST);
}

/** A text file of the workspace as it is now; undefined when it is none, or cannot be read. */
export function sourceText(root: string, path: string): string | undefined {
  const source = readSource(root, { path, oid: "" });
  return source.kind === "text" ? source.text : undefined;
}
