/**
 * How a run of MetaGPT came out. Its exit code says nothing, because it swallows its own errors: what counts is what it
 * logged, what it saved, and above all which documents are there.
 */
import type { DocumentKind } from "../../../protocol/index.ts";

export type EndReason =
  /** The process ended by itself. */
  | "ended"
  /** The run was stopped, or its money is spent. */
  | "stopped"
  | "idle"
  | "overtime"
  | "flooded"
  | "too_large"
  | "unavailable"
  | "not_started";

export interface ProcessEnd {
  readonly reason: EndReason;
  /** Null: a signal ended it. */
  readonly exitCode: number | null;
  /** It logged that it saves its state because something went wrong. */
  readonly serialised: boolean;
  /** It wrote its state while it ran: it does so after a failure only. */
  readonly savedTeam: boolean;
  /** The last that it printed. */
  readonly lastWords: string;
  /** More of the reason, where there is more to say. */
  readonly detail: string;
}

export interface FoundDocument {
  readonly path: string;
  readonly kind: DocumentKind;
  readonly isBroken: boolean;
}

export interface FoundProject {
  readonly documents: readonly FoundDocument[];
  /** Files that are no documents. */
  readonly sources: number;
  /** Files that are new, or other than at its begin. */
  readonly changed: number;
}

export type Judged = { readonly ok: true } | { readonly ok: false; readonly reason: string };

const CLASSIC: readonly (readonly [string, readonly DocumentKind[]])[] = [
  ["a PRD", ["prd", "refined_prd"]],
  ["a system design", ["system_design", "refined_system_design"]],
  ["a task list", ["task", "refined_task"]],
];
const DESIGN_KINDS: readonly DocumentKind[] = [
  ...CLASSIC.flatMap(([, kinds]) => kinds),
  "prd_markdown",
  "system_design_markdown",
  "task_markdown",
];

export function judgeEnd(end: ProcessEnd, found: FoundProject, dialect: "classic" | "mgx"): Judged {
  const words = end.lastWords === "" ? "" : ` The last that it printed:\n${end.lastWords}`;
  const no = (reason: string): Judged => ({ ok: false, reason: `${reason}${words}` });
  switch (end.reason) {
    case "not_started":
    case "unavailable":
      return no(`MetaGPT could not be started: ${end.detail}.`);
    case "stopped":
      return no(`MetaGPT was stopped: ${end.detail}.`);
    case "idle":
      return no(`MetaGPT hung: ${end.detail}. It was ended.`);
    case "overtime":
      return no(`MetaGPT took longer than it may: ${end.detail}. It was ended.`);
    case "flooded":
      return no(`MetaGPT printed without end: ${end.detail}. It was ended.`);
    case "too_large":
      return no(`MetaGPT wrote more than it may: ${end.detail}. It was ended.`);
    case "ended":
      break;
  }
  if (end.serialised || end.savedTeam)
    return no("MetaGPT failed inside and saved its state, whatever its exit code says.");
  if (end.exitCode !== 0) return no(`MetaGPT crashed: ${exitText(end.exitCode)}.`);
  return judgeDocuments(found, dialect, no);
}

function judgeDocuments(
  { documents, sources, changed }: FoundProject,
  dialect: "classic" | "mgx",
  no: (reason: string) => Judged,
): Judged {
  if (changed === 0) return no("MetaGPT ended well, but wrote nothing.");
  const broken = documents.find(({ kind, isBroken }) => isBroken && DESIGN_KINDS.includes(kind));
  if (broken !== undefined) return no(`MetaGPT ended well, but ${broken.path} is broken: the project is half-written.`);
  const has = (kinds: readonly DocumentKind[]) => documents.some(({ kind }) => kinds.includes(kind));
  if (!has(DESIGN_KINDS)) return no("MetaGPT ended well, but wrote no document.");
  if (dialect === "mgx") return { ok: true };
  const missing = CLASSIC.filter(([, kinds]) => !has(kinds)).map(([name]) => name);
  if (missing.length > 0)
    return no(`MetaGPT ended well, but did not write ${missing.join(" and ")}: it stopped half-way.`);
  if (sources === 0) return no("MetaGPT ended well, but wrote no source file: it stopped half-way.");
  return { ok: true };
}

function exitText(code: number | null): string {
  return code === null ? "a signal ended it" : `exit code ${code}`;
}
