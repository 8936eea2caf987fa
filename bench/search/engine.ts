/** What the benchmark asks of a search: a snapshot's files ranked by parts. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { CommitHistory } from "../../daemon/memory/history/open.ts";
import { openHistory } from "../../daemon/memory/history/open.ts";
import { gitLines } from "./git.ts";
import { createReference, type Reference, type ReferenceFile } from "./reference.ts";
import { readTable } from "./word-table.ts";

const MOST_BYTES = 1024 * 1024;
const DEFINITION =
  /\b(?:class|interface|struct|enum|trait|module|namespace|function|func|fn|def|fun|type|const|let|var|impl|macro_rules!|object|protocol)\s+(?:\([^()]{0,80}\)\s*)?(?:self\.)?([A-Za-z_$][\w$]*)|^\s*(?:(?:public|private|protected|internal|static|async|export|override|final|virtual|abstract)\s+){1,5}(?:[\w<>[\],.?]+\s+){0,2}([A-Za-z_$][\w$]*)\s*\(/g;

export interface Engine {
  readonly reference: Reference;
  readonly history: CommitHistory;
}

export async function openReference(root: string, tableFolder: string | undefined): Promise<Engine> {
  const kept = new Map<string, Uint8Array>();
  const store = {
    get: (key: string) => kept.get(key),
    set: (key: string, bytes: Uint8Array) => void kept.set(key, bytes),
    delete: (key: string) => void kept.delete(key),
  };
  const { history, problem } = await openHistory({ root, store, signal: new AbortController().signal });
  if (problem !== null) throw new Error(problem);
  const table = tableFolder === undefined ? undefined : readTable(tableFolder);
  return { reference: createReference(readFiles(root), history, table), history };
}

function readFiles(root: string): ReferenceFile[] {
  return gitLines(root, "-c", "core.quotePath=false", "ls-files")
    .toSorted()
    .flatMap((path) => {
      const found = statSync(join(root, path), { throwIfNoEntry: false });
      if (found === undefined || !found.isFile() || found.size > MOST_BYTES) return [];
      const bytes = readFileSync(join(root, path));
      if (bytes.subarray(0, 8_000).includes(0)) return [];
      const text = bytes.toString("utf8");
      return [{ path, text, symbols: symbolsOf(text) }];
    });
}

/** Roughly the names of definitions; a generated line is cut off. */
function symbolsOf(text: string): string[] {
  return text
    .split("\n")
    .flatMap((line) =>
      [...line.slice(0, 300).matchAll(DEFINITION)].flatMap(([, first, second]) => first ?? second ?? []),
    );
}
