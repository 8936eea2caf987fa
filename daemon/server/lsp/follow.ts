/** Starting a run and staying with it: its progress in the client, and cancelling it from there. */
import { randomUUID } from "node:crypto";
import { NexusError } from "../../../protocol/errors.ts";
import { applyRunEvent, isEnded, type Params, type RunEvent, type RunState } from "../../../protocol/index.ts";
import { type CommandCall, type Face, GONE, type Progress } from "./feature.ts";
import { short } from "./subject-text.ts";
import { unsavedTexts } from "./unsaved-texts.ts";

const ATTEMPTS = 3;

/** A daemon that dies before it answers may have made the run: asked again with the same key, the next one makes no second. */
export async function startRun(
  face: Face,
  wish: Pick<Params<"run/start">, "workspace" | "prompt"> & Partial<Params<"run/start">>,
): Promise<{ runId: string; sessionId: string }> {
  const { link } = face;
  const unsaved = unsavedTexts(face, wish.workspace);
  const begin = { headless: false, ...(await face.runDefaults()), ...(unsaved.length === 0 ? {} : { unsaved }) };
  const params = { ...begin, ...wish, idempotencyKey: randomUUID() };
  for (let attempt = 1; ; attempt++) {
    try {
      const { runId, sessionId } = await link.request("run/start", params);
      return { runId, sessionId };
    } catch (error) {
      const isGone = error instanceof NexusError && error.value.code === "daemon.unreachable";
      if (!isGone || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Resolves with the state at the run's end. A client that goes leaves the run as it is; one that cancels ends it. */
export async function followRun(face: Face, runId: string, call: CommandCall): Promise<RunState> {
  const { run } = await face.link.request("run/show", { runId });
  const title = `Nexus: ${short(run.prompt, 60)}`;
  const progress = await face.progress.begin(title, { signal: call.signal, workDoneToken: call.workDoneToken });
  const cancel = () => {
    if (progress.signal.reason !== GONE) face.link.request("run/cancel", { runId }).catch(() => undefined);
  };
  progress.signal.addEventListener("abort", cancel, { once: true });
  if (progress.signal.aborted) cancel();
  try {
    return await ended(face, run, progress);
  } finally {
    progress.signal.removeEventListener("abort", cancel);
    progress.done();
  }
}

function ended(face: Face, from: RunState, progress: Progress): Promise<RunState> {
  const { promise, resolve, reject } = Promise.withResolvers<RunState>();
  let state = from;
  if (isEnded(state.status)) return Promise.resolve(state);
  const end = face.link.watch(
    from.runId,
    from.seq,
    (event) => {
      state = applyRunEvent(state, event);
      const words = stepWords(event, state);
      if (words !== undefined) progress.report(words.text, words.percent);
      if (isEnded(state.status)) resolve(state);
    },
    reject,
  );
  return promise.finally(end);
}

function stepWords({ body }: RunEvent, state: RunState): { text: string; percent?: number } | undefined {
  const done = state.tasks.filter(({ status }) => status !== "waiting" && status !== "working").length;
  const share = state.tasks.length === 0 ? {} : { percent: (100 * done) / state.tasks.length };
  switch (body.type) {
    case "run.entered":
      return { text: body.phase, ...share };
    case "task.started":
      return { text: short(body.title), ...share };
    case "task.finished":
      return { text: `${body.outcome}: ${short(body.summary)}`, ...share };
    case "tool.finished":
      return { text: `${body.tool}: ${short(body.summary)}`, ...share };
    case "approval.requested":
      return { text: `waits for your answer: ${short(body.approval.title)}`, ...share };
    case "question.asked":
      return { text: `asks: ${short(body.question.text)}`, ...share };
    default:
      return undefined;
  }
}
