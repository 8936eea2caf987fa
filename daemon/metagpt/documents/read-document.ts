/** One file as a document: never throws, never evaluates, and what cannot be read is told in its problems. */
import { createHash } from "node:crypto";
import type { DocumentKind, DocumentProblem, ProjectDocument } from "../../../protocol/index.ts";
import { parseJson } from "./json/syntax.ts";
import { type DocumentPlace, kindByHeadings, kindByKeys, kindOfBroken } from "./kinds.ts";
import { contentProblems } from "./problems.ts";
import type { ProjectFile, ProjectFiles } from "./project-files.ts";
import { decodeText } from "./text.ts";

/** Bytes of a document; MetaGPT's are some kilobytes. A team holds the whole history of its messages. */
const LARGEST_DOCUMENT = 4 * 1024 * 1024;
const LARGEST_TEAM = 32 * 1024 * 1024;

export interface ReadDocument extends ProjectDocument {
  /** SHA-256 of the bytes; empty: they could not be read. */
  readonly hash: string;
  /** The text as it stands; null: it could not be read. */
  readonly text: string | null;
}

/** Undefined: it is no document after all, or it is gone. */
export async function readDocument(
  files: ProjectFiles,
  path: string,
  place: DocumentPlace,
): Promise<ReadDocument | undefined> {
  const reading = await files.read(path, place.kind === "team" ? LARGEST_TEAM : LARGEST_DOCUMENT);
  return documentOf(path, place, reading);
}

/** As readDocument, of bytes that were read. */
export function documentOf(path: string, place: DocumentPlace, reading: ProjectFile): ReadDocument | undefined {
  if (!reading.ok) return refused(path, place, reading.reason);
  const { bytes } = reading;
  const hash = createHash("sha256").update(bytes).digest("hex");
  const text = decodeText(bytes)?.text;
  const known = { path, dialect: place.dialect, hash };
  if (text === undefined) {
    if (place.unsure === true) return undefined;
    const problems = [{ code: "not_text", message: "It is no text in UTF-8 or UTF-16." }];
    return { ...known, kind: place.kind, content: null, text: null, problems };
  }
  const read = place.format === "json" ? readJson(place, text) : readPlain(place, text);
  return read === undefined ? undefined : { ...known, ...read, text };
}

interface ReadContent {
  readonly kind: DocumentKind;
  readonly content: unknown;
  readonly problems: DocumentProblem[];
}

const EMPTY: DocumentProblem = { code: "empty", message: "It is empty." };

function readJson(place: DocumentPlace, text: string): ReadContent | undefined {
  if (text.trim() === "") return place.unsure ? undefined : { kind: place.kind, content: null, problems: [EMPTY] };
  const parsed = parseJson(text);
  if (!parsed.ok) {
    const kind = kindOfBroken(place, text);
    const code = parsed.tooDeep ? "too_large" : "not_json";
    return kind === undefined ? undefined : { kind, content: null, problems: [{ code, message: parsed.problem }] };
  }
  const content = parsed.root.value;
  const keys = typeof content === "object" && content !== null ? Object.keys(content) : [];
  const kind = kindByKeys(place, keys);
  if (kind === undefined) return undefined;
  const isBlank = keys.length === 0 && typeof content === "object" && kind !== "dependencies";
  return { kind, content, problems: isBlank ? [EMPTY] : contentProblems(kind, content) };
}

function readPlain(place: DocumentPlace, text: string): ReadContent | undefined {
  const kind = kindByHeadings(place, text);
  if (kind === undefined) return undefined;
  return { kind, content: text, problems: text.trim() === "" ? [EMPTY] : [] };
}

function refused(
  path: string,
  place: DocumentPlace,
  reason: "missing" | "outside" | "oversized" | "unreadable",
): ReadDocument | undefined {
  // A file of that name may be anything.
  if (place.unsure === true) return undefined;
  const problem = {
    missing: { code: "unreadable", message: "It was removed just now." },
    outside: {
      code: "outside",
      message: "It is a link that leads out of the project, or to nothing; it was not followed.",
    },
    oversized: { code: "too_large", message: "It is larger than any document." },
    unreadable: { code: "unreadable", message: "It cannot be read." },
  }[reason];
  return {
    ...{ path, kind: place.kind, dialect: place.dialect },
    ...{ content: null, problems: [problem], hash: "", text: null },
  };
}
