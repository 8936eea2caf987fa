/** Whether what the kernel did was foretold. */
import { basename, normalize } from "node:path/posix";
import type { CommandFacts, PathUse, Word } from "../../daemon/security/command/facts.ts";
import type { Done, Started } from "./trace.ts";

/** Folders of a scratch workspace: programs open the one that they stand in. */
const FOLDER = /\/(?:root|sub|deep|outside)$/;

/** Undefined when nothing exceeds the facts; else what does. `scratch`: the folder outside of which reading is not looked at. */
export function excess(facts: CommandFacts, done: Done, scratch: string): string | undefined {
  if (facts.unclear.length > 0) return undefined;
  for (const started of done.started)
    if (!facts.parts.some(({ words }) => covers(words, started.words)) && !isFree(facts, started.by))
      return `started ${JSON.stringify(started.words)}, which no part foretells`;
  if (facts.parts.every(({ effect }) => effect === "reads" || effect === "changes")) {
    const uses = facts.parts.flatMap(({ paths }) => paths);
    const writes = uses.filter(({ use }) => use === "write");
    const written = done.written.find((path) => !isCovered(path, writes));
    if (written !== undefined) return `wrote ${written}, which no path foretells`;
    const read = done.opened.find(
      (path) => path.startsWith(`${scratch}/`) && !FOLDER.test(path) && !isCovered(path, uses),
    );
    if (read !== undefined) return `read ${read}, which no path foretells`;
  }
  return undefined;
}

/** True below a program that was not foretold to be harmless: it may start what it likes. */
function isFree(facts: CommandFacts, by: Started | undefined): boolean {
  for (let at = by; at !== undefined; at = at.by) {
    const { words: actual } = at;
    if (facts.parts.some(({ words, effect }) => effect !== "reads" && effect !== "changes" && covers(words, actual)))
      return true;
  }
  return false;
}

/** Null stands for any number of words. */
function covers(words: readonly Word[], actual: Started["words"]): boolean {
  const [first, ...rest] = words;
  if (first === undefined) return actual.length === 0;
  if (first !== null) return actual[0] === first && covers(rest, actual.slice(1));
  for (let taken = 0; taken <= actual.length; taken += 1) if (covers(rest, actual.slice(taken))) return true;
  return false;
}

/** The path itself, or something below it; a place that is not known is for a person anyway. */
function isCovered(path: string, uses: readonly PathUse[]): boolean {
  if (path.startsWith("/dev/") || uses.some(({ absolute }) => absolute === null)) return true;
  const plain = normalize(withoutLinks(path)).replace(/(?<=.)\/+$/, "");
  if (plain.startsWith("?/")) return uses.some(({ absolute }) => `${absolute}/`.includes(`/${basename(plain)}/`));
  return uses.some(({ absolute }) => plain === absolute || plain.startsWith(`${absolute}/`));
}

/** The links of a scratch workspace, where something stands below them. */
function withoutLinks(path: string): string {
  return path.replace(/\/root\/(?:sub\/\.\.\/|\.\/)*out(?=\/)/, "/outside").replace(/\/root\/inner(?=\/)/, "/root/sub");
}
