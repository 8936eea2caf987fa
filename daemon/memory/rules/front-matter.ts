/** The lines between two "---" at the start of a rules file: keys with texts or lists, and no more of YAML than that. */

export interface FrontMatter {
  /** Lower-case key → values; a text is a list of one. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** What follows. */
  readonly body: string;
}

const MAX_LINES = 60;
const MAX_VALUES = 50;

/** A file without front matter, or whose front matter does not end, is all body. */
export function splitFrontMatter(text: string): FrontMatter {
  const lines = text.split("\n");
  const end =
    lines[0]?.trimEnd() === "---" ? lines.slice(1, MAX_LINES).findIndex((line) => line.trimEnd() === "---") : -1;
  if (end < 0) return { values: new Map(), body: text };
  return { values: valuesOf(lines.slice(1, end + 1)), body: lines.slice(end + 2).join("\n") };
}

function valuesOf(lines: readonly string[]): Map<string, string[]> {
  const values = new Map<string, string[]>();
  let key = "";
  for (const line of lines) {
    const item = /^\s*-\s+(.*)$/.exec(line);
    const pair = /^([A-Za-z][\w-]*)\s*:(.*)$/.exec(line);
    if (pair !== null) {
      key = (pair[1] ?? "").toLowerCase();
      values.set(key, listOf(pair[2] ?? ""));
    } else if (item !== null && key !== "")
      values.set(key, [...(values.get(key) ?? []), bare(item[1] ?? "")].slice(0, MAX_VALUES));
  }
  return values;
}

function listOf(text: string): string[] {
  const value = text.trim();
  const inner = /^\[(.*)\]$/.exec(value)?.[1];
  const items = inner === undefined ? [bare(value)] : splitList(inner).map(bare);
  return items.filter((item) => item !== "").slice(0, MAX_VALUES);
}

/** Without the quotation marks around it. */
function bare(text: string): string {
  return text.trim().replace(/^(["'])(.*)\1$/, "$2");
}

/** At commas, but not at those within braces: "*.{ts,tsx}, *.md" is two. */
export function splitList(text: string): string[] {
  const items: string[] = [];
  let depth = 0;
  let item = "";
  for (const letter of text) {
    if (letter === "{") depth += 1;
    if (letter === "}") depth = Math.max(0, depth - 1);
    if (letter === "," && depth === 0) {
      items.push(item.trim());
      item = "";
    } else item += letter;
  }
  return [...items, item.trim()].filter((each) => each !== "");
}
