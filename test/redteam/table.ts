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

const START = "<!-- red team: begin -->";
const END = "<!-- red team: end -->";

const FAMILIES: Readonly<Record<Family, string>> = {
  commands: "Commands",
  paths: "Paths",
  git: "Git",
  prompts: "Prompts, secrets and answers of people",
  walls: "Commands that a person lets through by mistake",
  "foreign tools": "Foreign tools: MCP servers and plug-ins",
  trust: "Trust: hostile repositories",
  agents: "Agents: their files, what they hand over, what they tell each other",
  workflows: "Workflows and schedules",
  "field tools": "Tools of a field: data, servers, pages, delivery",
  endpoint: "The daemon's door",
  a2a: "The door for other agents (A2A)",
  merges: "Work of several tasks that is joined",
  records: "Logs that somebody else wrote: replays and forks",
  plans: "Plans that are changed",
  faces: "The faces: assistants over MCP, programs of agents, pages in a browser",
  falsehoods: "Messages, notes, bids and awards in another's name",
};

/**
 * The page with the part between the two comments renewed; rows without a result keep what the page says of them. Throws
 * where the page has no such part.
 */
export function withTable(page: string, rows: readonly TableRow[], results: readonly AttackResult[]): string {
  const [before, after] = [page.split(START)[0], page.split(END)[1]];
  if (before === undefined || after === undefined || before === page)
    throw new Error(`the page has no ${START} … ${END}`);
  const known = endingsIn(page);
  const endings = rows.map(({ id }) => endingOf(id, results) ?? known.get(id) ?? UNTRIED);
  const through = endings.filter((ending) => ending.includes(THROUGH)).length;
  const summary = `${rows.length} attacks; in some setting ${through === 0 ? "none" : through} came through.`;
  const table = tableOf(rows.map((row, index) => ({ ...row, ending: endings[index] ?? UNTRIED })));
  return `${before}${START}\n${summary}\n\n${LEGEND}\n\n${table}\n${END}${after}`;
}

const THROUGH = "**came through**";
const UNTRIED = "not tried yet";
const LEGEND = `Four words in a cell are the settings in this order: ${MODES.map(shortName).join("; ")}. One word: all end so. *Denied*: without a question. *Asked*: a person was asked, and said no. *Contained*: it went on and came to nothing.`;

function endingsIn(page: string): Map<string, string> {
  const part = page.split(START)[1]?.split(END)[0] ?? "";
  return new Map(
    [...part.matchAll(/^\| ([A-Z]\d+) \|.*\| ([^|]*) \|$/gm)].map(([, id = "", ending = ""]) => [id, ending]),
  );
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

type EndedRow = TableRow & { readonly ending: string };

function tableOf(rows: readonly EndedRow[]): string {
  const families = [...new Set(rows.map(({ family }) => family))];
  return families
    .map((family) =>
      familyOf(
        FAMILIES[family],
        rows.filter((row) => row.family === family),
      ),
    )
    .join("\n\n");
}

function familyOf(title: string, rows: readonly EndedRow[]): string {
  const lines = rows.map((row) => `| ${row.id} | ${escaped(row.title)} | ${row.owasp} | ${row.ending} |`);
  const head = "| | tried | OWASP | ends |\n|---|---|---|---|";
  return `<details><summary>${title} (${rows.length})</summary>\n\n${head}\n${lines.join("\n")}\n\n</details>`;
}

function shortName({ headless, trusted }: (typeof MODES)[number]): string {
  return `${headless ? "nobody there" : "a person"}, ${trusted ? "trusted" : "not trusted"}`;
}

/** One word where all modes end alike; undefined where none was tried. */
function endingOf(id: string, results: readonly AttackResult[]): string | undefined {
  const own = results.filter((result) => result.id === id);
  if (own.length === 0) return undefined;
  const words = MODES.map((mode) => {
    const result = own.find((each) => each.mode === nameOf(mode)) ?? own.find((each) => each.mode === "any client");
    if (result === undefined) return UNTRIED;
    return result.problem === undefined ? result.verdict : THROUGH;
  });
  return new Set(words).size === 1 ? words[0] : words.join(" · ");
}

/** Some titles hold characters that would end a cell, or be code. */
function escaped(title: string): string {
  return title.replace(/[\\|*_<>`]/g, (sign) => `\\${sign}`);
}
