/**
 * How a feature plugs into the LSP face. A feature is a function of the face that says what it offers; the face negotiates
 * it with the client, routes requests to it and turns what it throws into the protocol's own errors.
 */
import type {
  ClientCapabilities,
  Connection,
  Diagnostic,
  Position,
  Range,
  ServerCapabilities,
} from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type * as z from "zod/mini";
import type { Params, RunEvent, RunState } from "../../../protocol/index.ts";
import type { Clock } from "../../host/clock.ts";
import type { DaemonLink } from "../link.ts";
import type { Choices } from "./choices.ts";

/** One request that a feature answers. */
export interface RequestHandler {
  readonly method: string;
  /** Parameters that do not fit are answered with InvalidParams and never reach `answer`. */
  answer(params: unknown, call: Call): Promise<unknown>;
}

/** The reason with which signals abort when the client has ended the session or is gone: what it began goes on without it. */
export const GONE = new Error("the client is gone");

export interface Call {
  /** Aborts when the client cancels the request, and (with the reason GONE) when it is gone. */
  readonly signal: AbortSignal;
}

/** What is announced to the client: in the answer to initialize, or registered afterwards where the client can do that. */
export interface Offer {
  /** Such as "textDocument/codeAction". */
  readonly method: string;
  /** Its name among the server's capabilities, such as "codeActionProvider". */
  readonly capability: keyof ServerCapabilities;
  /** The options of the capability; the face adds the document selector to a dynamic registration. */
  readonly options: object;
}

/** Carries out one command of workspace/executeCommand. What it answers with is the request's result. */
export type CommandHandler = (words: readonly unknown[], call: CommandCall) => Promise<unknown>;

export interface CommandCall extends Call {
  /** Of the client's own progress, where it wants to be told. */
  readonly workDoneToken: string | number | undefined;
}

export interface Feature {
  readonly offers?: readonly Offer[];
  readonly requests?: readonly RequestHandler[];
  /** By name: "nexus.fix". */
  readonly commands?: Readonly<Record<string, CommandHandler>>;
  /** Called once, after the client said that it is initialized. */
  start?(): void;
  /** Called once, when the client has shut the face down or is gone. */
  stop?(): void;
}

/** Makes a feature; called when the client's capabilities are known. */
export type CreateFeature = (face: Face) => Feature;

export interface Face {
  /** For notifications and requests to the client; requests from it are answered through `requests`. */
  readonly connection: Connection;
  readonly client: LspClient;
  readonly link: DaemonLink;
  readonly documents: Documents;
  readonly folders: Folders;
  readonly positions: Positions;
  readonly progress: Progresses;
  readonly findings: Findings;
  /** Of initializationOptions. */
  readonly choices: Choices;
  readonly unsaved: Unsaved;
  readonly index: FolderIndex;
  readonly runs: RunTracker;
  readonly reports: Reports;
  readonly clock: Pick<Clock, "timer" | "monotonic" | "iso">;
  /** What a run that is started here is started with: the model and the budget of the face's own environment. */
  runDefaults(): Promise<RunDefaults>;
  /** window/showMessage. With `once` the same text is shown one time only. */
  say(level: "error" | "warning" | "info", text: string, options?: { readonly once?: boolean }): void;
}

export type RunDefaults = Pick<Params<"run/start">, "modelSettings" | "budgetUsd">;

export interface LspClient {
  /** "Neovim 0.7.2"; "an editor" when it does not say. */
  readonly title: string;
  readonly capabilities: ClientCapabilities;
  /** `initializationOptions`, as sent: unknown until it is checked. */
  readonly options: unknown;
}

export interface Documents {
  /** The open document, as the editor has it. */
  get(uri: string): TextDocument | undefined;
  all(): Iterable<TextDocument>;
  /** True when the editor's text is not what was last opened or saved. */
  isChanged(uri: string): boolean;
  markChanged(uri: string): void;
  /** The open document, or the file as it is on disk (version 0); undefined when there is none, or above 2 MB. */
  read(uri: string): Promise<TextDocument | undefined>;
  onChange(listener: (document: TextDocument) => void): () => void;
  onOpen(listener: (document: TextDocument) => void): () => void;
  onSave(listener: (document: TextDocument) => void): () => void;
  onClose(listener: (uri: string) => void): () => void;
}

/** Diagnostics; a document shows those of all owners. */
export interface Findings {
  /** In place of what the owner (a feature, a run) said of the document before. */
  set(owner: string, uri: string, diagnostics: readonly Diagnostic[]): void;
  of(uri: string): readonly Diagnostic[];
}

export interface Reports {
  /** The client can open a document when it is asked to. */
  readonly canShow: boolean;
  /**
   * Writes the text as a file of this name in the data folder, and has the client show it where it can. What a person decides
   * by is "plain": a preview of Markdown could hide or dress up parts of it.
   */
  open(
    name: string,
    text: string,
    kind: "markdown" | "plain",
  ): Promise<{ readonly uri: string; readonly shown: boolean }>;
}

/** Where a document is in the client's workspace. */
export interface Place {
  /** Absolute path of the folder: what the daemon calls the workspace. */
  readonly folder: string;
  /** Relative to it, with `/`. */
  readonly path: string;
}

export interface Folders {
  /** Absolute paths, in the client's order. */
  all(): readonly string[];
  /** The folder with this path or real path: what the daemon calls the workspace of a run. */
  workspaceOf(path: string): string | undefined;
  /** The innermost folder that holds it; undefined for what is no file, or in no folder. */
  placeOf(uri: string): Place | undefined;
  uriOf(place: Place): string;
  /** What runs call the folder: its path with every link resolved. */
  realPathOf(folder: string): string;
  onChange(listener: () => void): () => void;
}

/**
 * Positions as the client counts them (UTF-8 or UTF-16 code units), and offsets of JavaScript strings. A position after the
 * end of a line or text counts as that end; one inside a character counts as its beginning.
 */
export interface Positions {
  readonly encoding: "utf-8" | "utf-16";
  offsetAt(document: TextDocument, position: Position): number;
  positionAt(document: TextDocument, offset: number): Position;
  textIn(document: TextDocument, range: Range): string;
  /** `start` and `end` are offsets. */
  rangeOf(document: TextDocument, start: number, end: number): Range;
}

export interface Progress {
  /** Aborts when the person cancels the progress, and when the signal that it was begun with aborts. */
  readonly signal: AbortSignal;
  /** `percent`: 0 to 100. */
  report(message: string, percent?: number): void;
  /** May be called more than once. */
  done(message?: string): void;
}

export interface Progresses {
  /** Told to the client over its own token, over one that is created with it, or not at all when it cannot show any. */
  begin(title: string, options: ProgressOptions): Promise<Progress>;
}

export interface ProgressOptions {
  readonly signal: AbortSignal;
  readonly workDoneToken?: string | number | undefined;
  readonly message?: string;
}

export interface Unsaved {
  /** Resolves when the daemon knows the document's text, or cannot be told. */
  told(uri: string): Promise<void>;
  /** The same, told once more where it was not heard: false where the unsaved text is none, too long, or was not heard again. */
  isKnown(uri: string): Promise<boolean>;
  /** The daemon may not know any more what it was told of this folder's files. */
  tellAgain(folder?: string): void;
  stop(): void;
}

export interface FolderIndex {
  /** False at once where the folder's code is not known yet: it is being read, where that may be begun by itself. */
  isReady(folder: string): Promise<boolean>;
  /** Reads it, told as progress; resolves when it is known. */
  read(folder: string, options: IndexOptions): Promise<void>;
  onReady(listener: (folder: string) => void): void;
}

export interface RunTracker {
  /** Active ones, and ended ones whose change waits for a decision; the newest first. */
  states(): readonly RunState[];
  get(runId: string): RunState | undefined;
  /** `event` is left out where the state was asked for as a whole. */
  onChange(listener: (state: RunState, event: RunEvent | undefined) => void): () => void;
  /** The run's folder was closed in the editor: nothing is told of it any more, unless it is opened again. */
  onClosed(listener: (state: RunState) => void): () => void;
  start(): void;
  stop(): void;
}

export interface IndexOptions {
  readonly signal: AbortSignal;
  readonly rebuild?: boolean;
  readonly workDoneToken?: string | number | undefined;
}

/** A handler whose parameters are checked: `request("textDocument/hover", HoverParams, async (params, call) => …)`. */
export function request<Schema extends z.ZodMiniType>(
  method: string,
  schema: Schema,
  answer: (params: z.output<Schema>, call: Call) => Promise<unknown>,
): RequestHandler {
  return { method, answer: async (params, call) => answer(schema.parse(params), call) };
}
