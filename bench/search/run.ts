/**
 * `npm run bench:search -- [--queries FILE] [--count N] [--subjects] [--reference] DIR…`: how well search finds the
 * files that past commits changed. FILE holds reworded queries as JSON Lines: {"repo", "commit", "query"}; without the
 * others each is asked of the same snapshot as the commit's own message.
 */
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { analyseQuery } from "../../daemon/memory/search/query.ts";
import { openEngine, referenceOf } from "./engine.ts";
import { average, QUALITY_HEAD, type Quality, qualityLine, qualityOf } from "./measures.ts";
import { METHODS } from "./recipe.ts";
import { laterCommits, makeSet, makeSnapshot, type SearchSet } from "./set.ts";
import { readTable } from "./word-table.ts";

const TABLE = fileURLToPath(new URL("../../daemon/memory/vector/code-words/", import.meta.url));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    queries: { type: "string" },
    count: { type: "string", default: "50" },
    reference: { type: "boolean", default: false },
    subjects: { type: "boolean", default: false },
    table: { type: "string", default: TABLE },
  },
});

const LONGEST_LIST = 1_000;

type Table = Map<string, Quality[]>;
// The product's threads keep no process alive.
const alive = setInterval(() => {}, 60_000);
const folder = realpathSync(mkdtempSync(join(tmpdir(), "nexus-search-")));
const reworded = readReworded(values.queries);
const total: Table = new Map();
const totalReworded: Table = new Map();

try {
  for (const repository of positionals) {
    const set = makeSet(repository, { queries: Number(values.count), subjectOnly: values.subjects });
    const [own, users] = await measure(repository, set);
    print(`${set.repository}: ${set.queries.length} commits`, own);
    if (users.size > 0) print(`${set.repository}: reworded`, users);
    addAll(total, own);
    addAll(totalReworded, users);
  }
  print("All commits", total);
  if (totalReworded.size > 0) print("All reworded", totalReworded);
} finally {
  clearInterval(alive);
  rmSync(folder, { recursive: true, force: true });
}

async function measure(repository: string, set: SearchSet): Promise<[own: Table, reworded: Table]> {
  const root = makeSnapshot(repository, set.snapshot, folder);
  const later = laterCommits(root, set);
  if (later.length > 0)
    throw new Error(`The snapshot of ${set.repository} holds what comes later: ${later.join(", ")}`);
  const engine = await openEngine(root, join(folder, "home"));
  const reference = values.reference ? referenceOf(engine, readTable(values.table)) : undefined;
  const own: Table = new Map();
  const users: Table = new Map();
  const ask = (text: string, gold: readonly string[], into: Table) => {
    const query = analyseQuery(text);
    for (const { name, weights } of METHODS) {
      const ranked = reference?.rank(query, weights(query)) ?? engine.rank(query, weights(query), LONGEST_LIST);
      const quality = qualityOf(
        ranked.map(({ path }) => path),
        gold,
      );
      into.set(name, [...(into.get(name) ?? []), quality]);
    }
  };
  for (const { text, gold } of set.queries) ask(text, gold, own);
  for (const { commit, gold } of set.candidates) {
    for (const query of reworded.get(commit) ?? []) ask(query, gold, users);
  }
  await engine.close();
  return [own, users];
}

function readReworded(file: string | undefined): Map<string, string[]> {
  const found = new Map<string, string[]>();
  if (file === undefined) return found;
  for (const line of readFileSync(file, "utf8").split("\n").filter(Boolean)) {
    const { commit, query }: { commit: string; query: string } = JSON.parse(line);
    found.set(commit, [...(found.get(commit) ?? []), query]);
  }
  return found;
}

function print(title: string, table: Table): void {
  process.stdout.write(`\n${title}\n${QUALITY_HEAD}\n`);
  for (const [name, qualities] of table) process.stdout.write(`${qualityLine(name, average(qualities))}\n`);
}

function addAll(into: Table, from: Table): void {
  for (const [name, qualities] of from) into.set(name, [...(into.get(name) ?? []), ...qualities]);
}
