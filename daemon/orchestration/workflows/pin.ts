/** A run's definition, read once and kept with the run: what the file says later is for later runs. */
import {
  NexusError,
  nexusError,
  type RunEventOf,
  type WorkflowPin,
  type WorkflowStart,
} from "../../../protocol/index.ts";
import { hashOf } from "../../host/files.ts";
import type { Store } from "../../store/store.ts";
import type { RunDependencies } from "../dependencies.ts";
import { type Bundle, type FileProblem, type LoadedBundle, loadBundle, openBundle } from "./bundle.ts";
import type { Json } from "./definition.ts";
import { inputsOf } from "./inputs.ts";
import { workflowsIn } from "./source.ts";

export interface Pinned {
  readonly body: RunEventOf<"workflow.pinned">;
  readonly bytes: Uint8Array;
  /** What the workflow says that it may cost. */
  readonly budgetUsd?: number;
}

const MOST_TOLD = 5;

/** Rejects with `workflow.*`: nothing of a folder that is not trusted is followed, and nothing that is wrong begins. */
export async function pinWorkflow(
  { redactor }: Pick<RunDependencies, "redactor">,
  workspace: string,
  { path, text, inputs = {} }: WorkflowStart,
  { trusted }: { readonly trusted: boolean },
): Promise<Pinned> {
  if (!trusted) throw nexusError("workflow.untrusted");
  const loaded = await loadOrThrow(workspace, path, text);
  const { main } = loaded;
  const given = inputsOf(main, jsonOf(inputs));
  if (!given.ok) throw nexusError("workflow.inputs", `${given.problems.join("; ")}.`);
  const { pin, bytes } = pinOf(loaded, redactor.redact(JSON.stringify(given.values)));
  const budget = main.budget === undefined ? {} : { budgetUsd: main.budget };
  return { body: { type: "workflow.pinned", workflow: pin }, bytes, ...budget };
}

/** A bundle as it is kept: its pin, and the bytes under the pin's artifact. */
export function pinOf({ main, bundle }: LoadedBundle, inputs: string): { pin: WorkflowPin; bytes: Uint8Array } {
  const bytes = new TextEncoder().encode(JSON.stringify(bundle));
  const hash = hashOf(JSON.stringify(bundle));
  return { pin: { name: main.name, hash, artifact: hashOf(bytes), inputs }, bytes };
}

/** Rejects with `workflow.invalid`, which names the first problems. */
export async function loadOrThrow(workspace: string, path: string, text?: string): Promise<LoadedBundle> {
  const loaded = await loadBundle(workflowsIn(workspace), path, text);
  if (loaded.ok) return loaded.value;
  const more = loaded.problems.length > MOST_TOLD ? `; and ${loaded.problems.length - MOST_TOLD} more` : "";
  throw nexusError("workflow.invalid", `${loaded.problems.slice(0, MOST_TOLD).map(problemText).join("; ")}${more}.`);
}

export function problemText({ file, line, column, message, hint }: FileProblem): string {
  return `${file}:${line}:${column}: ${message} (${hint})`;
}

/** What a run follows now. Throws `workflow.none` where it follows nothing, `store.corrupt` where its definition is gone. */
export async function pinnedBundle(
  { artifacts }: Pick<Store, "artifacts">,
  pin: WorkflowPin | undefined,
): Promise<LoadedBundle> {
  if (pin === undefined) throw nexusError("workflow.none");
  const bytes = await artifacts.get(pin.artifact);
  if (bytes === undefined) throw new NexusError(nexusError("store.corrupt", "The run's workflow is not there.").value);
  const bundle: Bundle = JSON.parse(new TextDecoder().decode(bytes));
  return openBundle(bundle);
}

function jsonOf(values: Readonly<Record<string, unknown>>): Readonly<Record<string, Json>> {
  return JSON.parse(JSON.stringify(values));
}
