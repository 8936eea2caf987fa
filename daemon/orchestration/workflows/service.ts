/** Workflows as clients see them: states, comparisons, migrations, schedules. */
import type { Answer, Params } from "../../../protocol/index.ts";
import { isEnded, nexusError } from "../../../protocol/index.ts";
import type { RunDependencies } from "../dependencies.ts";
import type { Launcher } from "../launcher.ts";
import { allEvents } from "../rewind/listing.ts";
import { RunStopped } from "../run-context.ts";
import type { Json } from "./definition.ts";
import { inputsOf } from "./inputs.ts";
import { listWorkflows, validateWorkflow } from "./look.ts";
import { fatesOf } from "./migrate.ts";
import { loadOrThrow, pinnedBundle, pinOf } from "./pin.ts";
import { createSchedules } from "./schedules.ts";
import { compareRuns, followingRun, listStates } from "./states.ts";
import type { WorkflowService } from "./workflow-service.ts";

export function createWorkflowService(
  dependencies: RunDependencies,
  launcher: Launcher,
  start: (params: Params<"run/start">) => Promise<{ readonly runId: string }>,
): WorkflowService {
  const { store } = dependencies;
  const schedules = createSchedules(dependencies, start);

  async function migrate(
    { runId, workflow, dryRun = false }: Params<"workflow/migrate">,
    by: string,
  ): Promise<Answer<"workflow/migrate">> {
    launcher.refuseWhenDraining();
    const { workspace, trusted, status, workflow: pin } = await followingRun(store, runId);
    if (isEnded(status)) throw nexusError("run.ended");
    if (trusted === false) throw nexusError("workflow.untrusted");
    const from = await pinnedBundle(store, pin);
    const to = await loadOrThrow(workspace, workflow.path, workflow.text);
    const kept: Record<string, Json> = JSON.parse(pin?.inputs ?? "{}");
    const inputs = inputsOf(to.main, kept);
    if (!inputs.ok) throw nexusError("workflow.not_migratable", `${inputs.problems.join("; ")}.`);
    const look = async () =>
      fatesOf(
        (await allEvents(store, runId)).map(({ event }) => event),
        from,
        to,
      );
    if (dryRun) return { steps: await look(), migrated: false };
    const wasActive = launcher.isActive(runId);
    await launcher.stop(runId, new RunStopped("suspend", "Its workflow is changed."));
    // Looked at again when it is still: a step may have ended meanwhile.
    const steps = await look();
    const after = await followingRun(store, runId);
    if (isEnded(after.status)) throw nexusError("run.ended");
    const refused = steps.filter(({ fate }) => fate === "refused");
    if (refused.length === 0) {
      const next = pinOf(to, JSON.stringify(inputs.values));
      const body = { type: "workflow.migrated" as const, from: pin?.hash ?? "", workflow: next.pin, by };
      await store.events.append(runId, [{ body }], [next.bytes]);
    }
    if (wasActive) launcher.launch(runId, "restart", after.model);
    if (refused.length === 0) return { steps, migrated: true };
    const named = refused.slice(0, 5).map(({ at, reason }) => `${at}: ${reason}`);
    throw nexusError("workflow.not_migratable", named.join(" "));
  }

  return {
    list: listWorkflows,
    validate: validateWorkflow,
    states: async ({ runId }) => ({ states: await listStates(store, runId) }),
    compare: async ({ first, second }) => ({ steps: await compareRuns(store, first, second) }),
    migrate: (params, caller) => migrate(params, caller.name),
    schedules: async () => ({ schedules: await schedules.list() }),
    schedule: async (params) => ({ schedule: await schedules.add(params) }),
    async unschedule({ scheduleId }) {
      await schedules.remove(scheduleId);
      return {};
    },
    get hasSchedules() {
      return schedules.count > 0;
    },
    begin: () => schedules.begin(),
    end: () => schedules.end(),
  };
}
