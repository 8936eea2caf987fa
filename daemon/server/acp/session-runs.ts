/** The runs of a session that are shown to its client: those that it began, and those of others that are at work. */
import {
  isEnded,
  type ModelSettingsInput,
  type Question,
  type RunState,
  type RunSummary,
} from "../../../protocol/index.ts";
import type { SessionClient } from "./client.ts";
import type { RunUpdates } from "./run-updates.ts";
import { openRunView, type RunView } from "./run-view.ts";
import type { AcpOptions } from "./settings.ts";

export interface SessionRunsOptions extends Pick<AcpOptions, "link" | "clock"> {
  readonly sessionId: string;
  readonly workspace: string;
  readonly client: SessionClient;
  /** What each run cost so far, in USD. */
  readonly spentUsd: ReadonlyMap<string, number>;
  readonly modelSettings: () => ModelSettingsInput | undefined;
  /** False while a prompt is being answered: then a run that has ended is still wanted. */
  readonly isIdle: () => boolean;
}

export interface Spoken {
  readonly runId: string;
  readonly question: Question;
}

export interface ViewWish {
  readonly tellsAll: boolean;
  readonly from?: RunState;
  readonly updates?: RunUpdates;
}

export interface SessionRuns {
  /** The view that there is, or a new one. */
  view(runId: string, wish: ViewWish): RunView;
  /** The latest that has not ended. */
  active(): RunView | undefined;
  /** Runs that appear meanwhile are looked at when it is known which one is the client's own. */
  begin(start: () => Promise<string>): Promise<RunView>;
  /** The client's own words: they are not told back to it. */
  addOwnPrompt(promptId: string): void;
  /** The first question that the next prompt answers. */
  takeSpoken(): Spoken | undefined;
  readonly spoken: readonly Spoken[];
  /** One listener; the latest counts. */
  onSpoken(listener: () => void): void;
  onState(listener: (state: RunState) => void): void;
  /** Lets go of what has ended. */
  sweep(): void;
  close(): void;
}

const MOST_OWN = 1000;
const MOST_SHOWN = 20;

export function createSessionRuns(options: SessionRunsOptions): SessionRuns {
  const { sessionId, link, isIdle } = options;
  const views = new Map<string, RunView>();
  const ownPrompts = new Set<string>();
  const spentUsd = new Map(options.spentUsd);
  /** Runs that were shown to their end. */
  const shown = new Map<string, RunState>();
  let spoken: Spoken[] = [];
  let onSpoken: () => void = () => undefined;
  let onState: (state: RunState) => void = () => undefined;
  let meanwhile: RunSummary[] | undefined;

  const offChanged = link.on("run/changed", ({ run }) => {
    if (run.sessionId !== sessionId) return;
    if (meanwhile === undefined) notice(run);
    else meanwhile.push(run);
  });

  /** A run of the session that another client began, or that waited in the queue. */
  function notice({ runId, status }: RunSummary): void {
    const from = shown.get(runId);
    if (!views.has(runId) && !isEnded(status)) view(runId, { tellsAll: true, ...(from === undefined ? {} : { from }) });
  }

  function view(runId: string, wish: ViewWish): RunView {
    const known = views.get(runId);
    if (known !== undefined) return known;
    const opened = openRunView({
      ...options,
      runId,
      spentBefore: [...spentUsd].reduce((sum, [other, usd]) => (other === runId ? sum : sum + usd), 0),
      modelSettings: options.modelSettings(),
      isOwnPrompt: (promptId) => ownPrompts.has(promptId),
      onSpoken(question) {
        spoken.push({ runId, question });
        onSpoken();
      },
      onState(state) {
        const open = new Set(state.pendingQuestions?.map(({ questionId }) => questionId));
        spoken = spoken.filter((each) => each.runId !== runId || open.has(each.question.questionId));
        onState(state);
      },
      ...wish,
    });
    views.set(runId, opened);
    opened.ended.then(
      (state) => {
        spentUsd.set(runId, state.budget.spentUsd);
        if (isIdle()) forget(opened);
      },
      () => forget(opened),
    );
    return opened;
  }

  function forget(ended: RunView): void {
    ended.close();
    if (ended.state !== undefined) shown.set(ended.runId, ended.state);
    for (const oldest of shown.keys()) if (shown.size > MOST_SHOWN) shown.delete(oldest);
    if (views.get(ended.runId) === ended) views.delete(ended.runId);
  }

  return {
    view,
    active: () => [...views.values()].findLast(({ state }) => state === undefined || !isEnded(state.status)),
    async begin(start) {
      meanwhile = [];
      try {
        return view(await start(), { tellsAll: false });
      } finally {
        const others = meanwhile ?? [];
        meanwhile = undefined;
        for (const run of others) notice(run);
      }
    },
    addOwnPrompt(promptId) {
      ownPrompts.add(promptId);
      for (const oldest of ownPrompts) if (ownPrompts.size > MOST_OWN) ownPrompts.delete(oldest);
    },
    takeSpoken: () => spoken.shift(),
    get spoken() {
      return spoken;
    },
    onSpoken(listener) {
      onSpoken = listener;
    },
    onState(listener) {
      onState = listener;
    },
    sweep() {
      for (const each of [...views.values()]) if (each.state !== undefined && isEnded(each.state.status)) forget(each);
    },
    close() {
      offChanged();
      for (const each of views.values()) each.close();
      views.clear();
    },
  };
}
