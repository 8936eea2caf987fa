/** Reading actions: an explanation that is shown, and a review whose findings are diagnostics until their lines change. */
import { type Diagnostic, DiagnosticSeverity } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import * as z from "zod/mini";
import type { RunState } from "../../../../protocol/index.ts";
import { objectsIn } from "../../../models/json-text.ts";
import type { CommandCall, Face } from "../feature.ts";
import { short } from "../subject-text.ts";
import type { Availability } from "./availability.ts";
import { requireDone } from "./change.ts";
import type { ActionId } from "./kinds.ts";
import { promptOf } from "./prompts.ts";
import { runToEnd } from "./start.ts";
import { movedLine } from "./text-edits.ts";
import { type Subject, subjectOf, type Wish } from "./wish.ts";

const line = z.int().check(z.gte(1), z.lte(10_000_000));
const Related = z.object({
  path: z.string().check(z.minLength(1), z.maxLength(1000)),
  line,
  message: z.catch(z.string(), ""),
});
const Finding = z.object({
  /** Where a model names none that could be, the first. */
  line: z.catch(line, 1),
  endLine: z.optional(z.catch(z.optional(line), undefined)),
  severity: z.catch(z.enum(["error", "warning", "info", "hint"]), "warning"),
  code: z.catch(z.optional(z.string()), undefined),
  message: z.string().check(z.minLength(1)),
  related: z.catch(z.optional(z.array(z.unknown())), undefined),
});
type Finding = z.infer<typeof Finding>;

const SEVERITY = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
} as const;
const MOST_FINDINGS = 100;
const MOST_RELATED = 10;
const MOST_REVIEWED = 200;
const OWNER = "review";
const PAUSE_MS = 300;

export interface Reviews {
  review(wish: Wish, call: CommandCall): Promise<object>;
  explain(wish: Wish, call: CommandCall): Promise<object>;
  stop(): void;
}

interface Reviewed {
  /** What the findings' lines count in. */
  readonly text: string;
  readonly folder: string;
  readonly findings: readonly Finding[];
}

export function createReviews(face: Face, availability: Availability): Reviews {
  const reviewed = new Map<string, Reviewed>();
  const pauses = new Map<string, () => void>();

  async function ask(action: ActionId, subject: Subject, call: CommandCall): Promise<RunState> {
    const isUntrusted = await availability.isUndecided(subject.place.folder);
    const prompt = promptOf(action, subject, undefined);
    const state = await runToEnd(face, { subject, prompt, kind: "question", isUntrusted }, call);
    requireDone(state, call.signal);
    return state;
  }

  async function show(name: string, text: string): Promise<string | undefined> {
    if (!face.reports.canShow) {
      face.say("info", text.slice(0, 4000));
      return undefined;
    }
    const { uri, shown } = await face.reports.open(name, text, "markdown");
    if (!shown) face.say("info", `The text is in ${uri}.`);
    return uri;
  }

  function publish(uri: string, document: TextDocument | undefined): void {
    const found = reviewed.get(uri);
    const now = document?.getText();
    const diagnostics =
      found === undefined || now === undefined ? [] : found.findings.flatMap((finding) => placed(found, finding, now));
    face.findings.set(OWNER, uri, diagnostics);
  }

  function placed({ text, folder }: Reviewed, finding: Finding, now: string): Diagnostic[] {
    const named = Math.min(finding.line, text.split("\n").length);
    const first = movedLine(named - 1, text, now);
    if (first === undefined) return [];
    const height = Math.min(Math.max(0, (finding.endLine ?? finding.line) - finding.line), 200);
    const range = { start: { line: first, character: 0 }, end: { line: first + height + 1, character: 0 } };
    const related = relatedOf(face, folder, finding);
    return [
      {
        ...{ range, severity: SEVERITY[finding.severity], source: "Nexus", message: short(finding.message, 2000) },
        ...(finding.code === undefined ? {} : { code: short(finding.code, 60) }),
        ...(related.length === 0 ? {} : { relatedInformation: related }),
      },
    ];
  }

  function later(uri: string): void {
    if (!reviewed.has(uri)) return;
    pauses.get(uri)?.();
    pauses.set(
      uri,
      face.clock.timer(PAUSE_MS, () => {
        pauses.delete(uri);
        publish(uri, face.documents.get(uri));
      }),
    );
  }

  function forget(uri: string): void {
    pauses.get(uri)?.();
    pauses.delete(uri);
    if (reviewed.delete(uri)) face.findings.set(OWNER, uri, []);
  }

  async function keep(subject: Subject, findings: readonly Finding[]): Promise<void> {
    const { uri, text, place } = subject;
    reviewed.delete(uri);
    reviewed.set(uri, { text, folder: place.folder, findings });
    const [oldest] = reviewed.keys();
    if (reviewed.size > MOST_REVIEWED && oldest !== undefined) forget(oldest);
    publish(uri, await face.documents.read(uri));
  }

  const ends = [face.documents.onChange(({ uri }) => later(uri)), face.documents.onClose(forget)];
  return {
    async review(wish, call) {
      const subject = await subjectOf(face, wish);
      const { answer, runId } = await ask("review", subject, call);
      const findings = findingsIn(answer ?? "");
      if (findings === undefined) {
        const uri = await show(`review-${runId}`, answer ?? "The review has no answer.");
        face.say("warning", "The review came without findings that can be placed; its text is shown instead.");
        return { runId, findings: null, ...(uri === undefined ? {} : { uri }) };
      }
      await keep(subject, findings);
      const count = findings.length;
      face.say(
        "info",
        count === 0
          ? "Nexus found nothing to report."
          : `Nexus found ${count} ${count === 1 ? "thing" : "things"} in ${subject.place.path}.`,
      );
      return { runId, findings: count };
    },
    async explain(wish, call) {
      const { answer, runId } = await ask("explain", await subjectOf(face, wish), call);
      const uri = await show(`explain-${runId}`, answer ?? "There is no answer.");
      return { runId, ...(uri === undefined ? {} : { uri }) };
    },
    stop() {
      for (const end of [...ends, ...pauses.values()]) end();
    },
  };
}

/** Undefined when the answer holds no list; what in it is no finding is left out. */
function findingsIn(answer: string): Finding[] | undefined {
  const found = objectsIn(answer).find(({ findings }) => Array.isArray(findings));
  const listed: unknown = found?.["findings"];
  if (!Array.isArray(listed)) return undefined;
  const read = listed.slice(0, MOST_FINDINGS).flatMap((each: unknown) => {
    const finding = Finding.safeParse(each);
    return finding.success ? [finding.data] : [];
  });
  return read.length === 0 && listed.length > 0 ? undefined : read;
}

/** Only files of the folder: a model's path leads nowhere else. */
function relatedOf({ folders }: Face, folder: string, { related = [] }: Finding) {
  return related.slice(0, MOST_RELATED).flatMap((each) => {
    const read = Related.safeParse(each);
    if (!read.success) return [];
    const { path, line: at, message } = read.data;
    const uri = folders.uriOf({ folder, path });
    if (folders.placeOf(uri)?.folder !== folder) return [];
    const start = { line: at - 1, character: 0 };
    return [{ location: { uri, range: { start, end: start } }, message: short(message, 500) }];
  });
}
