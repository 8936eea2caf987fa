/** Checks everything that is stored against what can be derived from it. */
import { hash } from "node:crypto";
import { sql } from "kysely";
import { type CheckResult, NexusError, RunEvent, type RunState } from "../../protocol/index.ts";
import { checkAuditHead } from "./audit-head.ts";
import { checkCheckpoints } from "./checkpoint-store.ts";
import type { Database, Reader } from "./database.ts";
import { foldEvents, readEvents } from "./event-rows.ts";
import { checkKnowledge } from "./knowledge.ts";
import { checkOutcomes } from "./outcomes.ts";
import { isProjected, projectRun } from "./run-rows.ts";
import { checkSchedules } from "./schedules.ts";
import { checkSessions } from "./sessions.ts";
import { checkTrust } from "./trust.ts";

const PAGE = 200;
const ARTIFACTS_AT_ONCE = 20;
const REPAIR = "Run `nexus doctor --repair` to make the lists again from the event log.";
const DAMAGE = "What is damaged cannot be made again; restore nexus.db from a backup. Everything else can be used.";

/** See Projections.verify. Damage is a result here, never an error; events are not repaired. */
export async function verify(database: Database, { repair }: { repair: boolean }): Promise<CheckResult[]> {
  return [
    await checkFile(database),
    ...(await checkRuns(database, repair)),
    await problemsOf("artifacts", DAMAGE, () => checkArtifacts(database)),
    await problemsOf("checkpoints", DAMAGE, () => database.read(checkCheckpoints)),
    await problemsOf("knowledge", DAMAGE, () => database.read(checkKnowledge)),
    await problemsOf("trust and audit", DAMAGE, () => database.read(checkGuard)),
  ];
}

async function checkGuard(reader: Reader): Promise<string[]> {
  return [
    ...(await checkAuditHead(reader)),
    ...(await checkTrust(reader)),
    ...(await checkOutcomes(reader)),
    ...(await checkSchedules(reader)),
    ...(await checkSessions(reader)),
  ];
}

function checkFile(database: Database): Promise<CheckResult> {
  return problemsOf("database file", DAMAGE, () =>
    database.read(async (reader) => {
      const { rows } = await sql<{ integrity_check: string }>`PRAGMA integrity_check(5)`.execute(reader);
      return rows.map((row) => row.integrity_check).filter((text) => text !== "ok");
    }),
  );
}

async function checkRuns(database: Database, repair: boolean): Promise<CheckResult[]> {
  const damaged: string[] = [];
  const different: string[] = [];
  for (const runId of await database.read(allRunIds)) {
    // Run by run, so that a large store goes on working meanwhile.
    const found = await database.readInOrder((reader) => checkRun(reader, runId));
    if (found === "same") continue;
    if (typeof found === "string") damaged.push(found);
    else {
      different.push(`run ${runId}`);
      if (repair) await projectAnew(database, runId);
    }
  }
  const lists = resultOf("lists of runs", REPAIR, different);
  return [
    resultOf("event log", DAMAGE, damaged),
    repair && lists.status === "error"
      ? { name: lists.name, status: "warning", message: `Repaired: ${lists.message}` }
      : lists,
  ];
}

async function allRunIds(reader: Reader): Promise<string[]> {
  const rows = await reader
    .selectFrom("events")
    .select("run_id")
    .distinct()
    .union(reader.selectFrom("runs").select("run_id"))
    .execute();
  return rows.map((row) => row.run_id);
}

/** "same", what is wrong with the events, or the state that the lists do not show. */
async function checkRun(reader: Reader, runId: string): Promise<"same" | string | { state: RunState | null }> {
  try {
    await checkSchemas(reader, runId);
    const state = await foldEvents(reader, runId);
    return (await isProjected(reader, runId, state)) ? "same" : { state };
  } catch (error) {
    if (error instanceof NexusError && error.value.code !== "store.corrupt") throw error;
    return error instanceof Error ? error.message : String(error);
  }
}

async function checkSchemas(reader: Reader, runId: string): Promise<void> {
  for (let after = 0; ; ) {
    const events = await readEvents(reader, runId, { after, limit: PAGE });
    for (const event of events) {
      const parsed = RunEvent.safeParse(event);
      if (!parsed.success) throw new Error(`Event ${event.seq} of run ${runId} does not fit its schema.`);
    }
    if (events.length < PAGE) return;
    after += PAGE;
  }
}

async function projectAnew(database: Database, runId: string): Promise<void> {
  await database.write(async (writer) => {
    for (const table of ["tasks", "approvals", "runs"] as const)
      await writer.deleteFrom(table).where("run_id", "=", runId).execute();
    const state = await foldEvents(writer, runId);
    const first = writer.selectFrom("events").select("position").where("run_id", "=", runId).where("seq", "=", 1);
    const position = (await first.executeTakeFirst())?.position;
    if (state !== null && position !== undefined) await projectRun(writer, null, state, position);
  });
}

async function checkArtifacts(database: Database): Promise<string[]> {
  const problems: string[] = [];
  for (let after = ""; ; ) {
    const rows = await database.read((reader) =>
      reader
        .selectFrom("artifacts")
        .selectAll()
        .where("hash", ">", after)
        .orderBy("hash")
        .limit(ARTIFACTS_AT_ONCE)
        .execute(),
    );
    for (const row of rows) if (hash("sha256", row.bytes) !== row.hash) problems.push(`artifact ${row.hash}`);
    const last = rows.at(-1);
    if (last === undefined) return problems;
    after = last.hash;
  }
}

async function problemsOf(name: string, hint: string, check: () => Promise<string[]>): Promise<CheckResult> {
  try {
    return resultOf(name, hint, await check());
  } catch (error) {
    return resultOf(name, hint, [error instanceof Error ? error.message : String(error)]);
  }
}

function resultOf(name: string, hint: string, problems: readonly string[]): CheckResult {
  if (problems.length === 0) return { name, status: "ok", message: "as it was written" };
  const more = problems.length > 5 ? ` and ${problems.length - 5} more` : "";
  return { name, status: "error", message: `${problems.slice(0, 5).join("; ")}${more}`, hint };
}
