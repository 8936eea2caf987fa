/**
 * The error catalogue. A code is stable and part of the contract: scripts and editors may branch on it.
 * Every entry says what is wrong, and what a person can do. `action` names a command a client may offer.
 */
import * as z from "zod/mini";
import { CLIENT_ERRORS } from "./client-errors.ts";
import { COLLABORATION_ERRORS } from "./collaboration-errors.ts";
import { DESIGN_ERRORS } from "./design/errors.ts";
import { EDITOR_ERRORS } from "./editor-errors.ts";
import type { ErrorEntry } from "./error-entry.ts";
import { GUARD_ERRORS } from "./guard-errors.ts";
import { MEMORY_ERRORS } from "./memory-errors.ts";
import { MERGE_ERRORS } from "./merge-errors.ts";
import { describe, type ErrorValue as Failure, NexusError, RAISED_ERRORS } from "./raised-errors.ts";
import { TASK_ERRORS } from "./task-errors.ts";
import { UNSAVED_ERRORS } from "./unsaved-errors.ts";
import { WORKFLOW_ERRORS } from "./workflow-errors.ts";

export type { ErrorAction } from "./error-entry.ts";
export { NexusError } from "./raised-errors.ts";

export const ERRORS = {
  "request.invalid": {
    message: "The request's parameters do not fit its schema.",
    hint: "Compare the request with docs/protocol.md.",
  },
  "request.unknown_method": {
    message: "The daemon does not know this request.",
    hint: "Client and daemon may be of different versions: run `nexus daemon stop`, then try again.",
    action: "restartDaemon",
  },
  "request.cancelled": RAISED_ERRORS["request.cancelled"],
  "frame.invalid": {
    message: "The client sent something that is not a JSON-RPC message.",
    hint: "Frames are UTF-8 JSON, one message or batch a line.",
  },
  "frame.too_large": {
    message: "The client sent a message larger than 1 MiB.",
    hint: "Send large content through a file in the workspace; the connection was closed.",
  },
  "handshake.refused": {
    message: "The client did not prove that it knows this daemon's token.",
    hint: "Use the token file in the data folder; it is made anew at each daemon start.",
  },
  "handshake.impostor": RAISED_ERRORS["handshake.impostor"],
  "handshake.version": {
    message: "Client and daemon speak different versions of the protocol.",
    hint: "Update the older one, then run `nexus daemon stop`; it starts again by itself.",
    action: "restartDaemon",
  },
  "daemon.unreachable": RAISED_ERRORS["daemon.unreachable"],
  "daemon.draining": {
    message: "The daemon is shutting down and takes no new work.",
    hint: "Try again in a moment; runs go on when it is back.",
  },
  "daemon.already_running": {
    message: "Another daemon already serves this data folder.",
    hint: "Use it, or stop it with `nexus daemon stop`.",
  },
  "daemon.folder_unsafe": {
    message: "The daemon's runtime folder is not safe to use.",
    hint: "It must be a real folder, owned by you, mode 0700. Remove it or set NEXUS_HOME to another place.",
    action: "runDoctor",
  },
  "daemon.node_too_old": RAISED_ERRORS["daemon.node_too_old"],
  "store.corrupt": {
    message: "The database is damaged.",
    hint: "It was left as it is and nothing was overwritten. `nexus doctor --repair` sets it aside and begins a new one.",
    action: "runDoctor",
  },
  "store.full": {
    message: "There is no space left for the database.",
    hint: "Free some disk space. Nothing acknowledged was lost; the run can be resumed.",
    action: "resumeRun",
  },
  "store.read_only": {
    message: "The data folder cannot be written.",
    hint: "Check its permissions, or set NEXUS_HOME to a folder that you can write.",
  },
  "store.failed": {
    message: "The database could not be written.",
    hint: "The daemon stops so that nothing is acknowledged that is not on disk. Run `nexus doctor`.",
    action: "runDoctor",
  },
  "store.fenced": {
    message: "Another daemon has taken over this data folder.",
    hint: "This daemon has stopped writing; connect again.",
    action: "restartDaemon",
  },
  "store.newer": {
    message: "The database was written by a newer version of Nexus.",
    hint: "Update Nexus, or set NEXUS_HOME to another folder. Nothing was changed.",
  },
  "settings.invalid": {
    message: "A setting has a value that cannot be used.",
    hint: "The message names the setting and what it accepts; docs/settings.md lists them all.",
    action: "openSettings",
  },
  "workspace.missing": {
    message: "The workspace is not a folder that can be read.",
    hint: "Give an existing folder, not a file, or open one in the editor.",
  },
  "workspace.read_only": {
    message: "The workspace cannot be written, so the change set was not applied.",
    hint: "Check the folder's permissions; the change set is kept and can be accepted again.",
  },
  "workspace.full": {
    message: "There is no space left to write the change set.",
    hint: "Free some disk space; nothing of it was written, and it can be accepted again.",
  },
  "workspace.git_failed": {
    message: "Git could not do what Nexus asked.",
    hint: "The message holds git's own words. Nothing in your working tree was changed.",
    action: "runDoctor",
  },
  "session.unknown": { message: "There is no such session.", hint: "`nexus runs list` shows runs and their sessions." },
  "agent.unknown": { message: "There is no agent of that name.", hint: "`nexus agents list` names them." },
  "run.unknown": { message: "There is no such run.", hint: "`nexus runs list` shows the runs of this data folder." },
  "replay.unreadable": {
    message: "The run's log cannot be replayed by this version.",
    hint: "The message says which event it cannot read; `nexus runs show` still shows the run.",
  },
  "run.queue_full": {
    message: "So many runs wait already that one more is not taken.",
    hint: "Try again when some have ended; `nexus daemon status` shows the queue, `scheduling.queue` in the settings its length.",
  },
  "run.ended": { message: "The run has already ended.", hint: "Send a new prompt in its session to go on." },
  "run.active": { message: "The run is still active.", hint: "Wait for its end, or cancel it first." },
  "run.not_resumable": {
    message: "The run cannot be resumed.",
    hint: "Only failed, cancelled and over-budget runs can be resumed; start a new one.",
  },
  "run.quarantined": {
    message: "The run stopped the daemon three times in a row and is set aside.",
    hint: "Other runs go on. `nexus runs resume` tries it again; `nexus daemon logs` shows what happened.",
    action: "showLogs",
  },
  "run.cancelled": { message: "The run was cancelled.", hint: "`nexus runs resume` goes on from where it stopped." },
  "run.loop": {
    message: "The agent repeated itself without getting further, so it was stopped.",
    hint: "Say in a follow-up what it misses, or try another model.",
  },
  "run.too_many_steps": {
    message: "The agent used all the steps a task may take.",
    hint: "Split the goal, or resume the run to give it as many steps again.",
    action: "resumeRun",
  },
  "run.internal": RAISED_ERRORS["run.internal"],
  "checkpoint.unknown": {
    message: "The run has no such checkpoint.",
    hint: "`nexus runs checkpoints RUN` lists them.",
  },
  "rewind.nothing": {
    message: "There is nothing to go back to.",
    hint: "`nexus runs checkpoints RUN` shows what the run can go back to.",
  },
  "rewind.accepted": {
    message: "The run's change is in your folder, so its conversation cannot go back alone.",
    hint: "Use --both, which takes the accept back first.",
  },
  "plan.invalid": {
    message: "The model did not produce a usable plan, even after two corrections.",
    hint: "Try another model, or say the goal in more detail. `nexus runs show` lists what was wrong.",
  },
  "plan.contradicted": {
    message: "A task found that the plan does not hold.",
    hint: "Look at what it found, change the plan with `nexus plan edit RUN`, then resume the run.",
  },
  "plan.none": {
    message: "The run has no plan.",
    hint: "Only goals get one: `nexus plan GOAL` makes a plan for any prompt.",
  },
  "plan.rejected": { message: "The plan was rejected.", hint: "Send a new prompt that says what to do instead." },
  "verification.failed": {
    message: "The project's own tests do not pass with this change.",
    hint: "The change set is kept for review; it was not applied.",
  },
  "approval.unknown": {
    message: "There is no such open approval.",
    hint: "It may have been answered from another client; `nexus runs show` tells.",
  },
  "approval.expired": {
    message: "The question has expired.",
    hint: "The agent was told that nobody answered. Resume the run, or start it again, to be asked anew.",
  },
  "approval.not_rememberable": {
    message: "No rule can be kept for this approval.",
    hint: "Approve it once, or write a rule into your policy yourself (docs/policy.md).",
  },
  "approval.mismatch": {
    message: "The answer does not fit what was asked.",
    hint: "The question changed since it was shown; look at it again and answer anew.",
  },
  "question.unknown": {
    message: "There is no such open question.",
    hint: "It may have been answered from another client; `nexus runs show` tells.",
  },
  "changes.none": { message: "The run has no change set waiting.", hint: "It was accepted, discarded, or never made." },
  "changes.other": {
    message: "The change that waits is not the one that was shown.",
    hint: "Look at it again, then accept anew.",
  },
  "changes.unknown_path": {
    message: "The change set holds no such file.",
    hint: "`nexus runs show RUN` lists its files.",
  },
  "changes.conflict": {
    message: "Files were changed in your tree since the run began, so nothing was applied.",
    hint: "Keep your version of those files by accepting the others, or run again on the new state.",
  },
  "model.not_configured": {
    message: "No model is configured.",
    hint: "Set NEXUS_PROVIDER and NEXUS_MODEL, or OPENAI_API_KEY or ANTHROPIC_API_KEY, or use the editor's settings.",
    action: "openSettings",
  },
  "model.key_missing": {
    message: "The model's provider needs a key and none is set.",
    hint: "Set the provider's key in the environment, or run “Nexus: Set Model Key” in the editor.",
    action: "setKey",
  },
  "model.key_refused": {
    message: "The model's provider refused the key.",
    hint: "Check that the key is right, active, and belongs to this address.",
    action: "setKey",
  },
  "model.unreachable": {
    message: "The model's address could not be reached.",
    hint: "Check the network and the address (OPENAI_BASE_URL, ANTHROPIC_BASE_URL); then resume the run.",
    action: "resumeRun",
  },
  "model.unknown": {
    message: "The provider does not know this model.",
    hint: "Check NEXUS_MODEL or the setting `nexus.model`.",
    action: "openSettings",
  },
  "model.refused": {
    message: "The provider refused the request.",
    hint: "The message holds the provider's own words.",
  },
  "model.overloaded": {
    message: "The provider answered “too many requests” or “overloaded” until the retries were used up.",
    hint: "Wait a little, then resume the run.",
    action: "resumeRun",
  },
  "model.timeout": {
    message: "The model sent nothing for too long.",
    hint: "Resume the run, or choose another model.",
    action: "resumeRun",
  },
  "model.stream_cut": {
    message: "The model's answer broke off in the middle.",
    hint: "Nothing of it was executed. Resume the run to ask again.",
    action: "resumeRun",
  },
  "model.bad_answer": {
    message: "The model's answer could not be read.",
    hint: "Try another model, or check that the address speaks the provider's protocol.",
  },
  "model.context_full": {
    message: "The conversation no longer fits the model's window.",
    hint: "Split the goal, choose a model with a larger window, or say with NEXUS_WINDOW how large it is.",
  },
  "replay.missing": {
    message: "The recording holds no answer for this request.",
    hint: "The request differs from the recorded one; record it again with NEXUS_RECORD.",
  },
  "budget.exceeded": {
    message: "The next model call would exceed the budget.",
    hint: "`nexus runs resume RUN --budget USD` goes on with a larger one.",
    action: "resumeRun",
  },
  "budget.unknown_price": {
    message: "The price of this model is unknown, so its cost could not be kept within the budget.",
    hint: "Set NEXUS_PRICE to “input,output” in USD per million tokens (0,0 for a model of your own).",
    action: "openSettings",
  },
  "tool.unknown": { message: "There is no such tool.", hint: "Use one of the tools offered in this conversation." },
  "tool.invalid_input": {
    message: "The tool's arguments do not fit its schema.",
    hint: "Send the call again with arguments that fit.",
  },
  "tool.denied": { message: "The policy does not allow this.", hint: "Find another way, or ask the user to allow it." },
  "tool.failed": { message: "The tool failed.", hint: "The message says what to change." },
  "tool.interrupted": {
    message: "The daemon stopped while this tool ran, so its effect is unknown.",
    hint: "Check what it did before running it again.",
  },
  "path.outside": {
    message: "The path leads outside the workspace.",
    hint: "Use a path relative to the workspace's root.",
  },
  "path.protected": {
    message: "The file is protected.",
    hint: "Editor settings, hooks, keys and .git change only with a person's approval.",
  },
  "edit.not_found": {
    message: "The text to replace is not in the file.",
    hint: "Read the file again and copy the text exactly, white space included.",
  },
  "edit.ambiguous": {
    message: "The text to replace stands in the file more than once.",
    hint: "Include more of the lines around it.",
  },
  "edit.stale": {
    message: "The file has changed since it was read.",
    hint: "Read it again, then repeat the edit.",
  },
  "command.timeout": { message: "The command took too long and was ended.", hint: "Run something shorter." },
  ...EDITOR_ERRORS,
  ...MEMORY_ERRORS,
  ...MERGE_ERRORS,
  ...TASK_ERRORS,
  ...WORKFLOW_ERRORS,
  ...GUARD_ERRORS,
  ...COLLABORATION_ERRORS,
  ...CLIENT_ERRORS,
  ...DESIGN_ERRORS,
  ...UNSAVED_ERRORS,
  "usage.invalid": { message: "The command line cannot be understood.", hint: "`nexus --help` lists the commands." },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

export const ErrorValue: z.ZodMiniType<Failure, Failure> = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  action: z.optional(z.string()),
});
export type ErrorValue = Failure;

export type Result<Value> = { ok: true; value: Value } | { ok: false; error: ErrorValue };

/** Builds the value of a catalogue entry; `detail` says what exactly was wrong this time. */
export function errorValue(code: ErrorCode, detail?: string): ErrorValue {
  return describe(code, ERRORS[code], detail);
}

export function nexusError(code: ErrorCode, detail?: string, options?: ErrorOptions): NexusError {
  return new NexusError(errorValue(code, detail), options);
}

export function ok<Value>(value: Value): Result<Value> {
  return { ok: true, value };
}

export function failure(code: ErrorCode, detail?: string): { ok: false; error: ErrorValue } {
  return { ok: false, error: errorValue(code, detail) };
}
