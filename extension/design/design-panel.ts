/** One design panel: carries the view to the page, and what a person decides or writes there to the daemon. */
import type * as vscode from "vscode";
import { type DesignPanelRequest, isDesignPanelRequest } from "../../protocol/design/panel.ts";
import type { DesignPanelMessage } from "../../protocol/design/panel-messages.ts";
import type { DesignSource } from "../../protocol/design/requests.ts";
import { NexusError } from "../../protocol/raised-errors.ts";
import type { RunState } from "../../protocol/run-state.ts";
import { trustForRun } from "../commands/trust.ts";
import { errorOf } from "../error-of.ts";
import { performAction } from "../messages.ts";
import type { Nexus } from "../nexus.ts";
import { changesDesign, watchFolder } from "./changes-of.ts";
import { designFeature } from "./design-feature.ts";
import { exportDesign } from "./export.ts";
import { gateAnswer } from "./gate-answer.ts";
import { openDesignFile } from "./open-file.ts";
import { repairDiagram } from "./repair.ts";

/** Long enough for the files that belong together to be written. */
const MOMENT_MS = 250;

export class DesignPanel {
  readonly #nexus: Nexus;
  readonly #view: vscode.WebviewPanel;
  readonly #source: DesignSource;
  readonly #disposables: (() => void)[] = [];
  /** The page has asked for its view. */
  #wantsView = false;
  #folder = "";
  #reading: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isDisposed = false;

  constructor(nexus: Nexus, view: vscode.WebviewPanel, source: DesignSource) {
    this.#nexus = nexus;
    this.#view = view;
    this.#source = source;
    const { daemon } = nexus;
    const runId = this.#runId;
    const files = watchFolder(source, () => this.#changed());
    view.webview.onDidReceiveMessage((message: unknown) => void this.#receive(message));
    this.#disposables.push(
      () => files.dispose(),
      daemon.on("run/event", ({ event }) => {
        if (event.runId === runId && changesDesign(event)) this.#changed();
      }),
      nexus.runs.onChange((change) => {
        if (change?.run.runId === runId && change?.before?.status !== change?.run.status) this.#changed();
      }),
      daemon.onConnected(() => this.#changed()),
      daemon.onState((_, error) => this.#connection(error)),
    );
  }

  reveal(): void {
    this.#view.reveal();
  }

  dispose(): void {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    for (const dispose of this.#disposables) dispose();
    if (this.#runId !== undefined) this.#nexus.watches.release(this.#runId, this).catch(() => undefined);
  }

  get #runId(): string | undefined {
    return "runId" in this.#source ? this.#source.runId : undefined;
  }

  async #receive(message: unknown): Promise<void> {
    if (!isDesignPanelRequest(message)) return;
    try {
      await this.#handle(message);
      this.#post({ type: "settled", request: message.type, error: null });
    } catch (error) {
      this.#post({ type: "settled", request: message.type, error: errorOf(error) });
    }
  }

  async #handle(request: DesignPanelRequest): Promise<void> {
    const source = this.#source;
    switch (request.type) {
      case "ready":
        this.#wantsView = true;
        return await this.#load();
      case "refresh":
        return await this.#load();
      case "save":
        return await this.#save(request);
      case "decide":
        return await this.#decide(request);
      case "repair":
        return await this.#repair(request);
      case "open":
        return await openDesignFile(this.#nexus, source, this.#folder, request.path);
      case "picture":
        return await this.#picture(request);
      case "export":
        return await exportDesign(this.#nexus, source, request.format, request.drawings);
      case "openRun":
        if (this.#runId !== undefined) this.#nexus.panels.open(this.#runId);
        return;
      case "design":
        return await designFeature(this.#nexus, undefined);
      case "action":
        return await performAction(request.action, this.#runId);
    }
  }

  /** One reading at a time; what comes meanwhile waits for the next. */
  #load(): Promise<void> {
    const reading = (this.#reading ?? Promise.resolve()).catch(() => undefined).then(() => this.#read());
    this.#reading = reading;
    return reading;
  }

  async #read(): Promise<void> {
    const { daemon, watches } = this.#nexus;
    const run = this.#runId === undefined ? undefined : (await daemon.request("run/show", { runId: this.#runId })).run;
    if (this.#isDisposed) return;
    // Before the view is read, so that what happens while it is read is told.
    if (run !== undefined) await watches.join(run.runId, this, run.seq);
    const { view } = await daemon.request("design/read", { source: this.#source });
    if (this.#isDisposed) return;
    this.#folder = view.folder;
    this.#view.title = `Design: ${view.project === "" ? "project" : view.project.slice(0, 40)}`;
    this.#post({ type: "view", view, run: run === undefined ? null : runFacts(run) });
    this.#connection(null);
  }

  #changed(): void {
    if (!this.#wantsView || this.#isDisposed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#load().catch((error) => this.#connection(error));
    }, MOMENT_MS);
  }

  async #save({ path, hash, text }: Extract<DesignPanelRequest, { type: "save" }>): Promise<void> {
    // A document is written only into a folder that the person trusts; who writes here is asked where that is not known.
    if ("workspace" in this.#source && (await trustForRun(this.#nexus, this.#source.workspace)) === undefined) return;
    try {
      const saved = await this.#nexus.daemon.request("design/save", { source: this.#source, path, hash, text });
      this.#post({ type: "saved", path, ...saved });
      await this.#load();
    } catch (error) {
      // The page keeps the person's text, and shows it beside what is there now.
      if (error instanceof NexusError && error.value.code === "edit.stale") await this.#load();
      throw error;
    }
  }

  async #decide(
    request: Pick<Extract<DesignPanelRequest, { type: "decide" }>, "questionId" | "decision" | "remarks">,
  ): Promise<void> {
    const runId = this.#runId;
    if (runId === undefined) return;
    const { daemon } = this.#nexus;
    const { questionId, decision, remarks } = request;
    const { run } = await daemon.request("run/show", { runId });
    const question = run.pendingQuestions?.find((pending) => pending.questionId === questionId);
    const answer = gateAnswer(question ?? { choices: [] }, decision, remarks);
    await daemon.request("question/answer", { runId, questionId, answer });
  }

  /** Where the document waits for a decision it goes back with the error as remarks; else somebody else repairs it. */
  async #repair(request: Extract<DesignPanelRequest, { type: "repair" }>): Promise<void> {
    const { view } = await this.#nexus.daemon.request("design/read", { source: this.#source });
    const questionId = view.documents.find(({ path }) => path === request.path)?.questionId ?? null;
    const remarks = `${request.problem} Write it anew so that it can be drawn, and change nothing else.`;
    if (questionId !== null) await this.#decide({ questionId, decision: "send_back", remarks });
    else await repairDiagram(this.#nexus, this.#source, { ...request, folder: this.#folder });
  }

  async #picture({ artifact, path }: Extract<DesignPanelRequest, { type: "picture" }>): Promise<void> {
    const key = artifact ?? path ?? "";
    const which = { ...(artifact === null ? {} : { artifact }), ...(path === null ? {} : { path }) };
    try {
      const { png } = await this.#nexus.daemon.request("design/picture", { source: this.#source, ...which });
      this.#post({ type: "picture", key, png, error: null });
    } catch (error) {
      this.#post({ type: "picture", key, png: null, error: errorOf(error) });
    }
  }

  #connection(error: unknown): void {
    const state = this.#nexus.daemon.state === "connecting" ? "connecting" : "connected";
    this.#post({ type: "connection", state, error: error === null ? null : errorOf(error) });
  }

  #post(message: DesignPanelMessage): void {
    if (!this.#isDisposed) void this.#view.webview.postMessage(message);
  }
}

function runFacts({ runId, prompt, status }: RunState): { runId: string; prompt: string; status: RunState["status"] } {
  return { runId, prompt, status };
}
