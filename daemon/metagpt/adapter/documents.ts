/** Which files of a scratch project are design documents, and whether they can be read. */
import { join } from "node:path";
import type { DocumentKind } from "../../../protocol/index.ts";
import { readFileOnce } from "../../host/source-files.ts";
import { placeOf } from "../documents/kinds.ts";
import { documentOf } from "../documents/read-document.ts";
import type { FoundDocument } from "./outcome.ts";
import type { ScratchFile } from "./project-files.ts";

const LARGEST = 4 * 1024 * 1024;
const BROKEN = new Set(["empty", "not_json", "not_text", "too_large", "unreadable", "outside", "missing"]);

/** By its place alone; undefined: it is no document, or only its content tells. */
export function kindOf(path: string): DocumentKind | undefined {
  const place = placeOf(path);
  return place?.unsure === true ? undefined : place?.kind;
}

export function findDocuments(folder: string, files: readonly ScratchFile[]): FoundDocument[] {
  return files.flatMap(({ path }) => {
    const place = placeOf(path);
    if (place === undefined) return [];
    const reading = readFileOnce(join(folder, path), LARGEST);
    const reason = !reading.ok && reading.reason === "oversized" ? "oversized" : "unreadable";
    const document = documentOf(path, place, reading.ok ? reading : { ok: false, reason });
    if (document === undefined) return [];
    return [{ path, kind: document.kind, isBroken: document.problems.some(({ code }) => BROKEN.has(code)) }];
  });
}
