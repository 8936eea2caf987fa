/** A check of a field: whether finished work is right as people of that field would judge it. */
import type { CheckedPage } from "../checked-page.ts";
import type { FetchPage } from "../fetch-page.ts";

export interface FieldFinding {
  /** From the root, with slashes; "" where it concerns no file. */
  readonly path: string;
  /** From 1. */
  readonly line?: number;
  /** What is wrong and what to do, for the agent. */
  readonly message: string;
  /** error: the work is not done; warning: told to whoever reviews it. */
  readonly severity: "error" | "warning";
}

export interface FieldResult {
  /** No finding is an error. */
  readonly ok: boolean;
  readonly findings: readonly FieldFinding[];
  /** What was looked at, in one line: “42 mutants, 40 killed”; or why nothing could be. */
  readonly summary: string;
}

export interface FieldRun {
  /** Null when its time or a signal ended it. */
  readonly exitCode: number | null;
  readonly output: string;
  readonly timedOut: boolean;
}

export interface FieldContext {
  /** Absolute path of the copy that holds the finished work. */
  readonly root: string;
  /** Links in the copy that lead out of it, such as node_modules: they may be read. */
  readonly linked: readonly string[];
  /** Paths that the task changed, from the root, with slashes; deleted ones too. */
  readonly changed: readonly string[];
  /** Paths that the whole run changed so far, this task's included. */
  readonly changedInRun: readonly string[];
  /** Files that the task names. */
  readonly taskFiles: readonly string[];
  /** The task writes tests before the code is there: they must fail for now. */
  readonly testsFirst: boolean;
  /** The agent's last answer. */
  readonly answer: string;
  readonly signal: AbortSignal;
  /** Programs of the workspace may run, its pages' scripts too; left out: they may not. */
  readonly trusted?: boolean;
  /** Text of a file where the task began; undefined: it was not there. */
  base(path: string): Promise<string | undefined>;
  /** The same before the run began. */
  beforeRun(path: string): Promise<string | undefined>;
  /**
   * Runs a shell line in a folder (left out: the copy) behind the wall that commands have. Left out where nothing of the
   * workspace may be run.
   */
  readonly run?: (
    line: string,
    options?: { readonly cwd?: string; readonly timeoutMs?: number; readonly env?: Readonly<Record<string, string>> },
  ) => Promise<FieldRun>;
  /** The project's own test command, where one was found. */
  readonly testCommand?: string;
  /** Folder of the grammars by which code is parsed; left out: none is. */
  readonly grammars?: string;
  /** Addresses of pages that the run fetched. */
  readonly fetched: readonly string[];
  /** Tells people, and the run's log, what a page looks like in a browser. */
  readonly showPage?: (page: CheckedPage) => Promise<void>;
  /** Gets a page of the web, where the policy lets this check. */
  readonly fetchPage?: FetchPage;
}

export interface FieldCheck {
  /** What agents name in `checks`: `citations-resolve`. */
  readonly name: string;
  /** What it finds, in one line for people. */
  readonly description: string;
  /** Whether there is anything to look at; paths from the root, with slashes. */
  appliesTo(changedPaths: readonly string[]): boolean;
  /** Never throws but the signal's reason: what it cannot look at is a finding or said in the summary. */
  run(context: FieldContext): Promise<FieldResult>;
}

export function resultOf(findings: readonly FieldFinding[], summary: string): FieldResult {
  return { ok: findings.every(({ severity }) => severity !== "error"), findings, summary };
}
