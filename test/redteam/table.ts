/** The table in docs/security.md: every attack, its OWASP id, and how it ends in each mode. */
import type { AttackResult } from "./attacks.ts";
import type { Family, OwaspId } from "./case.ts";
import { MODES, nameOf } from "./drive.ts";

export interface TableRow {
  readonly id: string;
  readonly family: Family;
  readonly owasp: OwaspId;
  readonly title: string;
}

const START = "<!-- red team: made by npm run redteam -- --write -->";
const END = "<!-- red team: end -->";

const FAMILIES: Readonly<Record<Family, string>> = {
  commands: "Commands",
  paths: "Paths",
  git: "Git",
  prompts: "Prompts, secrets and answers of people",
  walls: "Commands that a person lets through by mistake",
  "foreign tools": "Foreign tools: MCP servers and plug-ins",
  trust: "Trust: hostile repositories",
  endpoint: "The daemon's door",
};

/** The page with the part between the two comments renewed. Throws where the page has no such part. */
export function withTable(
  page: string,
  rows: readonly TableRow[],
  results: readonly AttackResult[],
  summary: string,
): string {
  const [before, after] = [page.split(START)[0], page.split(END)[1]];
  if (before === undefined || after === undefined || before === page)
    throw new Error(`the page has no ${START} … ${END}`);
  return `${before}${START}\n${summary}\n\n${tableOf(rows, results)}\n${END}${after}`;
}

/** Ids, titles and OWASP ids of the table in a page. */
export function rowsIn(page: string): string[] {
  const part = page.split(START)[1]?.split(END)[0] ?? "";
  return [...part.matchAll(/^\| ([A-Z]\d+) \| (.*?) \| ((?:LLM|ASI)\d+) \|/gm)].map(
    ([, id, title, owasp]) => `${id} ${owasp} ${title}`,
  );
}

export function rowText({ id, owasp, title }: TableRow): string {
  return `${id} ${owasp} ${escaped(title)}`;
}

function tableOf(rows: readonly TableRow[], results: readonly AttackResult[]): string {
  const families = [...new Set(rows.map(({ family }) => family))];
  return families
    .map((family) =>
      familyOf(
        FAMILIES[family],
        rows.filter((row) => row.family === family),
        results,
      ),
    )
    .join("\n\n");
}

function familyOf(title: string, rows: readonly TableRow[], results: readonly AttackResult[]): string {
  const lines = rows.map(
    (row) => `| ${row.id} | ${escaped(row.title)} | ${row.owasp} | ${endingOf(row.id, results)} |`,
  );
  const head = `| | tried | OWASP | ${MODES.map(shortName).join(" · ")} |\n|---|---|---|---|`;
  return `<details><summary>${title} (${rows.length})</summary>\n\n${head}\n${lines.join("\n")}\n\n</details>`;
}

function shortName({ headless, trusted }: (typeof MODES)[number]): string {
  return `${headless ? "headless" : "person"}${trusted ? "" : ", untrusted"}`;
}

/** One word where all modes end alike. */
function endingOf(id: string, results: readonly AttackResult[]): string {
  const own = results.filter((result) => result.id === id);
  const words = MODES.map((mode) => {
    const result = own.find((each) => each.mode === nameOf(mode)) ?? own.find((each) => each.mode === "any client");
    return result === undefined ? "—" : result.problem === undefined ? result.verdict : "**came through**";
  });
  return new Set(words).size === 1 ? (words[0] ?? "") : words.join(" · ");
}

/** Some titles hold characters that would end a cell, or be code. */
function escaped(title: string): string {
  return title.replace(/[\\|*_<>`]/g, (sign) => `\\${sign}`);
}
