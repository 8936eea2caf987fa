/** A tool is one file: a name, a schema, an effect class, and what it does. Only run.ts executes it. */
import type * as z from "zod/mini";
import type { ErrorValue, Result, TodoItem, ToolEffect } from "../../protocol/index.ts";
import type { Access } from "../security/access.ts";
import type { CommandRunner } from "../security/sandbox/command-runner.ts";
import type { Taint } from "../security/taint.ts";
import type { CheckedPage } from "./checked-page.ts";
import type { PlacedProblem } from "./checks/problem.ts";
import type { CodeLookup, NoteFact } from "./code-lookup.ts";
import type { BackgroundCommands } from "./commands/background.ts";
import type { Delegated, Delegation } from "./delegation.ts";
import type { FetchPage } from "./fetch-page.ts";
import type { FoundAgent } from "./found-agent.ts";
import type { FileProbe } from "./gate/journal-port.ts";
import type { Lock } from "./gate/locks.ts";
import type { GitPort } from "./git-port.ts";
import type { ModelPort } from "./model-port.ts";
import type { TeamPort } from "./team-port.ts";

export interface ToolContext {
  /** Absolute real path of the agent's own copy of the workspace. Tools never see the user's tree. */
  readonly root: string;
  /** Folders in the copy that are links out of it, such as node_modules: they may be read, never written. */
  readonly linked: readonly string[];
  readonly signal: AbortSignal;
  /** SHA-256 of files as the agent last read or wrote them, by workspace path; for the stale-read check. */
  readonly seen: Map<string, string>;
  /** The unified diff of the whole change so far. */
  diff(): Promise<string>;
  /** The code index; left out where there is none. */
  readonly code?: CodeLookup;
  /** The repository of the copy; left out, or undefined, where there is none. */
  readonly git?: () => Promise<GitPort | undefined>;
  /** Resolves with the person's own words; left out where nobody can answer. */
  readonly ask?: (question: { readonly text: string; readonly choices: string[] }) => Promise<string>;
  /** Agents that could do something, the best first; left out where no work can be handed on. */
  readonly findAgents?: (query: string) => Promise<readonly FoundAgent[]>;
  /** Tells people, and the run's log, what a page looks like in a browser. */
  readonly showPage?: (page: CheckedPage) => Promise<void>;
  /** Tells people what of a design and its code no longer fits the other. */
  readonly noteStale?: (parts: readonly { readonly subject: string; readonly because: string }[]) => Promise<void>;
  /** Shows people the agent's own list. */
  readonly showTodo?: (items: readonly TodoItem[]) => Promise<void>;
  /** The other agents of the run; left out where the agent works alone. */
  readonly team?: TeamPort;
  /** What is noted on the project and in use, the best first, one text each; left out where nothing is noted. */
  readonly recall?: (query: string, limit: number) => Promise<readonly string[]>;
  /** What each checker found when the agent first asked, by the checker's name. */
  readonly baselines?: Map<string, readonly PlacedProblem[]>;
  /** The agent's name, where it is told to people. */
  readonly actor?: string;
  /** Proposes a note in the agent's name; left out where nothing can be noted. */
  readonly note?: NoteFact;
  /** Folder of the grammars by which code is parsed; left out: none is. */
  readonly grammars?: string;
  /** Runs shell lines; left out: behind the wall that this machine has, with nothing hidden but keys. */
  readonly commands?: CommandRunner;
  /** Hosts that a command of this call may reach; left out: none. */
  readonly hosts?: readonly string[];
  /** Commands that go on beside the agent; left out where none may. */
  readonly background?: BackgroundCommands;
  /** Gets a page of the web; left out: from the internet. */
  readonly fetchPage?: FetchPage;
  /** Folder outside of the copy where a change of several files is recorded while it is made; see edit-journal.ts. */
  readonly editJournal?: string;
  /** Output as it comes, for whoever watches; the gate bounds it and takes secrets out. */
  readonly onOutput?: (text: string) => void;
  /** Hands a piece of work to another agent and waits for its end; left out where that may not be. */
  readonly delegate?: (piece: Delegation, signal: AbortSignal) => Promise<Result<Delegated>>;
  /** The run's model, for a program that the tool runs; left out where there is none. */
  readonly models?: ModelPort;
  /** The whole of an earlier result by the handle that its cut named; undefined: there is none. */
  readonly wholeResult?: (handle: string) => Promise<string | undefined>;
}

/** What a call was in touch with, beside what the gate knows of its access. */
interface Touched {
  readonly taint?: Partial<Taint>;
}

export type ToolOutcome =
  | ({
      readonly ok: true;
      /** What the model is told. All of it: the gate keeps the whole, and shows the model as much as it can take. */
      readonly output: string;
      /** One line for people. */
      readonly summary: string;
      readonly changed?: readonly string[];
      /** Names of tools that the agent is offered from its next turn on. */
      readonly offers?: readonly string[];
    } & Touched)
  | ({ readonly ok: false; readonly error: ErrorValue } & Touched);

/** Stands for the hash of a file that is not there, as what a deletion leaves. */
export const ABSENT = "";

/** A change of files, computed before anything is written, so that the journal can tell later whether it happened. */
export interface PreparedWrite {
  /** Where the file really is, relative to the workspace. */
  readonly path: string;
  /** SHA-256 of the file before (null: it does not exist) and after (ABSENT: it is deleted). */
  readonly before: string | null;
  readonly after: string;
  /** What each of its files will be, null where it is deleted. Left out where it is not known before it is made. */
  readonly contents?: readonly { readonly path: string; readonly content: Uint8Array | null }[];
  /** The other files, where there are several: all change, or none does. */
  readonly more?: readonly FileProbe[];
  /** What will change, for a person who is asked: a unified diff, bounded. */
  preview(): Promise<string>;
  apply(): Promise<ToolOutcome>;
}

interface ToolBase<Input extends z.ZodMiniType> {
  readonly name: string;
  readonly description: string;
  readonly input: Input;
  /** The gate ends the call after this time; default 60 000. */
  readonly timeoutMs?: number;
  /** Characters of output that reach the model: more is cut in the middle and kept whole. Default 30 000. */
  readonly maxOutput?: number;
  /** Which access the input asks for; judged by the policy before anything happens. Looks at the copy, changes nothing. */
  access(input: z.output<Input>, context: ToolContext): Access | Promise<Access>;
  /**
   * The mildest accesses that it can ask for: a tool of which the policy denies all of these is not offered. Left out:
   * by its effect, reading, writing or running.
   */
  readonly probes?: readonly Access[];
  /** What it holds while it works; left out: what its access names. */
  locks?(input: z.output<Input>): readonly Lock[];
  /** What else an approval is bound to, such as the hash of a program that it starts. */
  binds?(input: z.output<Input>, context: ToolContext): Promise<Readonly<Record<string, string>>>;
  /** Only of tools that others wrote. */
  readonly foreign?: ForeignTool;
}

/** What is known of a tool that others wrote. */
export interface ForeignTool {
  /** “MCP server github”, “workspace”. */
  readonly source: string;
  /** JSON Schema of the arguments as its author wrote it, for the model. */
  readonly parameters: Record<string, unknown>;
  /** Why a person must be asked whatever the policy says, if so: it is not what it was when it was allowed. */
  wary?(): string | undefined;
  /** A person approved a call although there was something to be wary of. */
  approved?(): Promise<void>;
}

export interface DirectTool<Input extends z.ZodMiniType = z.ZodMiniType> extends ToolBase<Input> {
  readonly effect: Exclude<ToolEffect, "verifiable">;
  execute(input: z.output<Input>, context: ToolContext): Promise<ToolOutcome>;
  /** The file whose content the call will show, so that a replay after a restart knows what the agent has seen. */
  observe?(input: z.output<Input>, context: ToolContext): Promise<{ path: string; hash: string } | undefined>;
}

export interface WritingTool<Input extends z.ZodMiniType = z.ZodMiniType> extends ToolBase<Input> {
  readonly effect: "verifiable";
  prepare(
    input: z.output<Input>,
    context: ToolContext,
  ): Promise<PreparedWrite | { readonly ok: false; readonly error: ErrorValue }>;
  /** It changes more than one file at once, which needs the context's editJournal. */
  readonly changesSeveral?: boolean;
  /** The outcome to report when a restart finds the file already in its state after. */
  applied(input: z.output<Input>): ToolOutcome;
}

export type Tool = DirectTool | WritingTool;
