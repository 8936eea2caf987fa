/** Rows of facts. What a fact means, and who may change it, is memory's; here it is JSON under a checksum. */
import type { Fact } from "../../protocol/index.ts";
import type { Database, Reader, Writer } from "./database.ts";
import { checkDigest, digestOf } from "./digest.ts";
import type { FactChange, FactRow, KnowledgeRows } from "./store.ts";

/** Stands for null in an indexed column: facts that hold in every workspace. */
const EVERYWHERE = "";
const MAX_VERSIONS = 50;
const PAGE = 500;

export function createKnowledgeRows(database: Database): KnowledgeRows {
  return {
    load: (workspace) => database.read((reader) => load(reader, workspace)),
    put: (changes) => database.write((writer) => putAll(writer, changes)),

    versions: (factId) =>
      database.read(async (reader) => {
        const query = reader.selectFrom("knowledge_versions").selectAll().where("fact_id", "=", factId);
        return (await query.orderBy("version").execute()).map((row) => versionOf(row));
      }),

    purge: (factIds) =>
      database.write(async (writer) => {
        for (const factId of factIds) {
          await writer.deleteFrom("knowledge_versions").where("fact_id", "=", factId).execute();
          await writer.deleteFrom("knowledge").where("fact_id", "=", factId).execute();
        }
      }),
  };
}

async function load(reader: Reader, workspace: string | null) {
  const rows = await reader
    .selectFrom("knowledge")
    .selectAll()
    .where("workspace", "=", workspace ?? EVERYWHERE)
    .orderBy("number")
    .execute();
  const facts: FactRow[] = [];
  const damaged: string[] = [];
  for (const row of rows) {
    if (row.digest === factDigest(row)) facts.push({ number: row.number, fact: JSON.parse(row.body) });
    else damaged.push(row.fact_id);
  }
  return { facts, damaged };
}

async function putAll(writer: Writer, changes: readonly FactChange[]): Promise<number[]> {
  const numbers: number[] = [];
  for (const { fact, replaces } of changes) {
    if (replaces !== undefined) await keepVersion(writer, replaces);
    numbers.push(await putFact(writer, fact));
  }
  return numbers;
}

async function putFact(writer: Writer, fact: Fact): Promise<number> {
  const row = { fact_id: fact.factId, workspace: fact.workspace ?? EVERYWHERE, body: JSON.stringify(fact) };
  const digest = factDigest(row);
  const { number } = await writer
    .insertInto("knowledge")
    .values({ ...row, digest })
    .onConflict((conflict) => conflict.column("fact_id").doUpdateSet({ body: row.body, digest }))
    .returning("number")
    .executeTakeFirstOrThrow();
  return number;
}

async function keepVersion(writer: Writer, fact: Fact): Promise<void> {
  const row = { fact_id: fact.factId, version: fact.version, body: JSON.stringify(fact) };
  await writer
    .insertInto("knowledge_versions")
    .values({ ...row, digest: versionDigest(row) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await writer
    .deleteFrom("knowledge_versions")
    .where("fact_id", "=", fact.factId)
    .where("version", "<=", fact.version - MAX_VERSIONS)
    .execute();
}

/** Names every row that is not as it was written. */
export async function checkKnowledge(reader: Reader): Promise<string[]> {
  const problems: string[] = [];
  for (let after = 0; ; ) {
    const query = reader.selectFrom("knowledge").selectAll().where("number", ">", after).orderBy("number").limit(PAGE);
    const rows = await query.execute();
    for (const row of rows) {
      if (row.digest !== factDigest(row)) problems.push(`fact ${row.fact_id}`);
      const versions = reader.selectFrom("knowledge_versions").selectAll().where("fact_id", "=", row.fact_id);
      for (const version of await versions.execute())
        if (version.digest !== versionDigest(version))
          problems.push(`version ${version.version} of fact ${row.fact_id}`);
    }
    const last = rows.at(-1);
    if (last === undefined) return problems;
    after = last.number;
  }
}

interface VersionRow {
  readonly fact_id: string;
  readonly version: number;
  readonly body: string;
  readonly digest: string;
}

function versionOf(row: VersionRow): Fact {
  checkDigest(row, [row.fact_id, row.version, row.body], `Version ${row.version} of fact ${row.fact_id}`);
  return JSON.parse(row.body);
}

function factDigest(row: { readonly fact_id: string; readonly workspace: string; readonly body: string }): string {
  return digestOf([row.fact_id, row.workspace, row.body]);
}

function versionDigest(row: Omit<VersionRow, "digest">): string {
  return digestOf([row.fact_id, row.version, row.body]);
}
