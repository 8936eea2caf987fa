/** The commands for runs: nexus.run, ask, plan, cancel, resume, accept, discard, showRun, answer; and nexus.index. */
import * as z from "zod/mini";
import { isEnded, pendingPaths, type RunState, SessionMode } from "../../../protocol/index.ts";
import { acceptChanges } from "./accept.ts";
import { askPerson } from "./asking.ts";
import { wordsOf } from "./errors.ts";
import type { CommandCall, CommandHandler, Face, Feature } from "./feature.ts";
import { followRun, startRun } from "./follow.ts";
import { counted } from "./hover.ts";
import { type FilePatch, runReport } from "./run-report.ts";
import { short } from "./subject-text.ts";
import { isActive, targetFolder, targetRun } from "./target.ts";
import { parsed } from "./words.ts";

const Goal = z.string().check(z.minLength(1), z.maxLength(100_000));
const Wish = z.object({
  goal: Goal,
  /** A path or URI in one of the client's folders. */
  folder: z.optional(z.string()),
  mode: z.optional(SessionMode),
  budgetUsd: z.optional(z.number().check(z.gte(0))),
  sessionId: z.optional(z.string()),
});
const Paths = z.optional(z.nullable(z.array(z.string()).check(z.maxLength(10_000))));
const Text = z.string().check(z.minLength(1), z.maxLength(10_000));
const IndexWish = z.optional(z.object({ rebuild: z.optional(z.boolean()) }));
const MOST_PATCHES = 30;

export function createRunCommands(face: Face): Feature {
  /** With a token of the client's own the answer comes at the run's end, else at once. */
  function starting(mode: SessionMode | undefined): CommandHandler {
    return async (words, call) => {
      const wish = wishOf(words);
      const { runId, sessionId } = await startRun(face, {
        workspace: targetFolder(face, wish.folder),
        prompt: wish.goal,
        ...modeOf(mode ?? wish.mode),
        ...(wish.budgetUsd === undefined ? {} : { budgetUsd: wish.budgetUsd }),
        ...(wish.sessionId === undefined ? {} : { sessionId: wish.sessionId }),
      });
      return attended(runId, sessionId, call);
    };
  }

  async function attended(runId: string, sessionId: string, call: CommandCall) {
    if (call.workDoneToken !== undefined) return outcomeOf(await toTheEnd(runId, call));
    // The request is answered before the run ends, so cancelling it means nothing any more; the progress is cancelled instead.
    const own = { signal: new AbortController().signal, workDoneToken: undefined };
    toTheEnd(runId, own).catch((error: unknown) => face.say("error", wordsOf(error)));
    return { runId, sessionId };
  }

  async function toTheEnd(runId: string, call: CommandCall): Promise<RunState> {
    const state = await followRun(face, runId, call);
    void tellEnd(state).catch((error: unknown) => face.say("error", wordsOf(error)));
    return state;
  }

  /** What is decided here is decided by the person's click. */
  async function tellEnd(state: RunState): Promise<void> {
    const pending = pendingPaths(state);
    const what = state.error === null ? (state.answer ?? state.summary) : `${state.error.message} ${state.error.hint}`;
    const files = pending.length === 0 ? "" : `\n${counted(pending.length, "file")} changed; nothing is written yet.`;
    const text = `Nexus: “${short(state.prompt)}” is ${state.status.replaceAll("_", " ")}. ${short(what, face.reports.canShow ? 400 : 4000)}${files}`;
    const buttons = [...(face.reports.canShow ? ["Show"] : []), ...(pending.length > 0 ? ["Accept", "Discard"] : [])];
    const chosen = await askPerson(face, text, buttons, { level: state.status === "done" ? "info" : "warning" });
    if (chosen === "Show") await show(state);
    else if (chosen === "Accept") await accept(state, undefined);
    else if (chosen === "Discard") await face.link.request("changes/discard", { runId: state.runId });
  }

  async function show(state: RunState) {
    const files = state.changes?.changeSet.files.filter(({ binary }) => !binary).slice(0, MOST_PATCHES) ?? [];
    const patches = await Promise.all(files.map(async ({ path }) => patchOf(state.runId, path)));
    const text = runReport(
      state,
      patches.filter((patch) => patch !== undefined),
    );
    const { uri, shown } = await face.reports.open(`run-${state.runId}`, text, "markdown");
    if (!shown) face.say("info", `The report of the run is in ${uri}.`);
    return { runId: state.runId, status: state.status, uri };
  }

  async function patchOf(runId: string, path: string): Promise<FilePatch | undefined> {
    const answer = await face.link.request("changes/diff", { runId, path }).catch(() => undefined);
    return answer === undefined ? undefined : { path, patch: answer.diff.patch, truncated: answer.diff.truncated };
  }

  async function accept(state: RunState, paths: readonly string[] | undefined) {
    const outcome = await acceptChanges(face, state, paths);
    const listed = outcome.conflicts.map(({ path, reason }) => `${path}: ${reason}`).join("\n");
    const done =
      outcome.accepted.length === 0 ? "Nothing was accepted" : `${counted(outcome.accepted.length, "file")} accepted`;
    if (outcome.conflicts.length > 0) face.say("error", `${done}.\n${listed}`);
    else face.say("info", `${done}.`);
    return outcome;
  }

  const commands: Record<string, CommandHandler> = {
    "nexus.run": starting(undefined),
    "nexus.ask": starting("ask"),
    "nexus.plan": starting("plan"),
    async "nexus.cancel"([word]) {
      const { runId } = await targetRun(face, word, isActive);
      await face.link.request("run/cancel", { runId });
      return { runId };
    },
    async "nexus.resume"([word], call) {
      const { runId, sessionId } = await targetRun(face, word, ({ status }) => isEnded(status) && status !== "done");
      const { modelSettings } = await face.runDefaults();
      await face.link.request("run/resume", { runId, ...(modelSettings === undefined ? {} : { modelSettings }) });
      return attended(runId, sessionId, call);
    },
    async "nexus.accept"([word, paths]) {
      const wanted = parsed(Paths, paths, "nexus.accept needs [run, [path, …]]") ?? undefined;
      return accept(await targetRun(face, word, hasChange), wanted);
    },
    async "nexus.discard"([word, paths]) {
      const wanted = parsed(Paths, paths, "nexus.discard needs [run, [path, …]]") ?? undefined;
      const { runId } = await targetRun(face, word, hasChange);
      const answer = await face.link.request("changes/discard", {
        runId,
        ...(wanted === undefined ? {} : { paths: wanted }),
      });
      face.say("info", `${counted(answer.discarded.length, "file")} given up; nothing of yours was touched.`);
      return answer;
    },
    async "nexus.showRun"([word]) {
      const state = await targetRun(face, word, () => true);
      return show(face.runs.get(state.runId) ?? state);
    },
    async "nexus.answer"([run, question, answer]) {
      const needs = "nexus.answer needs [run, question, words]";
      const params = { runId: parsed(Text, run, needs), questionId: parsed(Text, question, needs) };
      return face.link.request("question/answer", { ...params, answer: parsed(Text, answer, needs) });
    },
    async "nexus.index"([word, options], { signal, workDoneToken }) {
      const { rebuild = false } =
        parsed(IndexWish, options ?? undefined, "nexus.index needs [folder, {rebuild}]") ?? {};
      const folder = targetFolder(face, word);
      await face.index.read(folder, { signal, workDoneToken, rebuild });
      return { folder };
    },
  };
  return { commands };
}

/** ["the goal"], ["the goal", "folder or URI"] or [{goal, folder, mode, budgetUsd, sessionId}]. */
function wishOf([first, second]: readonly unknown[]): z.output<typeof Wish> {
  const needs = 'It needs the goal in words: ["Add a test for …"], or [{"goal": "…", "folder": "…"}]';
  if (typeof first !== "string") return parsed(Wish, first, needs);
  return parsed(Wish, { goal: first, ...(second === undefined || second === null ? {} : { folder: second }) }, needs);
}

function modeOf(mode: SessionMode | undefined): { mode?: SessionMode } {
  return mode === undefined ? {} : { mode };
}

function hasChange(state: RunState): boolean {
  return pendingPaths(state).length > 0;
}

function outcomeOf(state: RunState) {
  const { runId, sessionId, status, summary, answer } = state;
  return { runId, sessionId, status, summary, answer, pendingFiles: pendingPaths(state) };
}
