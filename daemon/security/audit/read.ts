/** Reading the audit log beside its writer: the newest records, what comes after them, all of them. */
import { type Line, listSegments, readSegment } from "./segments.ts";

/** Up to where somebody has read. */
export interface AuditPlace {
  /** Name of the file; "": nothing was there yet. */
  readonly file: string;
  /** Bytes of it. */
  readonly offset: number;
}

/** The last `count` lines, oldest first, and the place behind them. */
export async function readAuditEnd(home: string, count: number): Promise<{ lines: Line[]; place: AuditPlace }> {
  const segments = await listSegments(home);
  const found: Line[] = [];
  let place: AuditPlace = { file: "", offset: 0 };
  for (const segment of segments.toReversed()) {
    const { lines, torn, size } = await readSegment(segment);
    if (place.file === "") place = { file: segment.name, offset: size - torn };
    found.unshift(...lines.slice(-(count - found.length)));
    if (found.length >= count) break;
  }
  return { lines: found, place };
}

/** The lines that have come since, over however many files. */
export async function readAuditFrom(home: string, from: AuditPlace): Promise<{ lines: Line[]; place: AuditPlace }> {
  const lines: Line[] = [];
  let place = from;
  for (const segment of await listSegments(home)) {
    if (segment.name < from.file) continue;
    const read = await readSegment(segment, segment.name === from.file ? from.offset : 0);
    lines.push(...read.lines);
    place = { file: segment.name, offset: read.size - read.torn };
  }
  return { lines, place };
}

/** Every line, oldest first, a file at a time in memory. */
export async function* readAudit(home: string): AsyncGenerator<Line> {
  for (const segment of await listSegments(home)) yield* (await readSegment(segment)).lines;
}
