/** nexus audit tail, verify, export: read from the files, so that no daemon is needed. */
import { resolve } from "node:path";
import { nexusError } from "../../protocol/index.ts";
import { appendText, createExclusively } from "../host/files.ts";
import { waitForChange } from "../host/spawn-daemon.ts";
import type { AuditRecord } from "../security/audit/chain.ts";
import { readAudit, readAuditEnd, readAuditFrom } from "../security/audit/read.ts";
import { auditFolder, type Line } from "../security/audit/segments.ts";
import { type AuditReport, verifyAudit } from "../security/audit/verify.ts";
import { readAuditHead } from "../store/audit-head.ts";
import { type CliContext, printJson, wholeNumberOf } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { type Colour, count, oneLine, type Paint } from "./format.ts";
import type { Arguments } from "./parse.ts";

const LOOK_MS = 500;
const BATCH = 500;

export async function auditTailCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const { terminal, home } = context;
  const lines = wholeNumberOf("lines", args.text("lines"), 20, 100_000);
  const print = (line: Line) =>
    terminal.out(args.has("json") ? `${textOf(line)}\n` : lineText(line, context.paint, terminal.columns));
  let { lines: found, place } = await readAuditEnd(home, lines);
  for (const line of found) print(line);
  if (found.length === 0 && !args.has("json")) terminal.err("Nothing was decided yet.\n");
  if (!args.has("follow")) return EXIT.done;
  const left = new AbortController();
  const off = terminal.onInterrupt(() => left.abort());
  while (!left.signal.aborted) {
    ({ lines: found, place } = await readAuditFrom(home, place));
    for (const line of found) print(line);
    if (found.length === 0) await waitForChange(auditFolder(home), LOOK_MS, left.signal);
  }
  off();
  return EXIT.done;
}

export async function auditVerifyCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const { terminal, home, paint } = context;
  // First what the store knows: what is written meanwhile must not look like a surplus.
  const anchor = await readAuditHead(home);
  const report = await verifyAudit(home, anchor);
  if (args.has("json")) printJson(context, report);
  else terminal.out(reportText(report, paint));
  return report.ok ? EXIT.done : EXIT.failed;
}

export async function auditExportCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const { terminal, home } = context;
  const name = args.words[0] ?? "-";
  const since = sinceOf(args.text("since"));
  const isCsv = args.text("format") === "csv";
  const write = await openSink(context, name);
  let exported = 0;
  let batch = isCsv ? `${COLUMNS.join(",")}\n` : "";
  for await (const line of readAudit(home)) {
    const at = line.record?.at;
    if (at !== undefined && Date.parse(at) < since) continue;
    batch += `${isCsv ? csvOf(line) : textOf(line)}\n`;
    exported += 1;
    if (exported % BATCH !== 0) continue;
    await write(batch);
    batch = "";
  }
  await write(batch);
  if (name !== "-") terminal.out(`Wrote ${count(exported, "record")} to ${name}.\n`);
  return EXIT.done;
}

async function openSink({ cwd, terminal }: CliContext, name: string): Promise<(text: string) => Promise<void>> {
  if (name === "-") return async (text) => terminal.out(text);
  const path = resolve(cwd, name);
  if (!(await createExclusively(path, "", 0o600))) throw nexusError("usage.invalid", `${path} is there already.`);
  return (text) => appendText(path, text);
}

function sinceOf(text: string | undefined): number {
  if (text === undefined) return Number.NEGATIVE_INFINITY;
  const since = Date.parse(text);
  if (Number.isNaN(since)) throw nexusError("usage.invalid", `--since must be a date or a time, not “${text}”.`);
  return since;
}

/** The line as it stands in the file. */
function textOf({ bytes }: Line): string {
  return Buffer.from(bytes).toString("utf8");
}

const COLOURS: Partial<Record<AuditRecord["entry"]["verdict"], Colour>> = {
  allow: "green",
  approved: "green",
  done: "green",
  ask: "yellow",
  expired: "yellow",
  deny: "red",
  rejected: "red",
  failed: "red",
};

function lineText({ record, line }: Line, paint: Paint, columns: number): string {
  if (record === undefined) return `${paint("red", `line ${line} is damaged: nexus audit verify`)}\n`;
  const { number, at, entry } = record;
  const verdict = paint(COLOURS[entry.verdict] ?? "dim", entry.verdict.padEnd(8));
  const head = `${at.slice(0, 19).replace("T", " ")}  ${verdict} ${entry.event.padEnd(8)} ${entry.actor}`;
  const why = [entry.rule, entry.reason].filter((part) => part !== null && part !== "").join(": ");
  const first = `${paint("dim", `#${number}`)} ${head}  ${oneLine(entry.action, Math.max(40, columns - 60))}\n`;
  return `${first}${paint("dim", `    ${oneLine(`${why}${taintText(record)}`, Math.max(40, columns - 5))}`)}\n`;
}

function taintText({ entry: { taint } }: AuditRecord): string {
  const bits = [
    taint.untrustedInput ? "untrusted input" : "",
    taint.privateData ? "private data" : "",
    taint.actedOutside ? "acted outside" : "",
  ].filter((bit) => bit !== "");
  return bits.length === 0 ? "" : ` [${bits.join(", ")}]`;
}

function reportText({ ok, records, files, problem, anchor, unfinishedBytes }: AuditReport, paint: Paint): string {
  const all = `${count(records, "record")} in ${count(files, "file")}`;
  const notes = [
    unfinishedBytes > 0
      ? "  The last line is unfinished: one is being written, or was when the daemon was killed.\n"
      : "",
    anchor === null && records > 0
      ? "  The store does not know the log's end, so records cut off there are not noticed.\n"
      : "",
  ].join("");
  if (ok) return `${paint("green", "✓")} ${all} are as they were written.\n${notes}`;
  const place =
    problem?.file == null ? "" : ` (${problem.file}${problem.line === null ? "" : `, line ${problem.line}`})`;
  return `${paint("red", "✗")} ${problem?.kind}: ${problem?.message}${place}\n  Before it: ${all}.\n${notes}`;
}

const COLUMNS = [
  "number",
  "at",
  "event",
  "verdict",
  "actor",
  "runId",
  "action",
  "rule",
  "reason",
  "approvalHash",
  "taint",
  "hash",
];

function csvOf({ record, line }: Line): string {
  if (record === undefined) return `,,damaged,,,,line ${line},,,,,`;
  const { number, at, hash, entry } = record;
  const { event, verdict, actor, runId, action, rule, reason, approvalHash } = entry;
  const cells = [
    number,
    at,
    event,
    verdict,
    actor,
    runId,
    action,
    rule,
    reason,
    approvalHash,
    taintText(record).trim(),
    hash,
  ];
  return cells.map(cellOf).join(",");
}

/** A spreadsheet would take a cell that begins like a formula for one. */
function cellOf(value: string | number | null): string {
  const text = String(value ?? "");
  const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
