/** Reads what a task names, and makes sure that it is that. */
import { decodeSource, readSource } from "../sources/read.ts";
import type { ContentTask, ReadContent } from "./content-reader.ts";

export function readContent({ text, root, oid, path, bytes = 0 }: ContentTask): ReadContent {
  const source =
    text === undefined ? readSource(root, { path, oid }) : { ...decodeSource(Buffer.from(text), path), oid };
  // What is stored belongs to the content's name for ever, so nothing is told of another content.
  if (source.oid !== oid) return { kind: "changed" };
  if (source.kind === "text") return { kind: "text", text: source.text, bytes };
  return source.reason === "binary" || source.reason === "generated"
    ? { kind: source.reason, bytes }
    : { kind: "changed" };
}
