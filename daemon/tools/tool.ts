/** A tool is one file: a name, a schema, an effect class, and what it does. Only run.ts executes it. */
import type * as z from "zod/mini";
import type { ErrorValue, ToolEffect } from "../../protocol/index.ts";

export interface ToolContext {
  /** Absolute real path of the agent's own copy of the workspace. Tools never see the user's tree. */
  readonly root: string;
  readonly signal: AbortSignal;
  /** SHA-256 of files as the agent last read or wrote them, by workspace path; for the stale-read check. */
  readonly seen: Map<string, string>;
  /** The unified diff of the whole change so far. */
  diff(): Promise<string>;
}

export type ToolOutcome =
  | {
      readonly ok: true;
      /** What the model is told. */
      readonly output: string;
      /** One line for people. */
      readonly summary: string;
      readonly changed?: readonly string[];
    }
  | { readonly ok: false; readonly error: ErrorValue };

/** What a call wants to do, in the terms that the policy judges. */
export type ToolAccess =
  | { readonly kind: "read"; readonly paths: readonly string[] }
  | { readonly kind: "write"; readonly paths: readonly string[] }
  | { readonly kind: "command"; readonly command: string; readonly cwd: string };

/** A change of one file, computed before anything is written, so that the journal can tell later whether it happened. */
export interface PreparedWrite {
  readonly path: string;
  /** SHA-256 of the file before (null: it does not exist) and after. */
  readonly before: string | null;
  readonly after: string;
  apply(): Promise<ToolOutcome>;
  /** The outcome to report when the file is found in its state after. */
  readonly applied: ToolOutcome;
}

interface ToolBase<Input extends z.ZodMiniType> {
  readonly name: string;
  readonly description: string;
  readonly input: Input;
  /** Which access the input asks for; judged by the policy before anything happens. */
  access(input: z.output<Input>): ToolAccess;
}

export interface DirectTool<Input extends z.ZodMiniType = z.ZodMiniType> extends ToolBase<Input> {
  readonly effect: Exclude<ToolEffect, "verifiable">;
  execute(input: z.output<Input>, context: ToolContext): Promise<ToolOutcome>;
}

export interface WritingTool<Input extends z.ZodMiniType = z.ZodMiniType> extends ToolBase<Input> {
  readonly effect: "verifiable";
  prepare(
    input: z.output<Input>,
    context: ToolContext,
  ): Promise<PreparedWrite | { readonly ok: false; readonly error: ErrorValue }>;
}

export type Tool = DirectTool | WritingTool;
