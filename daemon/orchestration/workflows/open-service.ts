/** The workflow service, loaded at its first use: parser, expressions and calendar are heavy, and most daemons need none. */
import type { Params } from "../../../protocol/index.ts";
import type { RunDependencies } from "../dependencies.ts";
import type { Launcher } from "../launcher.ts";
import type { WorkflowService } from "./workflow-service.ts";

export function openWorkflowService(
  dependencies: RunDependencies,
  launcher: Launcher,
  start: (params: Params<"run/start">) => Promise<{ readonly runId: string }>,
): WorkflowService {
  let opening: Promise<WorkflowService> | undefined;
  let opened: WorkflowService | undefined;
  let isEnded = false;

  async function open(): Promise<WorkflowService> {
    const { createWorkflowService } = await import("./service.ts");
    opened = createWorkflowService(dependencies, launcher, start);
    if (isEnded) opened.end();
    return opened;
  }

  const service = () => (opening ??= open());
  return {
    list: async (params) => (await service()).list(params),
    validate: async (params) => (await service()).validate(params),
    states: async (params) => (await service()).states(params),
    compare: async (params) => (await service()).compare(params),
    migrate: async (params, caller) => (await service()).migrate(params, caller),
    schedules: async () => (await service()).schedules(),
    schedule: async (params) => (await service()).schedule(params),
    unschedule: async (params) => (await service()).unschedule(params),
    get hasSchedules() {
      return opened?.hasSchedules ?? false;
    },
    async begin() {
      if ((await dependencies.store.schedules.list()).length > 0) await (await service()).begin();
    },
    end() {
      isEnded = true;
      opened?.end();
    },
  };
}
