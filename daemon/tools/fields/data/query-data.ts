import * as z from "zod/mini";
import { asData } from "../../../memory/context/cut.ts";
import type { DirectTool, ToolOutcome } from "../../tool.ts";
import { askJudge } from "../judge/ask.ts";
import { Queried, type Table } from "../judge/requests.ts";
import { filesIn, openFiles } from "./data-files.ts";

const ROWS = 50;
const MAX_ROWS = 500;
const TIMEOUT_MS = 30_000;

const input = z.object({
  sql: z.string().check(z.minLength(1), z.maxLength(10_000)),
  files: z.optional(
    z.array(z.string()).check(z.maxLength(20), z.describe("SQLite files; shop.db is asked as shop.table")),
  ),
  maxRows: z.optional(z.int().check(z.gte(1), z.lte(MAX_ROWS), z.describe(`Default ${ROWS}`))),
});

type Input = z.output<typeof input>;

/** SQL over files of the copy, in a process of its own that can read those files and nothing else. */
export const queryData: DirectTool<typeof input> = {
  name: "query_data",
  description: "Runs a DuckDB SELECT over CSV, Parquet, JSON ('data/a.csv') and SQLite files. Reads only.",
  input,
  effect: "pure",
  timeoutMs: TIMEOUT_MS + 10_000,
  maxOutput: 12_000,
  access(asked) {
    const paths = namesOf(asked);
    return paths.length === 0 ? { kind: "none" } : { kind: "read", paths };
  },
  probes: [{ kind: "read", paths: ["."] }],
  async execute(asked, { root, linked, signal }) {
    const open = await openFiles(root, linked, namesOf(asked));
    if (!open.ok) return open;
    const request = { kind: "query" as const, queries: [asked.sql], maxRows: asked.maxRows ?? ROWS, ...open.value };
    const answer = await askJudge(request, Queried, { signal, timeoutMs: TIMEOUT_MS, cwd: root });
    if (!answer.ok) return answer;
    const [table] = answer.value;
    if (table === undefined || "problem" in table) return refused(table?.problem ?? "no answer");
    const { rows, isCut } = table;
    const count = `${isCut ? "more than " : ""}${rows.length} row${rows.length === 1 ? "" : "s"}`;
    return { ok: true, output: `${asData("rows", drawn(table))}\n${count}`, summary: `asked the data: ${count}` };
  },
};

function namesOf({ sql, files = [] }: Input): string[] {
  return [...new Set([...filesIn(sql), ...files])];
}

function refused(problem: string): ToolOutcome {
  const message = `DuckDB said: ${problem}`;
  return {
    ok: false,
    error: { code: "tool.failed", message, hint: "Only files of the copy that the query names can be read." },
  };
}

/** Tab-separated, with the columns' names first. */
function drawn({ columns, rows }: Table): string {
  const line = (cells: readonly (string | null)[]) =>
    cells.map((cell) => (cell === null ? "NULL" : cell.replace(/[\t\n\r]/g, " "))).join("\t");
  return [line(columns), ...rows.map(line)].join("\n");
}
