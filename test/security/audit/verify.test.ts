/** Whatever is done to the files is found, and the first bad record is named. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordOf } from "../../../daemon/security/audit/chain.ts";
import { auditFolder, segmentName } from "../../../daemon/security/audit/segments.ts";
import { verifyAudit } from "../../../daemon/security/audit/verify.ts";
import type { AuditHead } from "../../../daemon/store/store.ts";
import { auditEntry, auditWorld } from "../../support/audit.ts";

const RECORDS = 200;
/** Each a file with one bit flipped; NEXUS_TEST_FLIPS=100000 flips one in every byte of every record. */
const FLIPS = Math.min(Number(process.env["NEXUS_TEST_FLIPS"] ?? 100), 100_000);
/** Of so many records one, all its bytes. */
const RECORD_STEP = FLIPS === 100_000 ? 1 : 11;
let scratch: string;
let sound: Buffer;
let anchor: AuditHead | undefined;

beforeAll(() => {
  scratch = realpathSync(mkdtempSync(join(tmpdir(), "nexus-audit-")));
  mkdirSync(auditFolder(scratch));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function makeSound(): Promise<void> {
  if (sound !== undefined) return;
  const world = auditWorld();
  const audit = world.open();
  const said = Array.from({ length: RECORDS }, (_, index) => auditEntry({ action: `a${index}`, reason: "r" }));
  await Promise.all(said.map((entry) => audit.record(entry)));
  await audit.close();
  sound = readFileSync(world.file());
  anchor = world.anchor;
}

async function verifyBytes(bytes: Uint8Array, known = anchor) {
  writeFileSync(join(auditFolder(scratch), segmentName(1)), bytes);
  return verifyAudit(scratch, known);
}

function withLines(change: (lines: string[]) => void): Buffer {
  const lines = sound.toString("utf8").split("\n");
  change(lines);
  return Buffer.from(lines.join("\n"));
}

/** Number of the record that a byte belongs to; its line end included. */
function recordAt(offset: number): number {
  let number = 1;
  for (const byte of sound.subarray(0, offset)) if (byte === 10) number += 1;
  return number;
}

describe("verifyAudit", () => {
  it("finds nothing wrong with what was written", async () => {
    await makeSound();
    const report = await verifyBytes(sound);
    expect(report).toMatchObject({ ok: true, files: 1, records: RECORDS, problem: null, unfinishedBytes: 0 });
    expect(await verifyAudit(join(scratch, "nothing"), undefined)).toMatchObject({ ok: true, files: 0, records: 0 });
  });

  it("takes no line in which any byte has another bit", async () => {
    await makeSound();
    for (const [index, text] of sound.toString("utf8").trimEnd().split("\n").entries()) {
      const line = Buffer.from(text);
      expect(recordOf(line)?.number).toBe(index + 1);
      if (index % RECORD_STEP > 0) continue;
      for (const [offset, byte] of line.entries()) {
        line[offset] = byte ^ (1 << ((offset + index) % 8));
        expect(recordOf(line), `record ${index + 1}, byte ${offset}`).toBeUndefined();
        line[offset] = byte;
      }
    }
  });

  it("finds a flipped bit anywhere in the file, and names its record", { timeout: 300_000 }, async () => {
    await makeSound();
    const step = Math.max(1, Math.floor(sound.length / FLIPS));
    const lineEnds = [...sound.entries()].filter(([, byte]) => byte === 10).map(([offset]) => offset);
    const offsets = [...Array(FLIPS).keys()].map((index) => index * step);
    for (const offset of [...offsets, ...lineEnds.filter((_, index) => index % 9 === 0), sound.length - 1]) {
      const bytes = Buffer.from(sound);
      bytes[offset] = (bytes[offset] ?? 0) ^ (1 << (offset % 8));
      const { ok, problem } = await verifyBytes(bytes);
      expect(ok, `byte ${offset}`).toBe(false);
      expect(problem?.number, `byte ${offset}`).toBe(recordAt(offset));
    }
  });

  it("finds lines that are missing, swapped, there twice, or put in", async () => {
    await makeSound();
    await fc.assert(
      fc.asyncProperty(fc.nat(RECORDS - 1), fc.nat(RECORDS - 1), async (first, second) => {
        const deleted = await verifyBytes(withLines((lines) => lines.splice(first, 1)));
        expect(deleted.problem?.number).toBe(first + 1);
        expect(deleted.problem?.kind).toBe(first === RECORDS - 1 ? "truncated" : "missing");
        const doubled = await verifyBytes(withLines((lines) => lines.splice(second, 0, lines[first] ?? "")));
        expect(doubled).toMatchObject({ ok: false });
        const inserted = await verifyBytes(withLines((lines) => lines.splice(first, 0, "{}")));
        expect(inserted.problem).toMatchObject({ kind: "altered", line: first + 1, number: first + 1 });
        if (first === second) return;
        const swap = (lines: string[]) => {
          [lines[first], lines[second]] = [lines[second] ?? "", lines[first] ?? ""];
        };
        const swapped = await verifyBytes(withLines(swap));
        expect(swapped.problem).toMatchObject({ kind: "swapped", number: Math.min(first, second) + 1 });
      }),
      { numRuns: 8 },
    );
  });

  it("finds where the file was cut, at any byte", { timeout: 60_000 }, async () => {
    await makeSound();
    const tail = Array.from({ length: 60 }, (_, index) => sound.length - 1 - index);
    const samples = fc.sample(fc.nat(sound.length - 1), { numRuns: 20, seed: 7 });
    for (const length of [...tail, ...samples, 0]) {
      const { ok, problem } = await verifyBytes(sound.subarray(0, length));
      expect(ok, `length ${length}`).toBe(false);
      expect(problem).toMatchObject({ kind: "truncated", number: recordAt(length) });
    }
  });

  it("finds a log that was written anew as a whole", async () => {
    await makeSound();
    const other = auditWorld();
    await other.write(RECORDS);
    const { problem } = await verifyBytes(readFileSync(other.file()));
    expect(problem).toMatchObject({ kind: "altered", number: RECORDS });
  });

  it("finds a file that is gone, renamed or cut among several", async () => {
    const world = auditWorld();
    for (let round = 0; round < 4; round++) await world.write(5, { maxFileBytes: 1 });
    expect(await verifyAudit(world.home, world.anchor)).toMatchObject({ ok: true, files: 4, records: 20 });
    const second = readFileSync(world.file(6));
    rmSync(world.file(6));
    const gone = await verifyAudit(world.home, world.anchor);
    expect(gone.problem).toMatchObject({ kind: "missing", file: segmentName(11), line: 1, number: 6 });
    writeFileSync(world.file(7), second);
    const renamed = await verifyAudit(world.home, world.anchor);
    expect(renamed.problem).toMatchObject({ kind: "swapped", number: 6 });
    rmSync(world.file(7));
    writeFileSync(world.file(6), second.subarray(0, -3));
    const cut = await verifyAudit(world.home, world.anchor);
    expect(cut.problem).toMatchObject({ kind: "truncated", file: segmentName(6), number: 10 });
  });

  it("without an anchor tells at least that it has none", async () => {
    await makeSound();
    const report = await verifyAudit(scratch, undefined);
    expect(report.anchor).toBeNull();
  });
});
