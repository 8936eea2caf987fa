/** A run as an A2A task. Pure. */
import type { RunState } from "../../../../protocol/index.ts";

const STATES: Readonly<Record<RunState["status"], string>> = {
  queued: "SUBMITTED",
  working: "WORKING",
  awaiting_approval: "INPUT_REQUIRED",
  suspended: "WORKING",
  done: "COMPLETED",
  failed: "FAILED",
  denied: "REJECTED",
  cancelled: "CANCELED",
  out_of_budget: "FAILED",
};

/** 0.3 writes states in small letters and tags each thing with its kind. */
export type Dialect = "1.0" | "0.3";

type Json = Record<string, unknown>;

export function taskOf(state: RunState, dialect: Dialect): Json {
  const { runId, sessionId } = state;
  const task = {
    id: runId,
    contextId: sessionId,
    status: statusOf(state, dialect),
    artifacts: artifactsOf(state, dialect),
  };
  return dialect === "0.3" ? { kind: "task", ...task } : task;
}

export function statusUpdateOf(state: RunState, dialect: Dialect, isFinal: boolean): Json {
  const update = { taskId: state.runId, contextId: state.sessionId, status: statusOf(state, dialect) };
  return dialect === "0.3" ? { kind: "status-update", ...update, final: isFinal } : update;
}

export function artifactUpdatesOf(state: RunState, dialect: Dialect): Json[] {
  return artifactsOf(state, dialect).map((artifact) => {
    const update = { taskId: state.runId, contextId: state.sessionId, artifact, append: false, lastChunk: true };
    return dialect === "0.3" ? { kind: "artifact-update", ...update } : update;
  });
}

function stateName(status: RunState["status"], dialect: Dialect): string {
  const name = STATES[status];
  return dialect === "0.3" ? name.toLowerCase().replaceAll("_", "-") : `TASK_STATE_${name}`;
}

function statusOf(state: RunState, dialect: Dialect): Json {
  const { status, error, runId } = state;
  const text = error === null ? undefined : `${error.message} ${error.hint}`;
  const message = text === undefined ? {} : { message: messageOf(`${runId}-status`, text, state, dialect) };
  return { state: stateName(status, dialect), ...message };
}

function messageOf(messageId: string, text: string, { runId, sessionId }: RunState, dialect: Dialect): Json {
  const message = { messageId, taskId: runId, contextId: sessionId, parts: [textPart(text, dialect)] };
  return dialect === "0.3" ? { kind: "message", role: "agent", ...message } : { role: "ROLE_AGENT", ...message };
}

function textPart(text: string, dialect: Dialect): Json {
  return dialect === "0.3" ? { kind: "text", text } : { text, mediaType: "text/plain" };
}

function dataPart(data: Json, dialect: Dialect): Json {
  return dialect === "0.3" ? { kind: "data", data } : { data, mediaType: "application/json" };
}

/** What was answered, and which files would change; the change itself waits for the user. */
function artifactsOf({ answer, changes }: RunState, dialect: Dialect): Json[] {
  const artifacts: Json[] = [];
  if (answer !== null && answer !== "")
    artifacts.push({ artifactId: "answer", name: "answer", parts: [textPart(answer, dialect)] });
  if (changes !== null) {
    const files = changes.changeSet.files.map(({ path, status }) => ({ path, status }));
    artifacts.push({ artifactId: "changes", name: "changes", parts: [dataPart({ files }, dialect)] });
  }
  return artifacts;
}
