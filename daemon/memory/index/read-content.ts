/** Reads what a task names, and makes sure that it is that. */
import { readFileOnce } from "../../host/source-files.ts";
import { blobOid, formatOf } from "../sources/blob-oid.ts";
import { decodeSource } from "../sources/decode.ts";
import { DEFAULT_SCAN_LIMITS } from "../sources/source.ts";
import type { ContentTask, ReadContent } from "./content-reader.ts";

export function readContent(task: ContentTask): ReadContent {
  const { text, file, oid, path } = task;
  if (text !== undefined) return { kind: "text", text, bytes: Buffer.byteLength(text) };
  const reading = readFileOnce(file ?? path, DEFAULT_SCAN_LIMITS.maxFileBytes);
  if (!reading.ok) {
    const kind = reading.reason === "oversized" || reading.reason === "unreadable" ? reading.reason : "changed";
    return { kind, bytes: 0 };
  }
  const { bytes } = reading;
  if (blobOid(bytes, formatOf(oid)) !== oid) return { kind: "changed", bytes: bytes.length };
  const decoded = decodeSource(bytes, path);
  return decoded.kind === "text"
    ? { kind: "text", text: decoded.text, bytes: bytes.length }
    : { kind: decoded.reason, bytes: bytes.length };
}
