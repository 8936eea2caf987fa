/** Patches as models write them, in two forms: unified diffs, and “*** Begin Patch”. Nothing is applied here. */
import { fail, type Parsed, type PatchedFile, type PatchHunk } from "./patch.ts";
import { parseUnified } from "./unified.ts";

/** Which form it is is told by its first marker. */
export function parsePatch(text: string): Parsed {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const marked = lines.findIndex((line) => /^\*\*\* (?:Begin Patch|(?:Add|Update|Delete) File:)/.test(line));
  const unified = lines.findIndex((line, index) => line.startsWith("--- ") && lines[index + 1]?.startsWith("+++ "));
  if (marked >= 0 && (unified < 0 || marked < unified)) return parseMarked(lines.slice(marked));
  return parseUnified(lines);
}

const FILE = /^\*\*\* (Add|Update|Delete) File: (.+)$/;

function parseMarked(lines: readonly string[]): Parsed {
  const files: PatchedFile[] = [];
  let at = /^\*\*\* Begin Patch/.test(lines[0] ?? "") ? 1 : 0;
  while (at < lines.length && !/^\*\*\* End Patch/.test(lines[at] ?? "")) {
    const line = lines[at] ?? "";
    const header = FILE.exec(line);
    if (header === null && line.trim() === "") {
      at += 1;
      continue;
    }
    if (header === null)
      return fail(`“${line.slice(0, 80)}” is not expected here; a file begins with “*** Update File: path”`);
    let end = at + 1;
    while (end < lines.length && !FILE.test(lines[end] ?? "") && !/^\*\*\* End Patch/.test(lines[end] ?? "")) end += 1;
    const file = markedFile(header[1] ?? "", (header[2] ?? "").trim(), lines.slice(at + 1, end));
    if (!file.ok) return file;
    files.push(...file.files);
    at = end;
  }
  return files.length === 0 ? fail("it names no file") : { ok: true, files };
}

function markedFile(action: string, path: string, lines: readonly string[]): Parsed {
  if (action === "Delete") return { ok: true, files: [{ kind: "delete", path }] };
  if (action === "Add") return added(path, lines);
  const move = /^\*\*\* Move to: (.+)$/.exec(lines[0] ?? "")?.[1]?.trim();
  const hunks = hunksOf(move === undefined ? lines : lines.slice(1));
  if (typeof hunks === "string") return fail(`${path}: ${hunks}`);
  return { ok: true, files: [{ kind: "update", path, ...(move === undefined ? {} : { to: move }), hunks }] };
}

function added(path: string, lines: readonly string[]): Parsed {
  const content = lines.at(-1) === "" ? lines.slice(0, -1) : lines;
  const odd = content.find((line) => !line.startsWith("+"));
  if (odd !== undefined)
    return fail(`${path}: each line of a new file begins with “+”, but “${odd.slice(0, 80)}” does not`);
  return { ok: true, files: [{ kind: "create", path, content: content.map((line) => `${line.slice(1)}\n`).join("") }] };
}

/** A text says what is wrong. */
function hunksOf(lines: readonly string[]): PatchHunk[] | string {
  const hunks: PatchHunk[] = [];
  let current: { context: string[]; search: string[]; replace: string[] } | undefined;
  const close = () => {
    if (current !== undefined && current.search.length + current.replace.length > 0)
      hunks.push({ after: current.context, search: ended(current.search), replace: ended(current.replace) });
  };
  const body = lines.at(-1) === "" ? lines.slice(0, -1) : lines;
  for (const line of body) {
    if (line.startsWith("@@")) {
      const context = line.replace(/^@@ ?/, "").replace(/ ?@@$/, "").trim();
      const isNested = current !== undefined && current.search.length + current.replace.length === 0;
      if (!isNested) close();
      current = {
        context: [...(isNested ? (current?.context ?? []) : []), ...(context === "" ? [] : [context])],
        search: [],
        replace: [],
      };
      continue;
    }
    if (line.startsWith("*** End of File")) continue;
    current ??= { context: [], search: [], replace: [] };
    const mark = line === "" ? " " : line[0];
    if (mark !== " " && mark !== "-" && mark !== "+")
      return `each line begins with “ ”, “-” or “+”, but “${line.slice(0, 80)}” does not`;
    if (mark !== "+") current.search.push(line.slice(1));
    if (mark !== "-") current.replace.push(line.slice(1));
  }
  close();
  return hunks;
}

function ended(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
