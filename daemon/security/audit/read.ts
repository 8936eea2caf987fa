/** Reading the audit log beside its writer: the newest records, what comes after them, all of them. */
import type { AuditRecord } from "./chain.ts";
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

export interface AuditPage {
  /** Newest first. */
  readonly records: AuditRecord[];
  /** Lines that are no records, in the files that were looked at. */
  readonly damaged: number;
  /** Only records below this number are older; null: there are none. */
  readonly nextBefore: number | null;
}

/** Files that one page looks into at most, so that one run's few decisions in a long log do not hold up everything else. */
const FILES_A_PAGE = 2;

/** The newest records of a run, or of all, below number `before`. */
export async function readAuditPage(
  home: string,
  {
    runId,
    before = Number.POSITIVE_INFINITY,
    limit,
  }: { runId?: string | undefined; before?: number | undefined; limit: number },
): Promise<AuditPage> {
  const older = (await listSegments(home)).filter(({ first }) => first < before).toReversed();
  const records: AuditRecord[] = [];
  let damaged = 0;
  for (const [index, segment] of older.slice(0, FILES_A_PAGE).entries()) {
    const { lines } = await readSegment(segment);
    damaged += lines.filter(({ record }) => record === undefined).length;
    const wanted = lines.flatMap(({ record }) =>
      record !== undefined && record.number < before && (runId === undefined || record.entry.runId === runId)
        ? [record]
        : [],
    );
    records.push(...wanted.toReversed().slice(0, limit - records.length));
    const isLast = index === older.length - 1;
    const last = records.at(-1);
    if (records.length === limit && last !== undefined)
      return { records, damaged, nextBefore: isLast && wanted[0] === last ? null : last.number };
  }
  const next = older.at(FILES_A_PAGE - 1);
  return { records, damaged, nextBefore: next !== undefined && older.length > FILES_A_PAGE ? next.first : null };
}
