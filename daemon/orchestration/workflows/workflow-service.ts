/** Workflows as server/rpc sees them: one method a request. Implemented in service.ts. */
import type { Answer, Params } from "../../../protocol/index.ts";

export interface WorkflowService {
  list(params: Params<"workflow/list">): Promise<Answer<"workflow/list">>;
  validate(params: Params<"workflow/validate">): Promise<Answer<"workflow/validate">>;
  states(params: Params<"workflow/states">): Promise<Answer<"workflow/states">>;
  compare(params: Params<"workflow/compare">): Promise<Answer<"workflow/compare">>;
  migrate(params: Params<"workflow/migrate">, caller: { readonly name: string }): Promise<Answer<"workflow/migrate">>;
  schedules(): Promise<Answer<"workflow/schedules">>;
  schedule(params: Params<"workflow/schedule">): Promise<Answer<"workflow/schedule">>;
  unschedule(params: Params<"workflow/unschedule">): Promise<Answer<"workflow/unschedule">>;
  /** A daemon with schedules does not end for want of work. */
  readonly hasSchedules: boolean;
  begin(): Promise<void>;
  end(): void;
}
