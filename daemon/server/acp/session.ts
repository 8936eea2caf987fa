/** One session of a connection: its prompts one after the other, and the runs of it that are at work, whoever began them. */
import type { ContentBlock, PromptResponse, SessionUpdate, StopReason } from "@agentclientprotocol/sdk";
import {
  type EndStatus,
  isEnded,
  NexusError,
  type Params,
  pendingPaths,
  type RunState,
  type SessionMode,
  type SessionSummary,
} from "../../../protocol/index.ts";
import { offerChanges } from "./accept.ts";
import { carryOut, resumableRun } from "./actions.ts";
import type { SessionClient } from "./client.ts";
import { type Typed, typedPrompt } from "./commands.ts";
import { type PromptContent, promptContent, withUnsaved } from "./content.ts";
import { errorOf, invalidParams } from "./errors.ts";
import { insist } from "./insist.ts";
import { configOptions } from "./options.ts";
import { spokenAnswer } from "./question.ts";
import { messageChunk, type RunUpdates } from "./run-updates.ts";
import type { RunView } from "./run-view.ts";
import { createSessionRuns, type Spoken } from "./session-runs.ts";
import type { AcpOptions, AcpSettings } from "./settings.ts";
import { askTrust } from "./trust.ts";

export interface OpenSession {
  readonly summary: SessionSummary;
  /** That can be chosen for it. */
  readonly models: readonly string[];
  /** One at a time; one that comes while a run is at work is told to that run. Resolves at the run's end. */
  prompt(blocks: readonly ContentBlock[], signal: AbortSignal): Promise<PromptResponse>;
  /** Ends what the present prompt began. */
  cancel(): void;
  set(change: Omit<Params<"session/update">, "sessionId">): Promise<SessionSummary>;
  /** Resolves when no prompt is being answered. */
  idle(): Promise<void>;
  /** Shows a run that is at work; `updates`: what of it the client was told already. */
  follow(runId: string, known: { readonly state: RunState; readonly updates?: RunUpdates }): void;
  close(): void;
}

export interface SessionOptions extends AcpOptions {
  readonly own: AcpSettings;
  readonly session: SessionSummary;
  readonly client: SessionClient;
  /** What is told before the first answer. */
  readonly notes: readonly string[];
  /** What each of its runs cost so far, in USD. */
  readonly spentUsd: ReadonlyMap<string, number>;
}

interface Turn {
  readonly stop: AbortController;
  readonly done: Promise<PromptResponse>;
}

const MOST_PROMPT = 100_000;

export function openSession(options: SessionOptions): OpenSession {
  const { link, client, newKey } = options;
  const { sessionId, workspace } = options.session;
  const place = { sessionId, client, link };
  const closed = new AbortController();
  let summary = options.session;
  let own = options.own;
  let notes = options.notes;
  /** Of the prompts that are being answered. */
  const stops = new Set<AbortController>();
  let turn: Turn | undefined;
  let isTrustAsked = false;
  const runs = createSessionRuns({
    ...options,
    ...{ sessionId, workspace, client, modelSettings },
    isIdle: () => turn === undefined,
  });

  function modelSettings() {
    const { model } = summary.settings;
    const { modelSettings: usual } = own;
    // Another model has another price, and it is looked up.
    const isUsual = usual === undefined || model === undefined || model === usual.model;
    return isUsual ? usual : { ...usual, model, price: null };
  }

  async function prompt(blocks: readonly ContentBlock[], signal: AbortSignal): Promise<PromptResponse> {
    const stop = new AbortController();
    const onAbort = () => stop.abort();
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    stops.add(stop);
    try {
      return await inTurn(blocks, stop);
    } finally {
      signal.removeEventListener("abort", onAbort);
      stops.delete(stop);
      if (turn === undefined) runs.sweep();
    }
  }

  async function inTurn(blocks: readonly ContentBlock[], stop: AbortController): Promise<PromptResponse> {
    let said = await content(blocks);
    const typed = typedPrompt(said.text);
    if (typed.kind === "incomplete") return tellEnd(`Write what you want behind it: ${typed.usage}`);
    if (typed.kind === "action" && typed.name !== "resume") return tellEnd(await carryOut(typed.name, place));
    while (turn !== undefined) {
      const present = turn;
      if (!present.stop.signal.aborted && (await steered(said))) return along(present, stop.signal);
      await present.done.catch(() => undefined);
      said = await content(blocks);
    }
    const mine = {
      stop,
      done: stop.signal.aborted ? Promise.resolve(ENDED.cancelled) : begin(said, typed, stop.signal),
    };
    turn = mine;
    try {
      return await mine.done;
    } finally {
      turn = undefined;
    }
  }

  /** A prompt that was told to a run at work ends with it, and cancelling it cancels the run. */
  async function along(present: Turn, stop: AbortSignal): Promise<PromptResponse> {
    const onStop = () => present.stop.abort();
    if (stop.aborted) onStop();
    stop.addEventListener("abort", onStop, { once: true });
    return present.done;
  }

  /** True when a run at work was told it. */
  async function steered(said: PromptContent): Promise<boolean> {
    const active = runs.active();
    return active !== undefined && steer(active.runId, said);
  }

  async function content(blocks: readonly ContentBlock[]): Promise<PromptContent> {
    const { directories = [] } = summary.settings;
    return promptContent(blocks, { sessionId, workspace, directories }, client);
  }

  async function begin(said: PromptContent, typed: Typed, stop: AbortSignal): Promise<PromptResponse> {
    await client.tell(notes.map((note, index) => messageChunk(`${sessionId}/note/${index}`, `${note}\n\n`)));
    notes = [];
    const question = runs.takeSpoken();
    if (question !== undefined && (await answer(question, said.text)))
      return stay(runs.view(question.runId, { tellsAll: false }), stop);
    const active = runs.active();
    if (active !== undefined && (await steer(active.runId, said))) return stay(active, stop);
    return typed.kind === "run" ? start({ ...said, text: typed.text }, typed.mode, stop) : resume(stop);
  }

  async function tellEnd(text: string): Promise<PromptResponse> {
    await client.tell([messageChunk(`${sessionId}/${newKey()}`, `${text}\n`)]);
    return ENDED.done;
  }

  /** False when somebody has answered meanwhile, or the run has ended. */
  async function answer({ runId, question }: Spoken, typed: string): Promise<boolean> {
    const { questionId } = question;
    try {
      await insist(() => link.request("question/answer", { runId, questionId, answer: spokenAnswer(question, typed) }));
      return true;
    } catch (error) {
      if (error instanceof NexusError && error.value.code === "question.unknown") return false;
      throw error;
    }
  }

  /** False when the run has ended meanwhile. */
  async function steer(runId: string, said: PromptContent): Promise<boolean> {
    if (said.images.length > 0) throw invalidParams("A run at work takes no pictures: send them when it has ended.");
    const text = withUnsaved(said).slice(0, MOST_PROMPT);
    const idempotencyKey = newKey();
    runs.addOwnPrompt(idempotencyKey);
    try {
      await insist(() => link.request("run/prompt", { runId, text, delivery: "steer", idempotencyKey }));
      return true;
    } catch (error) {
      if (error instanceof NexusError && error.value.code === "run.ended") return false;
      throw error;
    }
  }

  async function start(said: PromptContent, mode: SessionMode | undefined, stop: AbortSignal): Promise<PromptResponse> {
    if (said.text.length > MOST_PROMPT) throw invalidParams(`A prompt has at most ${MOST_PROMPT} characters.`);
    await refresh();
    if (!isTrustAsked) await askTrust({ sessionId, workspace, client, link }, stop);
    isTrustAsked = true;
    if (stop.aborted) return ENDED.cancelled;
    return stay(await started(said, mode), stop);
  }

  async function started({ text, unsaved, images }: PromptContent, mode: SessionMode | undefined): Promise<RunView> {
    const { changes, budgetUsd = own.budgetUsd } = summary.settings;
    const model = modelSettings();
    const params: Params<"run/start"> = {
      ...{ workspace, sessionId, prompt: text, headless: false, idempotencyKey: newKey() },
      mode: mode ?? summary.settings.mode,
      autoApply: changes === "accept",
      ...(budgetUsd === undefined ? {} : { budgetUsd }),
      ...(unsaved.length === 0 ? {} : { unsaved: [...unsaved] }),
      ...(images.length === 0 ? {} : { images: [...images] }),
      ...(model === undefined ? {} : { modelSettings: model }),
    };
    return runs.begin(async () => (await insist(() => link.request("run/start", params))).runId);
  }

  async function resume(stop: AbortSignal): Promise<PromptResponse> {
    const { runId } = await resumableRun(place);
    const { run } = await link.request("run/show", { runId });
    const model = modelSettings();
    await link.request("run/resume", { runId, ...(model === undefined ? {} : { modelSettings: model }) });
    return stay(runs.view(runId, { tellsAll: false, from: run }), stop);
  }

  /** Until the run has ended, or asks something that only the next prompt can answer. */
  async function stay(followed: RunView, stop: AbortSignal): Promise<PromptResponse> {
    const { runId } = followed;
    const failed = Promise.withResolvers<never>();
    failed.promise.catch(() => undefined);
    const onStop = () => {
      if (!closed.signal.aborted) insist(() => link.request("run/cancel", { runId })).catch(failed.reject);
    };
    if (stop.aborted) onStop();
    stop.addEventListener("abort", onStop, { once: true });
    const asks = new Promise<undefined>((resolve) => {
      runs.onSpoken(() => resolve(undefined));
      if (runs.spoken.length > 0) resolve(undefined);
    });
    const gone = new Promise<"gone">((resolve) =>
      closed.signal.addEventListener("abort", () => resolve("gone"), { once: true }),
    );
    const state = await Promise.race([followed.ended, asks, failed.promise, gone]);
    stop.removeEventListener("abort", onStop);
    if (state === "gone") return ENDED.cancelled;
    return state === undefined ? ENDED.done : conclude(state, stop);
  }

  async function conclude(state: RunState, stop: AbortSignal): Promise<PromptResponse> {
    if (pendingPaths(state).length > 0 && !stop.aborted && state.status === "done") await decide(state, stop);
    await tellTitle();
    if (state.status === "failed" && state.error !== null) throw errorOf(state.error);
    return isEnded(state.status) ? ENDED[state.status] : ENDED.done;
  }

  async function decide(state: RunState, stop: AbortSignal): Promise<void> {
    const { changes = "ask" } = summary.settings;
    if (changes !== "ask") {
      return client.tell([messageChunk(`${state.runId}/waits`, `\n${WAITS}`)]);
    }
    const elsewhere = new AbortController();
    runs.onState((now) => {
      if (now.runId === state.runId && pendingPaths(now).length === 0) elsewhere.abort();
    });
    try {
      const signal = AbortSignal.any([stop, elsewhere.signal, closed.signal]);
      if ((await offerChanges(place, state, signal)) === "always") await set({ settings: { changes: "accept" } });
    } catch (error) {
      if (closed.signal.aborted) return;
      // A client that shows no such question, or a folder that cannot be written.
      const why = error instanceof NexusError ? `${error.value.message} ${error.value.hint}\n` : "";
      await client.tell([messageChunk(`${state.runId}/waits`, `\n${why}${WAITS}`)]);
    }
  }

  /** What another client has set meanwhile counts. */
  async function refresh(): Promise<void> {
    own = await options.settings();
    const { session } = await insist(() => link.request("session/show", { sessionId }));
    await changed(session);
  }

  async function set(change: Omit<Params<"session/update">, "sessionId">): Promise<SessionSummary> {
    const { session } = await insist(() => link.request("session/update", { sessionId, ...change }));
    await changed(session);
    return session;
  }

  async function changed(session: SessionSummary): Promise<void> {
    const before = summary.settings;
    summary = session;
    const { settings } = session;
    const updates: SessionUpdate[] = [
      ...(before.mode === settings.mode
        ? []
        : [{ sessionUpdate: "current_mode_update" as const, currentModeId: settings.mode }]),
      ...(JSON.stringify(before) === JSON.stringify(settings)
        ? []
        : [{ sessionUpdate: "config_option_update" as const, configOptions: configOptions(settings, own.models) }]),
    ];
    await client.tell(updates);
  }

  async function tellTitle(): Promise<void> {
    try {
      const { session } = await link.request("session/show", { sessionId });
      const { title, updatedAt } = session;
      await client.tell([{ sessionUpdate: "session_info_update", title, updatedAt }]);
    } catch (error) {
      // Somebody deleted it: what was asked in it is answered all the same.
      if (!(error instanceof NexusError)) throw error;
    }
  }

  return {
    get summary() {
      return summary;
    },
    get models() {
      return own.models;
    },
    prompt,
    cancel() {
      for (const stop of stops) stop.abort();
      if (stops.size === 0)
        for (const { runId } of runs.spoken) link.request("run/cancel", { runId }).catch(() => undefined);
    },
    set,
    async idle() {
      await turn?.done.catch(() => undefined);
    },
    follow(runId, { state, updates }) {
      runs.view(runId, { tellsAll: true, from: state, ...(updates === undefined ? {} : { updates }) });
    },
    close() {
      closed.abort();
      runs.close();
    },
  };
}

const WAITS = "The change waits: /diff shows it, /accept writes it, /discard gives it up.\n";

const ENDED: Record<EndStatus, { readonly stopReason: StopReason }> = {
  done: { stopReason: "end_turn" },
  failed: { stopReason: "end_turn" },
  denied: { stopReason: "end_turn" },
  cancelled: { stopReason: "cancelled" },
  out_of_budget: { stopReason: "max_turn_requests" },
};
