/** What a run wants of the user's tree and what was decided about it; how rewinds change that. */
import * as z from "zod/mini";
import { ChangeConflict, ChangeSet } from "./change-set.ts";
import { Rewind } from "./rewind.ts";
import type { RunEventOf } from "./run-events.ts";

export const FileDecision = z.enum(["pending", "accepted", "discarded"]);
export type FileDecision = z.infer<typeof FileDecision>;

export const ChangesState = z.object({
  changeSet: ChangeSet,
  decisions: z.record(z.string(), FileDecision),
  applying: z.array(z.string()),
  conflicts: z.array(ChangeConflict),
  supersededBy: z.nullable(z.string()),
  /** Commit that keeps the user's files as they were before they were accepted. */
  kept: z.optional(z.string()),
  /** Which commit Nexus wrote last at a path of the user's tree. */
  written: z.optional(z.record(z.string(), z.string())),
});
export type ChangesState = z.infer<typeof ChangesState>;

export const RewindState = z.object({ ...Rewind.shape, status: z.enum(["working", "done", "refused"]) });
export type RewindState = z.infer<typeof RewindState>;

interface State {
  readonly changes: ChangesState | null;
  readonly rewind?: RewindState | undefined;
}

export function changeChanges(
  state: State,
  change: (changes: ChangesState) => Partial<ChangesState>,
): { changes?: ChangesState | null } {
  return state.changes === null ? {} : { changes: { ...state.changes, ...change(state.changes) } };
}

export function finishedRewind(
  state: State,
  { number, conflicts }: RunEventOf<"rewind.finished">,
): { rewind?: RewindState; changes?: ChangesState | null } {
  const { rewind } = state;
  if (rewind?.number !== number) return {};
  if (conflicts.length > 0) return { rewind: { ...rewind, status: "refused" } };
  const rewound = { rewind: { ...rewind, status: "done" as const } };
  if (rewind.after === null) return { ...rewound, ...(rewind.before === null ? {} : { changes: null }) };
  const { kept } = state.changes ?? {};
  const { supersededBy = null } = state.changes ?? {};
  const changes = { applying: [], conflicts: [], supersededBy, ...(kept === undefined ? {} : { kept }) };
  return { ...rewound, changes: { ...changes, ...rewind.after } };
}

/** The run that goes on has this one's change set in it. */
export function rewoundState(
  state: State,
  byRun: string | null,
): { rewoundBy: string | null; changes?: ChangesState | null } {
  return { rewoundBy: byRun, ...changeChanges(state, () => ({ supersededBy: byRun })) };
}
