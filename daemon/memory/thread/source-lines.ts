import { readSource } from "../sources/read.ts";

const LONGEST = 200;

/** One line of a file as it is now; "" when it cannot be read. */
export function sourceLine(root: string, path: string, line: number): string {
  const source = readSource(root, { path, oid: "" });
  if (source.kind !== "text") return "";
  return (source.text.split("\n")[line - 1] ?? "").trim().slice(0, LONGEST);
}
