/** Whether SQL can be read: by DuckDB's parser, which is PostgreSQL's, or by SQLite's. */
import { openScratchDatabase } from "../../../store/scratch.ts";
import type { Found, Judged, JudgedText } from "../judge/requests.ts";
import { openDuckdb, problemOf } from "./duckdb.ts";

/** Words of dialects whose parsers are not here. */
const OTHER_DIALECT =
  /^\s*DELIMITER\b|^\s*GO\s*$|`\w+`|\bENGINE\s*=|\bAUTO_INCREMENT\b|\bLANGUAGE\s+plpgsql\b|\bCREATE\s+(OR\s+REPLACE\s+)?(TRIGGER|FUNCTION|PROCEDURE|EXTENSION|POLICY|ROLE)\b|\bIDENTITY\s*\(|\bNVARCHAR\b|\{\{|\bDO\s+\$\$/im;

export function isOtherDialect(text: string): boolean {
  return OTHER_DIALECT.test(text);
}

export async function parseSql(texts: readonly JudgedText[]): Promise<Judged> {
  const connection = await openDuckdb([]);
  const found: Found[] = [];
  for (const { path, text } of texts) {
    const problem = await connection.extractStatements(text).then(() => undefined, problemOf);
    if (problem === undefined || text.trim() === "" || isReadableBySqlite(text)) continue;
    const isOther = isOtherDialect(text);
    const line = Number(/\bLINE (\d+):/.exec(problem)?.[1] ?? 1);
    const message = isOther
      ? `perhaps of a dialect that cannot be read here: ${problem}`
      : `not readable as SQL: ${problem}`;
    found.push({ path, line, rule: "sql/syntax", message, severity: isOther ? "warning" : "error" });
  }
  return { found, looked: { SQL: texts.length } };
}

/** It complains of a table that is not there only where it could read the statement. */
function isReadableBySqlite(text: string): boolean {
  const database = openScratchDatabase();
  try {
    database.run(text);
    return true;
  } catch (error) {
    return error instanceof Error && /no such (table|column|function|view|index|trigger)/.test(error.message);
  } finally {
    database.close();
  }
}
