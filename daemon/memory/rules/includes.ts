/** "@path" in a rules file: the named file's text, from inside the workspace only. */
import { readRuleText } from "./rule-text.ts";

export interface Expanded {
  readonly text: string;
  /** The files whose text came in, as they really are. */
  readonly includes: readonly string[];
  readonly problems: readonly string[];
}

const MAX_DEPTH = 5;
const MAX_INCLUDES = 20;
/** After a space or at a line's start, so that neither an address nor a decorated name counts. */
const MENTION = /(?<=^|\s)@(~?[\w./-]+)/g;

/**
 * Puts in the text of files that are named with "@path", relative to the file that names them: in its place where it
 * stands alone on its line, otherwise at the end. Names within code are left alone, and so are those of no file. What is
 * in `known` already (files that are rules themselves) is not repeated.
 */
export async function expandIncludes(
  root: string,
  file: { readonly path: string; readonly text: string },
  known: ReadonlySet<string>,
): Promise<Expanded> {
  const includes: string[] = [];
  const problems: string[] = [];

  async function expand(path: string, text: string, above: readonly string[]): Promise<string> {
    const lines: string[] = [];
    const more: string[] = [];
    for (const { line, isCode } of linesOf(text)) {
      const names = isCode ? [] : mentions(line);
      const parts: string[] = [];
      for (const name of names) {
        const part = await include(path, name, above);
        if (part === undefined) continue;
        if (line.trim() === `@${name}`) parts.push(part);
        else if (part !== "") more.push(`From ${name}:\n${part}`);
      }
      lines.push(parts.length > 0 ? parts.join("\n") : line);
    }
    return [lines.join("\n"), ...more].join("\n\n").trim();
  }

  /** Undefined when the name stays as it is. */
  async function include(from: string, name: string, above: readonly string[]): Promise<string | undefined> {
    if (/^[~/]/.test(name)) return refuse(from, name, "it lies outside the workspace");
    const path = `${from.slice(0, from.lastIndexOf("/") + 1)}${name}`;
    const found = await readRuleText(root, path);
    if (found === undefined)
      return /\.(?:md|mdc|txt)$/.test(name) ? refuse(from, name, "there is no such file") : undefined;
    // A mention such as @types or @scope/package names a folder at most.
    if ("problem" in found)
      return found.problem.includes("no regular file") ? undefined : refuse(from, name, found.problem);
    if (above.includes(found.file)) return refuse(from, name, "it includes itself");
    if (known.has(found.file) || includes.includes(found.file)) return "";
    if (above.length > MAX_DEPTH) return refuse(from, name, `includes go ${MAX_DEPTH} deep at most`);
    if (includes.length >= MAX_INCLUDES) return refuse(from, name, `at most ${MAX_INCLUDES} files are included`);
    includes.push(found.file);
    problems.push(...found.problems.map((problem) => `@${name}: ${problem}`));
    return expand(found.file, found.text, [...above, found.file]);
  }

  function refuse(from: string, name: string, why: string): undefined {
    problems.push(`${from === file.path ? "" : `${from}: `}@${name} is not included: ${why}.`.replace(/\.\.$/, "."));
  }

  const text = await expand(file.path, file.text, [file.path]);
  return { text, includes, problems };
}

function* linesOf(text: string): Generator<{ line: string; isCode: boolean }> {
  let fence = "";
  for (const line of text.split("\n")) {
    const mark = /^\s*(```|~~~)/.exec(line)?.[1] ?? "";
    const isCode = fence !== "" || mark !== "";
    yield { line, isCode };
    if (mark !== "" && fence === "") fence = mark;
    else if (mark === fence) fence = "";
  }
}

/** Without the sentence marks behind it. */
function mentions(line: string): string[] {
  const prose = line.replace(/`[^`]*`/g, "");
  return [...prose.matchAll(MENTION)]
    .map((match) => (match[1] ?? "").replace(/[.,/-]+$/, ""))
    .filter((name) => name !== "");
}
