/** Where an audit log goes on after a stop, a kill, or somebody's hand. Nothing that can still be read is removed. */
import { cutFile, flushFile } from "../../host/durable.ts";
import type { AuditHead } from "../../store/store.ts";
import { UNTAINTED } from "../taint.ts";
import { CHAIN_START } from "./chain.ts";
import type { AuditEntry } from "./record.ts";
import { listSegments, readSegment, type Segment } from "./segments.ts";

export interface ChainEnd {
  /** The record that the next one follows. */
  readonly head: AuditHead;
  /** The file to append to; undefined: begin a new one. */
  readonly segment: Segment | undefined;
  readonly size: number;
  /** What the next records must say before anything else. */
  readonly notes: readonly AuditEntry[];
}

/**
 * Finds the end of the chain. A last line that a crash cut off is cut off here as well and noted; everything else that is
 * missing or damaged stays as it is, and the chain goes on behind it, so that the gap can be seen for ever.
 */
export async function resumeChain(home: string, anchor: AuditHead | undefined): Promise<ChainEnd> {
  const segments = await listSegments(home);
  const segment = segments.at(-1);
  if (segment === undefined) return endOf(CHAIN_START, 0, anchor, undefined, 0, []);
  const { torn, size } = await readSegment(segment);
  const kept = size - torn;
  if (torn > 0) {
    await cutFile(segment.path, kept);
    await flushFile(segment.path);
  }
  const notes = torn > 0 ? [note("failed", `cut off ${torn} bytes of an unfinished last line of ${segment.name}`)] : [];
  const { head, damagedLines } = await lastRecord(segments);
  return endOf(head, damagedLines, anchor, segment, kept, notes);
}

/** The newest record that is whole, and how many damaged lines come after it; a kill may leave an empty file behind it. */
async function lastRecord(segments: readonly Segment[]): Promise<{ head: AuditHead; damagedLines: number }> {
  let damagedLines = 0;
  for (const segment of segments.toReversed()) {
    const { lines } = await readSegment(segment);
    const last = lines.findLast((line) => line.record !== undefined);
    damagedLines += lines.length - (last?.line ?? 0);
    if (last?.record !== undefined) return { head: last.record, damagedLines };
  }
  return { head: CHAIN_START, damagedLines };
}

function endOf(
  head: AuditHead,
  damagedLines: number,
  anchor: AuditHead | undefined,
  segment: Segment | undefined,
  size: number,
  notes: readonly AuditEntry[],
): ChainEnd {
  const reached = head.number + damagedLines;
  const damage =
    damagedLines > 0 ? [note("failed", `${damagedLines} damaged lines at the end of ${segment?.name} are kept`)] : [];
  if (anchor === undefined || anchor.number <= reached)
    return { head: { number: reached, hash: head.hash }, segment, size, notes: [...notes, ...damage] };
  const gap = note("failed", `records ${reached + 1} to ${anchor.number} were written and are missing`);
  return { head: anchor, segment, size, notes: [...notes, ...damage, gap] };
}

function note(verdict: AuditEntry["verdict"], action: string): AuditEntry {
  const reason = "Found when the audit log was opened to go on.";
  return {
    ...{ event: "audit", actor: "nexus", runId: null, action, verdict, rule: null, reason },
    ...{ approvalHash: null, taint: UNTAINTED },
  };
}
