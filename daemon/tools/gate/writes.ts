/** Verifiable effects: files whose content before and after is journalled, so that a restart can tell what happened. */
import { failure } from "../../../protocol/index.ts";
import { removeTemporaries } from "../../host/files.ts";
import { resolveInside } from "../../security/paths/fence.ts";
import { watchSyntax } from "../files/syntax-watch.ts";
import { fileHash } from "../files/text-file.ts";
import { ABSENT, type ToolContext, type ToolOutcome, type WritingTool } from "../tool.ts";
import type { FileProbe, Probe } from "./journal-port.ts";

/**
 * Prepares, journals by `intend`, applies. `intended` is what an earlier process recorded without a result: what stands
 * written already is not written twice, and what is neither as before nor as after is left alone.
 */
export async function write(
  tool: WritingTool,
  input: unknown,
  context: ToolContext,
  intended: Probe | undefined,
  intend: (probe: Probe) => Promise<void>,
): Promise<ToolOutcome> {
  if (intended !== undefined) {
    const state = await stateOf(intended, context);
    if (state === "after") return done(tool.applied(input), intended, context);
    if (state === "other") return failure("tool.failed", unexpected(intended));
  }
  const prepared = await tool.prepare(input, context);
  if ("ok" in prepared) return prepared;
  const { path, before, after, more } = prepared;
  if (intended === undefined) await intend({ path, before, after, ...(more === undefined ? {} : { more }) });
  const withNewProblems = await watchSyntax(
    filesOf(prepared).map((file) => file.path),
    context,
  );
  const outcome = await withNewProblems(await prepared.apply());
  return outcome.ok ? done(outcome, prepared, context) : outcome;
}

/** What the agent wrote, or was shown, it has seen. */
export function remember(probe: Probe, context: ToolContext): void {
  for (const { path, after } of filesOf(probe))
    if (after === ABSENT) context.seen.delete(path);
    else context.seen.set(path, after);
}

function filesOf({ path, before, after, more = [] }: Probe): FileProbe[] {
  return [{ path, before, after }, ...more];
}

function unexpected(probe: Probe): string {
  const files = filesOf(probe);
  const names = files.map(({ path }) => path).join(", ");
  return files.length === 1
    ? `The daemon stopped while it wrote ${names}, and the file is neither as it was nor as it was to be. Read it again.`
    : `The daemon stopped while it wrote ${names}, and not all are as they were, nor as they were to be. Read them again.`;
}

function done(outcome: ToolOutcome, probe: Probe, context: ToolContext): ToolOutcome {
  remember(probe, context);
  return outcome.ok ? { ...outcome, changed: filesOf(probe).map(({ path }) => path) } : outcome;
}

type State = "before" | "after" | "other";

/** Looks where the files stand after a restart, and clears away what a cut-off write left beside them. */
async function stateOf(probe: Probe, context: ToolContext): Promise<State> {
  const states = new Set<State>();
  for (const file of filesOf(probe)) states.add(await stateOfFile(file, context));
  const [state] = states;
  return states.size === 1 && state !== undefined ? state : "other";
}

async function stateOfFile(probe: FileProbe, context: ToolContext): Promise<State> {
  const at = await resolveInside(context.root, probe.path);
  if (!at.ok) return "other";
  await removeTemporaries(at.value.absolute);
  const hash = await fileHash(at.value.absolute);
  if ((hash ?? ABSENT) === probe.after) return "after";
  return hash === probe.before ? "before" : "other";
}
