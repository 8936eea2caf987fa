/** One run panel: carries events from the daemon to the page, and what a person does there to the daemon. */
import { randomUUID } from "node:crypto";
import type * as vscode from "vscode";
import type { NotificationParams } from "../../protocol/messages.ts";
import { isPanelRequest, type PanelRequest } from "../../protocol/panel.ts";
import type { PanelMessage } from "../../protocol/panel-messages.ts";
import type { RunEvent } from "../../protocol/run-events.ts";
import type { RunState } from "../../protocol/run-state.ts";
import { acceptChanges, discardChanges } from "../changes/decide.ts";
import { openChangedFile, openDiff } from "../changes/diff-documents.ts";
import { rewindAccept, rewindTo, undoRewind } from "../changes/rewind.ts";
import { cancelRun, resumeRun } from "../commands/run-control.ts";
import { trustForRun } from "../commands/trust.ts";
import { errorOf } from "../error-of.ts";
import { performAction } from "../messages.ts";
import type { Nexus } from "../nexus.ts";
import { isActive, shortPrompt } from "../runs/run-facts.ts";
import { runModelSettings } from "../settings.ts";
import { DeltaQueue } from "./delta-queue.ts";

const PAGE = 200;
/** As many events as a page holds at a time. */
const MOST_EVENTS = 1000;
const FLUSH_MS = 30;

export class RunPanel {
  readonly #nexus: Nexus;
  readonly #view: vscode.WebviewPanel;
  readonly #disposables: (() => void)[] = [];
  readonly #deltas = new DeltaQueue();
  #runId: string;
  #run: Pick<RunState, "sessionId" | "workspace" | "mode" | "status"> | undefined;
  /** Number of the last event that the page knows; undefined until it was given its run. */
  #lastSeq: number | undefined;
  /** The page has asked for its run. */
  #wantsRun = false;
  #waiting: RunEvent[] = [];
  #flush: NodeJS.Timeout | undefined;
  /** A prompt was queued here: its run takes this panel when it starts. */
  #followsNext = false;

  constructor(nexus: Nexus, view: vscode.WebviewPanel, runId: string) {
    this.#nexus = nexus;
    this.#view = view;
    this.#runId = runId;
    const { daemon, runs } = nexus;
    view.webview.onDidReceiveMessage((message: unknown) => void this.#receive(message));
    this.#disposables.push(
      daemon.on("run/event", ({ event }) => this.#event(event)),
      daemon.on("run/delta", (delta) => this.#delta(delta)),
      daemon.onConnected(() => void this.#connected()),
      daemon.onState((_, error) => this.#connection(error)),
      runs.onChange((change) => {
        const isNext = change?.before === undefined && change?.run.sessionId === this.#run?.sessionId;
        if (this.#followsNext && change !== null && isNext) void this.#show(change.run.runId);
      }),
    );
  }

  get runId(): string {
    return this.#runId;
  }

  get isActive(): boolean {
    return this.#view.active;
  }

  get isVisible(): boolean {
    return this.#view.visible;
  }

  get isEnded(): boolean {
    return this.#run !== undefined && !isActive(this.#run.status);
  }

  reveal(): void {
    this.#view.reveal();
  }

  dispose(): void {
    clearTimeout(this.#flush);
    for (const dispose of this.#disposables) dispose();
    this.#nexus.watches.release(this.#runId, this).catch(() => undefined);
  }

  async #receive(message: unknown): Promise<void> {
    if (!isPanelRequest(message)) return;
    try {
      await this.#handle(message);
      this.#post({ type: "settled", request: message.type, error: null });
    } catch (error) {
      this.#post({ type: "settled", request: message.type, error: errorOf(error) });
    }
  }

  async #handle(request: PanelRequest): Promise<void> {
    const { daemon } = this.#nexus;
    const runId = this.#runId;
    switch (request.type) {
      case "ready":
        this.#wantsRun = true;
        return await this.#load(request.from);
      case "latest":
        return await this.#load(null);
      case "page":
        this.#post({ type: "page", events: await this.#eventsBefore(request.before) });
        return;
      case "answer": {
        const { type: _, ...answer } = request;
        await daemon.request("approval/answer", { runId, ...answer });
        return;
      }
      case "answerQuestion": {
        const { questionId, answer } = request;
        await daemon.request("question/answer", { runId, questionId, answer });
        return;
      }
      case "editPlan": {
        const { type: _, ...edit } = request;
        const idempotencyKey = randomUUID();
        const { problems, warnings } = await daemon.request("plan/edit", { runId, ...edit, idempotencyKey });
        this.#post({ type: "planEdited", problems, warnings });
        return;
      }
      case "controlTask": {
        const { taskId, action } = request;
        await daemon.request(`task/${action}`, { runId, taskId });
        return;
      }
      case "prompt":
        return await this.#prompt(request.text, request.delivery);
      case "cancel":
        return await cancelRun(this.#nexus, runId);
      case "resume":
        return await resumeRun(this.#nexus, runId);
      case "accept":
        return await acceptChanges(this.#nexus, runId, request.paths);
      case "discard":
        return await discardChanges(this.#nexus, runId, request.paths);
      case "rewind":
        return await this.#rewind(request.checkpoint);
      case "undoRewind":
        return await undoRewind(this.#nexus, runId);
      case "rewindAccept":
        return await rewindAccept(this.#nexus, runId);
      case "diff":
        return await this.#diff(request.path);
      case "openDiff":
        return await openDiff(runId, request.path);
      case "openFile":
        return await openChangedFile(this.#run?.workspace, request.path);
      case "openRun":
        this.#nexus.panels.open(request.runId);
        return;
      case "action":
        return await performAction(request.action, runId);
    }
  }

  /** The state, then the events up to it, then every later one: nothing twice, no gap. */
  async #load(from: number | null): Promise<void> {
    const { run } = await this.#nexus.daemon.request("run/show", { runId: this.#runId });
    const first = Math.max(1, run.seq - MOST_EVENTS + 1, Math.min(from ?? run.seq, run.seq - PAGE + 1));
    const events = await this.#eventsBetween(first, run.seq);
    this.#know(run);
    this.#waiting = [];
    this.#lastSeq = run.seq;
    this.#post({ type: "run", run, events });
    this.#connection(null);
    await this.#watch(run.seq);
  }

  /** A page that could not be given its run gets it now; any other goes on where it was. */
  async #connected(): Promise<void> {
    try {
      if (this.#lastSeq !== undefined) await this.#watch(this.#lastSeq);
      else if (this.#wantsRun) await this.#load(null);
    } catch (error) {
      this.#connection(error);
    }
  }

  async #watch(after: number): Promise<void> {
    await this.#nexus.watches.take(this.#runId, this, after);
  }

  async #show(runId: string): Promise<void> {
    await this.#nexus.watches.release(this.#runId, this);
    this.#runId = runId;
    this.#followsNext = false;
    await this.#load(null);
  }

  async #eventsBetween(first: number, last: number): Promise<RunEvent[]> {
    const events: RunEvent[] = [];
    for (let after = first - 1; after < last; ) {
      const limit = Math.min(500, last - after);
      const page = await this.#nexus.daemon.request("run/events", { runId: this.#runId, after, limit });
      if (page.events.length === 0) break;
      events.push(...page.events);
      after += page.events.length;
    }
    return events;
  }

  async #eventsBefore(before: number): Promise<RunEvent[]> {
    return (await this.#nexus.daemon.request("run/events", { runId: this.#runId, before, limit: PAGE })).events;
  }

  async #prompt(text: string, delivery: "steer" | "queue" | "next"): Promise<void> {
    const { daemon, context } = this.#nexus;
    const idempotencyKey = randomUUID();
    if (delivery !== "next") {
      this.#followsNext ||= delivery === "queue";
      await daemon.request("run/prompt", { runId: this.#runId, text, delivery, idempotencyKey });
      return;
    }
    if (this.#run === undefined) return;
    const { workspace, sessionId, mode } = this.#run;
    const model = await runModelSettings(context.secrets);
    const trust = await trustForRun(this.#nexus, workspace);
    if (trust === undefined) return;
    const start = { workspace, prompt: text, sessionId, mode, headless: false, idempotencyKey, ...trust, ...model };
    const { runId } = await daemon.request("run/start", start);
    await this.#show(runId);
  }

  async #rewind(checkpoint: number): Promise<void> {
    const next = await rewindTo(this.#nexus, this.#runId, checkpoint);
    if (next !== undefined) await this.#show(next);
  }

  async #diff(path: string): Promise<void> {
    try {
      const { diff } = await this.#nexus.daemon.request("changes/diff", { runId: this.#runId, path });
      this.#post({ type: "diff", path, diff, error: null });
    } catch (error) {
      this.#post({ type: "diff", path, diff: null, error: errorOf(error) });
    }
  }

  #event(event: RunEvent): void {
    if (event.runId !== this.#runId || this.#lastSeq === undefined || event.seq <= this.#lastSeq) return;
    this.#lastSeq = event.seq;
    this.#waiting.push(event);
    if (event.body.type === "run.finished") this.#status(event.body.status);
    if (event.body.type === "run.started") this.#status("working");
    this.#flush ??= setTimeout(() => this.#send(), FLUSH_MS);
  }

  #delta(delta: NotificationParams<"run/delta">): void {
    if (delta.runId !== this.#runId || this.#lastSeq === undefined || !this.#view.visible) return;
    this.#deltas.add(delta);
    this.#flush ??= setTimeout(() => this.#send(), FLUSH_MS);
  }

  /** Events first: what streams belongs to the newest of them. */
  #send(): void {
    this.#flush = undefined;
    const events = this.#waiting;
    this.#waiting = [];
    if (events.length > 0) this.#post({ type: "events", events });
    for (const delta of this.#deltas.take()) this.#post({ type: "delta", ...delta });
  }

  #know(run: RunState): void {
    this.#run = run;
    this.#view.title = shortPrompt(run.prompt, 40);
  }

  #status(status: RunState["status"]): void {
    if (this.#run !== undefined) this.#run = { ...this.#run, status };
  }

  #connection(error: unknown): void {
    // An idle daemon that ended is started again by the next thing that is asked of it: nothing to worry a person with.
    const state = this.#nexus.daemon.state === "connecting" ? "connecting" : "connected";
    this.#post({ type: "connection", state, error: error === null ? null : errorOf(error) });
  }

  #post(message: PanelMessage): void {
    void this.#view.webview.postMessage(message);
  }
}
