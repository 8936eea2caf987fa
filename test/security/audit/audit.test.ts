import {
  appendFileSync,
  chmodSync,
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { describe, expect, it } from "vitest";
import { readAudit, readAuditEnd, readAuditFrom } from "../../../daemon/security/audit/read.ts";
import { auditFolder } from "../../../daemon/security/audit/segments.ts";
import { verifyAudit } from "../../../daemon/security/audit/verify.ts";
import { createRedactor } from "../../../daemon/security/secrets/secrets.ts";
import { readAuditHead } from "../../../daemon/store/audit-head.ts";
import { auditEntry, auditWorld } from "../../support/audit.ts";
import { openTestStore } from "../../support/store.ts";

describe("createAudit", () => {
  it("touches nothing before the first record, and writes it before it resolves", async () => {
    const world = auditWorld();
    const audit = world.open();
    expect(existsSync(auditFolder(world.home))).toBe(false);
    await audit.record(auditEntry());
    const [line = ""] = world.lines();
    expect(JSON.parse(line)).toMatchObject({ number: 1, epoch: 1, at: world.clock.iso(), entry: auditEntry() });
    if (process.platform !== "win32") {
      expect(statSync(world.file()).mode & 0o777).toBe(0o600);
      expect(statSync(auditFolder(world.home)).mode & 0o777).toBe(0o700);
    }
    await audit.close();
    await expect(audit.record(auditEntry())).rejects.toMatchObject({ value: { code: "audit.failed" } });
  });

  it("tells the store of its end a second later, and at the close", async () => {
    const world = auditWorld();
    const audit = world.open();
    await audit.record(auditEntry());
    expect(world.anchor).toBeUndefined();
    world.clock.advance(1000);
    await audit.record(auditEntry());
    expect(world.anchor?.number).toBe(1);
    await audit.close();
    expect(world.anchor?.number).toBe(2);
    expect(world.clock.pendingTimers).toBe(0);
  });

  it("keeps a thousand records of one moment in order", async () => {
    const world = auditWorld();
    await world.write(1000);
    const numbers = world.lines().map((line) => JSON.parse(line).entry.action);
    expect(numbers).toEqual(Array.from({ length: 1000 }, (_, index) => `a${index}`));
  });

  it("goes on in the same chain after a restart and over files", async () => {
    const world = auditWorld();
    await world.write(3);
    await world.write(2, { epoch: 2, maxFileBytes: 1 });
    await world.write(1, { epoch: 3, maxFileBytes: 1e6 });
    expect(await verifyAudit(world.home, world.anchor)).toMatchObject({ ok: true, files: 2, records: 6 });
    const epochs: (number | undefined)[] = [];
    for await (const { record } of readAudit(world.home)) epochs.push(record?.epoch);
    expect(epochs).toEqual([1, 1, 1, 2, 2, 3]);
  });

  it("cuts off what a kill left of a last line, and says so", async () => {
    const world = auditWorld();
    await world.write(2);
    appendFileSync(world.file(), '{"at":"20');
    expect(await verifyAudit(world.home, world.anchor)).toMatchObject({ ok: true, unfinishedBytes: 9 });
    await world.write(1);
    expect(await verifyAudit(world.home, world.anchor)).toMatchObject({ ok: true, records: 4, unfinishedBytes: 0 });
    expect(world.lines()[2]).toContain("cut off 9 bytes");
    expect(world.logged.join()).toContain("not as it was left");
  });

  it("never covers a gap: what is gone stays found although the log goes on", async () => {
    const world = auditWorld();
    await world.write(5);
    const size = world.lines().slice(0, 3).join("\n").length + 1;
    truncateSync(world.file(), size);
    await world.write(2);
    const { problem } = await verifyAudit(world.home, world.anchor);
    expect(problem).toMatchObject({ kind: "missing", line: 4, number: 4, message: "Records 4 to 5 are missing." });
    expect(world.lines()[3]).toContain("records 4 to 5 were written and are missing");
  });

  it("goes on behind damaged lines and keeps them", async () => {
    const world = auditWorld();
    await world.write(3);
    writeFileSync(world.file(), readFileSync(world.file(), "utf8").replace('"a2"', '"b2"'));
    await world.write(1);
    const { problem } = await verifyAudit(world.home, world.anchor);
    expect(problem).toMatchObject({ kind: "altered", line: 3, number: 3 });
    expect(world.lines()[2]).toContain('"b2"');
    expect(world.lines()[3]).toContain("1 damaged lines");
  });

  it("finds the whole folder gone", async () => {
    const world = auditWorld();
    await world.write(2);
    rmSync(auditFolder(world.home), { recursive: true });
    expect((await verifyAudit(world.home, world.anchor)).problem).toMatchObject({ kind: "truncated", file: null });
    await world.write(1);
    const after = await verifyAudit(world.home, world.anchor);
    expect(after.problem).toMatchObject({ kind: "missing", number: 1 });
  });

  it("goes on after a kill that left an empty new file", async () => {
    const world = auditWorld();
    await world.write(2);
    writeFileSync(world.file(3), "");
    await world.write(1);
    expect(await verifyAudit(world.home, world.anchor)).toMatchObject({ ok: true, records: 3, files: 2 });
  });

  it("holds no secret, no line end and no hidden character of what it is told", async () => {
    const world = auditWorld();
    const redactor = createRedactor();
    redactor.add("canary-1234567890");
    const hostile = '\n{"audit":"allow"}\r\u2028\u202e\u0000\u001b]52;c;x\u0007\ud800 canary-1234567890 \u200b';
    const audit = world.open({ redact: redactor.redact });
    await audit.record(auditEntry({ action: hostile, actor: hostile, reason: hostile, rule: hostile, runId: hostile }));
    await audit.record(auditEntry({ action: "x".repeat(10_000) }));
    await audit.close();
    const [first = "", second = "", ...more] = world.lines();
    expect(more).toEqual([]);
    expect(first).toMatch(/^[\u0020-\u007e«»]+$/);
    expect(first).not.toContain("canary");
    expect(JSON.parse(second).entry.action).toHaveLength(4000);
    expect(await verifyAudit(world.home, world.anchor)).toMatchObject({ ok: true, records: 2 });
  });

  it.skipIf(process.platform === "win32" || process.getuid?.() === 0)("rejects when it cannot write", async () => {
    const world = auditWorld();
    await world.write(1);
    chmodSync(world.file(), 0o400);
    const audit = world.open();
    await expect(audit.record(auditEntry())).rejects.toMatchObject({ value: { code: "audit.failed" } });
    chmodSync(world.file(), 0o600);
    await expect(audit.record(auditEntry())).rejects.toMatchObject({ value: { code: "audit.failed" } });
    expect(world.lines()).toHaveLength(1);
  });

  it("rejects what it cannot write, and everything after it", async () => {
    const world = auditWorld();
    writeFileSync(auditFolder(world.home), "a file in the folder's place");
    const audit = world.open();
    await expect(audit.record(auditEntry())).rejects.toMatchObject({ value: { code: "audit.failed" } });
    rmSync(auditFolder(world.home));
    await expect(audit.record(auditEntry())).rejects.toMatchObject({ value: { code: "audit.failed" } });
    expect(existsSync(auditFolder(world.home))).toBe(false);
  });
});

describe("reading", () => {
  it("answers with the end, and with what comes after it over files", async () => {
    const world = auditWorld();
    await world.write(3);
    await world.write(3, { maxFileBytes: 1 });
    const end = await readAuditEnd(world.home, 4);
    expect(end.lines.map(({ record }) => record?.number)).toEqual([3, 4, 5, 6]);
    expect(await readAuditFrom(world.home, end.place)).toEqual({ lines: [], place: end.place });
    await world.write(2, { maxFileBytes: 1 });
    const more = await readAuditFrom(world.home, end.place);
    expect(more.lines.map(({ record }) => record?.number)).toEqual([7, 8]);
    expect((await readAuditEnd(auditWorld().home, 4)).lines).toEqual([]);
  });
});

describe("the end that the store knows", () => {
  it("is kept, and read beside the daemon", async () => {
    const { store, home } = await openTestStore();
    expect(await readAuditHead(home)).toBeUndefined();
    await store.auditHeads.put({ number: 3, hash: "a" });
    await store.auditHeads.put({ number: 4, hash: "b" });
    expect(await store.auditHeads.get()).toEqual({ number: 4, hash: "b" });
    expect(await readAuditHead(home)).toEqual({ number: 4, hash: "b" });
    expect(await readAuditHead(auditWorld().home)).toBeUndefined();
  });
});
