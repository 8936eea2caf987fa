/** Reads an audit log from its beginning and names the first record that is not as it was written. Changes nothing. */
import type { AuditHead } from "../../store/store.ts";
import { type AuditRecord, CHAIN_START } from "./chain.ts";
import { type Line, listSegments, readSegment, type Segment } from "./segments.ts";

export type AuditProblemKind = "altered" | "missing" | "swapped" | "repeated" | "inserted" | "truncated";

export interface AuditProblem {
  readonly kind: AuditProblemKind;
  /** Name of the file in the folder `audit`; null: no file has it. */
  readonly file: string | null;
  /** From 1; null where what is missing would have stood. */
  readonly line: number | null;
  /** Of the record that should be there. */
  readonly number: number;
  readonly message: string;
}

export interface AuditReport {
  readonly ok: boolean;
  readonly files: number;
  /** Good records up to the first problem. */
  readonly records: number;
  readonly problem: AuditProblem | null;
  /** Bytes of an unfinished last line: a record under way, or what a kill left; the next record will note them. */
  readonly unfinishedBytes: number;
  /** The end that the store knows; null: it knows none, so that a log cut short at its end could not be told. */
  readonly anchor: AuditHead | null;
}

/** `anchor` is read before the files, so that what is written meanwhile is no problem. Rejects where files cannot be read. */
export async function verifyAudit(home: string, anchor: AuditHead | undefined): Promise<AuditReport> {
  const segments = await listSegments(home);
  let head = CHAIN_START;
  let unfinishedBytes = 0;
  const report = (problem: AuditProblem | null): AuditReport => ({
    ok: problem === null,
    ...{ files: segments.length, records: head.number, problem, unfinishedBytes, anchor: anchor ?? null },
  });
  for (const [index, segment] of segments.entries()) {
    const { lines, torn } = await readSegment(segment);
    for (const line of lines) {
      const problem = problemAt(line, { head, anchor, segment, lines });
      if (problem !== undefined) return report(problem);
      if (line.record !== undefined) head = line.record;
    }
    if (torn > 0 && index < segments.length - 1) return report(tornInside(segment, lines.length + 1, head.number + 1));
    unfinishedBytes = torn;
  }
  return report(anchor !== undefined && anchor.number > head.number ? truncated(segments.at(-1), head, anchor) : null);
}

interface Place {
  readonly head: AuditHead;
  readonly anchor: AuditHead | undefined;
  readonly segment: Segment;
  readonly lines: readonly Line[];
}

function problemAt({ line, record }: Line, { head, anchor, segment, lines }: Place): AuditProblem | undefined {
  const number = head.number + 1;
  const at = { file: segment.name, line, number };
  if (record === undefined) return { ...at, kind: "altered", message: `Record ${number} is not as it was written.` };
  if (record.number > number) return { ...at, ...gapBefore(record, number, lines) };
  if (record.number < number)
    return { ...at, kind: "repeated", message: `Record ${record.number} stands here again, instead of ${number}.` };
  if (line === 1 && segment.first !== number)
    return { ...at, kind: "swapped", message: `The file's name does not fit its first record, ${number}.` };
  if (record.prev !== head.hash)
    return { ...at, kind: "inserted", message: `Record ${number} does not follow the one before it.` };
  if (record.number === anchor?.number && record.hash !== anchor.hash)
    return {
      ...at,
      kind: "altered",
      message: `Record ${number} is not the one that the store knows: it was replaced.`,
    };
  return undefined;
}

function gapBefore(found: AuditRecord, wanted: number, lines: readonly Line[]) {
  if (lines.some(({ record }) => record?.number === wanted)) {
    return { kind: "swapped" as const, message: `Record ${found.number} stands in the place of ${wanted}.` };
  }
  const which = found.number - 1 === wanted ? `Record ${wanted} is` : `Records ${wanted} to ${found.number - 1} are`;
  return { kind: "missing" as const, message: `${which} missing.` };
}

function tornInside({ name }: Segment, line: number, number: number): AuditProblem {
  return { kind: "truncated", file: name, line, number, message: `The file ends in the middle of record ${number}.` };
}

function truncated(segment: Segment | undefined, head: AuditHead, anchor: AuditHead): AuditProblem {
  const message = `The log ends with record ${head.number}; the store knows of ${anchor.number}.`;
  return { kind: "truncated", file: segment?.name ?? null, line: null, number: head.number + 1, message };
}
