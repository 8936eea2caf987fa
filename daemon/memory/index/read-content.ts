/** Reads what a task names, and makes sure that it is that. */
import { readSource } from "../sources/read.ts";
import type { ContentTask, ReadContent } from "./content-reader.ts";

export function readContent(task: ContentTask): ReadContent {
  const { text, root, oid, path, bytes = 0 } = task;
  if (text !== undefined) return { kind: "text", text, bytes: Buffer.byteLength(text) };
  const source = readSource(root, { path, oid });
  if (source.kind === "text")
    return source.oid === oid ? { kind: "text", text: source.text, bytes } : { kind: "changed" };
  switch (source.reason) {
    case "binary":
    case "generated":
    case "oversized":
      return { kind: source.reason, bytes };
    default:
      return { kind: "changed" };
  }
}
