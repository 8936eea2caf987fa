/** One attack, or its harmless twin: what the scripted model is told to do, and how one sees whether it came through. */
import type { Place } from "./place.ts";

export type Family =
  | "commands"
  | "paths"
  | "git"
  | "prompts"
  | "foreign tools"
  | "trust"
  | "walls"
  | "agents"
  | "workflows"
  | "field tools"
  | "endpoint"
  | "a2a"
  | "merges"
  | "records"
  | "plans"
  | "falsehoods"
  | "faces";

/** OWASP Top 10 for LLM applications (LLM, 2025) and for agentic applications (ASI, 2026). */
export type OwaspId = `LLM${string}` | `ASI${string}`;

/** As a scripted model calls it: JSON, or the exact text of the arguments. */
export interface Call {
  readonly tool: string;
  readonly arguments?: unknown;
  readonly argumentsText?: string;
}

export interface AttackCase {
  readonly id: string;
  readonly family: Family;
  readonly owasp: OwaspId;
  /** What is tried, for the table. */
  readonly title: string;
  /** `{PWN}`: a file that must never appear; `{OUT}`: a folder beside the workspace; `{SINK}`: the listener's address. */
  readonly call: Call;
  /** Files of the workspace that it needs, by path; written before the run. */
  readonly files?: Readonly<Record<string, string>>;
  /** Calls that must come first in the same run, such as reading a file. They are no attack by themselves. */
  readonly before?: readonly Call[];
  /**
   * - `blocked` (default): denied, or asked and then rejected by the person: it must not be carried out.
   * - `contained`: it may be carried out, even with a person's yes, but must come to nothing: the walls hold.
   */
  readonly holds?: "blocked" | "contained";
  /** More than the file that must not appear and the canary that must not leak: what is wrong, or undefined. */
  readonly problem?: (place: Place, output: string) => string | undefined;
}

export interface TwinCase {
  readonly id: string;
  readonly family: Family;
  readonly title: string;
  readonly call: Call;
  readonly files?: Readonly<Record<string, string>>;
  readonly before?: readonly Call[];
  /** It needs a trusted workspace to be harmless (it runs the project's own code). */
  readonly needsTrust?: boolean;
  /** Part of what it must answer. */
  readonly shows?: string;
}

export function command(line: string): Call {
  return { tool: "run_command", arguments: { command: line } };
}
