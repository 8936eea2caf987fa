/** DuckDB in this process, in memory, closed off: it reads the files that it is given by name, and nothing else. */
import type { DuckDBConnection } from "@duckdb/node-api";
import type { Queried, QueryRequest, Table } from "../judge/requests.ts";
import { quoted } from "./quote.ts";
import { loadDatabases } from "./sqlite-tables.ts";

/** Statements that look, or make something in memory; COPY, ATTACH, LOAD, SET and their like are not among them. */
const LOOKS = new Set(["SELECT", "EXPLAIN", "CREATE"]);
const MEMORY = "512MB";
const CELL = 300;

/** Rejects where the package is not installed for this machine. */
export async function openDuckdb(files: readonly string[], before?: (own: DuckDBConnection) => Promise<void>) {
  const { DuckDBInstance } = await import("@duckdb/node-api").catch(() => {
    throw new Error("DuckDB is not installed for this machine; `npm install @duckdb/node-api` beside Nexus brings it.");
  });
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: MEMORY,
    threads: "2",
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    allow_community_extensions: "false",
  });
  const connection = await instance.connect();
  await before?.(connection);
  await connection.run(`SET allowed_paths = [${files.map(quoted).join(", ")}]`);
  await connection.run("SET temp_directory = ''");
  await connection.run("SET enable_external_access = false");
  await connection.run("SET lock_configuration = true");
  return connection;
}

/** Each query's answer or problem, in their order; later ones see what earlier ones made. */
export async function queryAll({ queries, files, databases, maxRows }: QueryRequest): Promise<Queried> {
  const connection = await openDuckdb(files, (own) => loadDatabases(own, databases));
  const answers: Queried = [];
  for (const query of queries)
    answers.push(
      await queryOne(connection, query, maxRows).catch((error: unknown) => ({
        problem: problemOf(error),
      })),
    );
  return answers;
}

async function queryOne(connection: DuckDBConnection, query: string, maxRows: number): Promise<Table> {
  const { StatementType } = await import("@duckdb/node-api");
  const statements = await connection.extractStatements(query);
  if (statements.count === 0) throw new Error("There is no statement.");
  // EXPLAIN ANALYZE carries out what it explains, and COPY may write to files that may be read: only of one that looks.
  const explains = statements.count === 1 && /^\s*explain\s+(analyze\s+)?(select|with|from)\b/i.test(query);
  let table: Table = { columns: [], rows: [], isCut: false };
  for (let index = 0; index < statements.count; index++) {
    const prepared = await statements.prepare(index);
    const kind = StatementType[prepared.statementType] ?? "unknown";
    if (!LOOKS.has(kind) || (kind === "EXPLAIN" && !explains))
      throw new Error(`${kind} is not allowed here: only SELECT, EXPLAIN of one alone, and CREATE in memory.`);
    const reader = await prepared.streamAndReadUntil(maxRows + 1);
    const rows = reader.getRowsJson();
    table = {
      columns: reader.columnNames(),
      rows: rows.slice(0, maxRows).map((row) => row.map(cell)),
      isCut: rows.length > maxRows,
    };
  }
  return table;
}

function cell(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > CELL ? `${text.slice(0, CELL)}…` : text;
}

export function problemOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, " ").trim().slice(0, 600);
}
