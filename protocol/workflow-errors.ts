/** The part of the error catalogue that is about workflows. */
import type { ErrorEntry } from "./error-entry.ts";

export const WORKFLOW_ERRORS = {
  "workflow.invalid": {
    message: "The workflow cannot be used.",
    hint: "Correct what is named; `nexus workflow validate FILE` shows all of it with line and column.",
  },
  "workflow.inputs": {
    message: "The workflow's inputs do not fit.",
    hint: "Give them with --input NAME=VALUE; `nexus workflow list` shows what each workflow wants.",
  },
  "workflow.untrusted": {
    message: "The folder is not trusted, so its workflows are not followed.",
    hint: "Look at what it holds, then run `nexus trust`.",
  },
  "workflow.failed": {
    message: "A step of the workflow failed.",
    hint: "Correct the cause, then go on from a state before it: `nexus workflow states RUN`, `nexus workflow fork RUN --at N`.",
  },
  "workflow.none": {
    message: "The run follows no workflow.",
    hint: "`nexus runs list` shows runs; those of workflows were started with `nexus workflow run`.",
  },
  "workflow.not_migratable": {
    message: "The run cannot go on with the changed workflow.",
    hint: "What is done must be the same in both. Let it end, or fork it from a state before the difference.",
  },
  "workflow.schedule_unknown": {
    message: "There is no schedule of that id.",
    hint: "`nexus workflow schedule list` shows them.",
  },
  "workflow.schedule_invalid": {
    message: "The schedule cannot be used.",
    hint: "A time is a cron expression such as '0 7 * * 1-5', at most once a minute.",
  },
} as const satisfies Record<string, ErrorEntry>;
