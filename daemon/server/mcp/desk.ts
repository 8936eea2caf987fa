/** What the tools, resources and prompts of one client work with. */
import type { ModelSettingsInput, RunState } from "../../../protocol/index.ts";
import { nexusError } from "../../../protocol/index.ts";
import type { Clock } from "../../host/clock.ts";
import type { DaemonLink } from "../link.ts";
import type { Folders } from "./folders.ts";

/** One link a right: what only looks cannot do more, whatever is asked of it. */
export interface Links {
  /** Role agent. */
  readonly looking: DaemonLink;
  /** Role automation: for what an assistant was allowed to do. */
  readonly acting: DaemonLink;
  /** Role human: used for nothing but what a person has just answered. */
  readonly deciding: DaemonLink;
}

export interface Desk {
  readonly links: Links;
  readonly clock: Clock;
  /** As the client's roots make them; they may change while it is connected. */
  folders(): Folders;
  /** What a run that is started here begins with. */
  readonly runDefaults: { readonly budgetUsd: number | null; readonly modelSettings?: ModelSettingsInput };
  /** True when the person at the client can be asked about runs: then they wait for an answer by themselves. */
  readonly asksPerson: boolean;
}

/** Rejects with `run.unknown` for a run of another folder too: nothing is told about it, not even that it is there. */
export async function runOf(desk: Desk, runId: string, signal?: AbortSignal): Promise<RunState> {
  const { run } = await desk.links.looking.request("run/show", { runId }, signal === undefined ? {} : { signal });
  if (!desk.folders().covers(run.workspace)) throw nexusError("run.unknown", runId);
  return run;
}
