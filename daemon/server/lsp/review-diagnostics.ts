/** What reviewers, checks and evidence of runs found, as diagnostics of the files that it is about. */
import { type Diagnostic, DiagnosticSeverity } from "vscode-languageserver/node";
import { isEnded, pendingPaths, type RunEvent, type RunState } from "../../../protocol/index.ts";
import type { Face, Feature } from "./feature.ts";
import { short } from "./subject-text.ts";

interface Finding {
  readonly path: string;
  /** From 1; undefined: the file as a whole. */
  readonly line: number | undefined;
  readonly severity: "error" | "warning" | "info";
  readonly message: string;
  readonly source: string;
}

const SEVERITY = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
} as const;
const PAGE = 500;
const MOST_EVENTS = 20_000;
const MOST_OF_A_RUN = 300;

export function createReviewDiagnostics(face: Face): Feature {
  if (!face.choices.diagnostics) return {};
  /** Documents that show something of a run. */
  const shown = new Map<string, ReadonlySet<string>>();
  const reading = new Set<string>();
  /** Something happened while its findings were read. */
  const changedMeanwhile = new Set<string>();

  /** The run's findings with lines are in its events only. */
  async function checksOf(runId: string): Promise<Finding[]> {
    const found = new Map<string, Finding[]>();
    for (let after = 0; after < MOST_EVENTS; ) {
      const { events, lastSeq } = await face.link.request("run/events", { runId, after, limit: PAGE });
      for (const { body } of events) keepCheck(found, body);
      after = events.at(-1)?.seq ?? lastSeq;
      if (after >= lastSeq) break;
    }
    return [...found.values()].flat();
  }

  async function show(state: RunState): Promise<void> {
    const { runId } = state;
    if (reading.has(runId)) {
      changedMeanwhile.add(runId);
      return;
    }
    reading.add(runId);
    try {
      const checks = isShown(state) ? await checksOf(runId) : [];
      publish(face.runs.get(runId) ?? state, checks);
    } finally {
      reading.delete(runId);
    }
    if (changedMeanwhile.delete(runId)) await show(face.runs.get(runId) ?? state);
  }

  function publish(state: RunState, checks: readonly Finding[]): void {
    const folder = face.folders.workspaceOf(state.workspace);
    const all = isShown(state) && folder !== undefined ? [...reviewOf(state), ...checks] : [];
    const pending = new Set(pendingPaths(state));
    const byUri = Map.groupBy(all.slice(0, MOST_OF_A_RUN), ({ path }) =>
      folder === undefined ? "" : face.folders.uriOf({ folder, path }),
    );
    const owner = `run ${state.runId}`;
    for (const uri of shown.get(state.runId) ?? []) if (!byUri.has(uri)) face.findings.set(owner, uri, []);
    for (const [uri, findings] of byUri)
      face.findings.set(
        owner,
        uri,
        findings.map((finding) => diagnosticOf(state, finding, pending.has(finding.path))),
      );
    if (byUri.size === 0) shown.delete(state.runId);
    else shown.set(state.runId, new Set(byUri.keys()));
  }

  function changed(state: RunState, event: RunEvent | undefined): void {
    if (event !== undefined && !CHANGING.has(event.body.type)) return;
    void show(state).catch((error: unknown) => face.connection.console.warn(String(error)));
  }

  const ends: (() => void)[] = [];
  return {
    start() {
      ends.push(
        face.runs.onChange(changed),
        face.runs.onClosed((state) => publish(state, [])),
      );
      for (const state of face.runs.states()) changed(state, undefined);
    },
    stop() {
      for (const end of ends) end();
    },
  };
}

const CHANGING: ReadonlySet<string> = new Set([
  ...["run.reviewed", "run.finished", "changes.ready", "changes.accepted", "changes.discarded", "changes.superseded"],
]);

/** Findings belong to a change that somebody still has to decide about. */
function isShown(state: RunState): boolean {
  return isEnded(state.status) && pendingPaths(state).length > 0;
}

function reviewOf(state: RunState): Finding[] {
  const paths = pendingPaths(state);
  return [
    ...state.findings.map(({ path, severity, message }) => {
      return { path: path ?? paths[0] ?? "", line: undefined, severity, message, source: "review" };
    }),
    ...state.tasks.flatMap(({ proof }) => freshOf(proof)),
  ].filter(({ path }) => path !== "");
}

function freshOf(proof: RunState["tasks"][number]["proof"]): Finding[] {
  const fresh = proof?.diagnostics?.fresh ?? [];
  const source = proof?.diagnostics?.command ?? "check";
  return fresh.map(({ file, line, message }) => ({ path: file, line, severity: "error", message, source }));
}

/** A check that ran again takes the place of what it said before. */
function keepCheck(found: Map<string, Finding[]>, body: RunEvent["body"]): void {
  if (body.type !== "task.checked") return;
  const { taskId, check, findings } = body;
  found.set(
    `${taskId} ${check}`,
    findings
      .filter(({ path }) => path !== "")
      .map(({ path, line, message, severity }) => ({ path, line, message, severity, source: check })),
  );
}

/** The lines of a change that waits are not those of the file as it is. */
function diagnosticOf(state: RunState, { line, severity, message, source }: Finding, isPending: boolean): Diagnostic {
  const start = { line: Math.max(0, (line ?? 1) - 1), character: 0 };
  const where = isPending ? ` (in the change that waits: “${short(state.prompt, 60)}”)` : "";
  return {
    range: { start, end: { line: start.line + 1, character: 0 } },
    severity: SEVERITY[severity],
    source: `Nexus ${short(source, 40)}`,
    code: state.runId,
    message: `${short(message, 1000)}${where}`,
  };
}
