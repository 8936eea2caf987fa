/** Files of data in the copy, by the names that queries give them. */
import { posix } from "node:path";
import { failure, type Result } from "../../../../protocol/index.ts";
import { readSlice, stat } from "../../../host/files.ts";
import { resolveInside } from "../../../security/paths/fence.ts";
import type { QueryRequest } from "../judge/requests.ts";

const DATA = /\.(csv|tsv|parquet|json|ndjson|jsonl|sqlite3?|db)(\.gz)?$/i;

/** What stands in quotes and looks like a file of data, as it is written. */
export function filesIn(sql: string): string[] {
  return [
    ...new Set([...sql.matchAll(/'([^'\n]{1,500})'/g)].flatMap(([, text = ""]) => (DATA.test(text) ? [text] : []))),
  ];
}

export type OpenFiles = Pick<QueryRequest, "files" | "databases">;

/** Where they really are. Refuses what leads out of the copy and what is no file. */
export async function openFiles(
  root: string,
  linked: readonly string[],
  names: readonly string[],
): Promise<Result<OpenFiles>> {
  const files: string[] = [];
  const databases: { name: string; path: string }[] = [];
  for (const name of names) {
    if (/[*?[\]{]/.test(name))
      return failure("tool.failed", `${name}: patterns are not read. Name each file: read_csv(['a.csv', 'b.csv']).`);
    const place = await resolveInside(root, name, linked);
    if (!place.ok) return place;
    const { absolute } = place.value;
    const stats = await stat(absolute);
    if (stats === undefined || !stats.isFile()) return failure("tool.failed", `There is no file ${name}.`);
    const head = (await readSlice(absolute, 0, 16)).toString("latin1");
    if (head.startsWith("SQLite format 3")) databases.push({ name: schemaOf(name), path: absolute });
    else files.push(name, absolute);
  }
  return { ok: true, value: { files: [...new Set(files)], databases } };
}

/** `data/shop.db` is asked as `shop.orders`. */
function schemaOf(name: string): string {
  return posix.basename(name).replace(/\..*$/, "").replace(/\W/g, "_");
}
