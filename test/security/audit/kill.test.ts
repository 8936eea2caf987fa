/** A real process that writes the audit log, and a real SIGKILL in the middle of a write. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readAudit } from "../../../daemon/security/audit/read.ts";
import { auditFolder, segmentName } from "../../../daemon/security/audit/segments.ts";
import { verifyAudit } from "../../../daemon/security/audit/verify.ts";
import { readAuditHead } from "../../../daemon/store/audit-head.ts";
import { auditEntry, auditWorld } from "../../support/audit.ts";

/** NEXUS_TEST_KILLS=100 kills as many writers. */
const KILLS = Number(process.env["NEXUS_TEST_KILLS"] ?? 1);

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Starts a writer, kills it as soon as its next write can be seen, and answers with what it was told that holds. */
async function killWriter(home: string): Promise<number> {
  const file = join(auditFolder(home), segmentName(1));
  const child = spawn(process.execPath, [join(import.meta.dirname, "audit-child.ts"), home]);
  const said: string[] = [];
  child.stdout.on("data", (text: Buffer) => said.push(text.toString()));
  const ended = once(child, "exit");
  await Promise.race([once(child.stdout, "data"), ended]);
  const before = sizeOf(file);
  while (sizeOf(file) === before && child.exitCode === null) await new Promise(setImmediate);
  child.kill("SIGKILL");
  expect(await ended).toEqual([null, "SIGKILL"]);
  const counts = said.join("").split("\n").slice(0, -1);
  return counts.reduce((sum, count) => sum + Number(count), 0);
}

it("keeps a log that verifies, whenever its writer is killed, with all that was acknowledged", {
  timeout: 30_000 + KILLS * 20_000,
}, async () => {
  const world = auditWorld();
  let acknowledged = 0;
  let torn = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    acknowledged += await killWriter(world.home);
    const killed = await verifyAudit(world.home, await readAuditHead(world.home));
    expect(killed).toMatchObject({ ok: true, problem: null });
    expect(killed.records).toBeGreaterThanOrEqual(acknowledged);
    torn += killed.unfinishedBytes > 0 ? 1 : 0;
  }
  const audit = world.open();
  await audit.record(auditEntry({ action: "after all" }));
  await audit.close();
  const after = await verifyAudit(world.home, world.anchor);
  expect(after).toMatchObject({ ok: true, unfinishedBytes: 0 });
  const notes: string[] = [];
  for await (const { record } of readAudit(world.home))
    if (record?.entry.event === "audit") notes.push(record.entry.action);
  expect(notes.filter((action) => action.startsWith("cut off"))).toHaveLength(torn);
  expect(acknowledged).toBeGreaterThanOrEqual(400 * KILLS);
});
