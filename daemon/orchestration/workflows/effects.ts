/** What steps do to the world, as a port: the real one is in run-effects.ts, tests have one that only pretends. */
import type { AgentWork, CommandWork, GateWork, Json, ToolWork } from "./definition.ts";

/** A leaf's work with every `${{ … }}` filled in. */
export type Effect =
  | { readonly kind: "agent"; readonly work: AgentWork }
  | { readonly kind: "tool"; readonly work: ToolWork }
  | { readonly kind: "command"; readonly work: CommandWork }
  | { readonly kind: "gate"; readonly work: GateWork };

export interface EffectPlace {
  /** The step's path; of a compensation, that of the step which it undoes. */
  readonly at: string;
  /** Names the work in the journal: the same after a restart, another for each try. */
  readonly taskId: string;
  /** What the step is called by people. */
  readonly title: string;
  /** Aborts with the run, or when the step's time is up. */
  readonly signal: AbortSignal;
}

export type Performed =
  | { readonly ok: true; readonly output: Json }
  | {
      readonly ok: false;
      readonly reason: string;
      readonly output?: Json;
      /** Trying again would come to the same. */
      readonly isFinal?: boolean;
    };

export interface StepEffects {
  /**
   * Carries the work out once in the run's life: done again after a crash it answers with what is on record. Rejects with the
   * signal's reason when it aborts, with `budget.*` when the run's money is spent, and when the store fails; everything else
   * that goes wrong is a value or an error of this step.
   */
  perform(effect: Effect, place: EffectPlace): Promise<Performed>;
  /** Whether a person lets a step that cannot be undone begin. */
  confirm(what: string, place: EffectPlace): Promise<Performed>;
}
