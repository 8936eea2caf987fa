/** Pages of the audit log, as audit/list answers with them. */
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readAuditPage } from "../../../daemon/security/audit/read.ts";
import { createAuditHandlers } from "../../../daemon/server/rpc/audit.ts";
import { auditEntry, auditWorld } from "../../support/audit.ts";

const numbers = ({ records }: { readonly records: readonly { readonly number: number }[] }) =>
  records.map(({ number }) => number);

describe("a page of the audit log", () => {
  it("is empty before anything was decided", async () => {
    const { home } = auditWorld();
    expect(await readAuditPage(home, { limit: 10 })).toEqual({ records: [], damaged: 0, nextBefore: null });
  });

  it("begins with the newest and goes on where it ended, over files", async () => {
    const world = auditWorld();
    await world.write(2);
    await world.write(3, { maxFileBytes: 1 });
    let page = await readAuditPage(world.home, { limit: 2 });
    const seen = [numbers(page)];
    while (page.nextBefore !== null) {
      page = await readAuditPage(world.home, { limit: 2, before: page.nextBefore });
      seen.push(numbers(page));
    }
    expect(seen.flat()).toEqual([5, 4, 3, 2, 1]);
    expect(seen[0]).toEqual([5, 4]);
  });

  it("holds one run's decisions only, and says when older files may hold more", async () => {
    const world = auditWorld();
    const audit = world.open({ maxFileBytes: 1 });
    for (const runId of ["mine", "other", "other", "other"]) await audit.record(auditEntry({ runId }));
    await audit.close();
    const first = await readAuditPage(world.home, { runId: "mine", limit: 5 });
    expect(first.records).toEqual([]);
    expect(first.nextBefore).toBe(3);
    const second = await readAuditPage(world.home, { runId: "mine", limit: 5, before: 3 });
    expect(numbers(second)).toEqual([1]);
    expect(second.nextBefore).toBeNull();
  });

  it("counts damaged lines and leaves them out", async () => {
    const world = auditWorld();
    await world.write(3);
    const text = readFileSync(world.file(), "utf8");
    writeFileSync(world.file(), text.replace('"a1"', '"b1"'));
    const page = await readAuditPage(world.home, { limit: 10 });
    expect(numbers(page)).toEqual([3, 1]);
    expect(page.damaged).toBe(1);
  });

  it("tells clients what was decided, by which rule and why", async () => {
    const world = auditWorld();
    const audit = world.open();
    await audit.record(
      auditEntry({ runId: "r", verdict: "deny", rule: "protected-file", reason: "It configures git." }),
    );
    await audit.close();
    const { records } = await createAuditHandlers(world.home)["audit/list"]({ runId: "r" }, {} as never);
    expect(records).toMatchObject([
      { number: 1, runId: "r", verdict: "deny", rule: "protected-file", reason: "It configures git." },
    ]);
    expect(records[0]).not.toHaveProperty("approvalHash");
  });
});
