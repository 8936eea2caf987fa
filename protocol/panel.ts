/**
 * What a run panel asks of its host (the extension). Plain checks instead of schemas, because the extension loads this
 * and answers nothing that does not fit: a page may hold text that strangers wrote.
 */
import type { ErrorAction } from "./errors.ts";
import { type Check, fits, isName, isOneOf } from "./page-checks.ts";
import type { Plan } from "./plan.ts";

export type PanelRequest =
  /** The page is drawn and wants its run; after a reload also the events from number `from` on, which it showed before. */
  | { readonly type: "ready"; readonly from: number | null }
  /** The page of events before this number. */
  | { readonly type: "page"; readonly before: number }
  | { readonly type: "latest" }
  | {
      readonly type: "answer";
      readonly approvalId: string;
      readonly subjectHash: string;
      readonly decision: "approve" | "reject";
      readonly feedback: string;
      /** Also keep the rule that the approval offers. */
      readonly remember: boolean;
    }
  | { readonly type: "answerQuestion"; readonly questionId: string; readonly answer: string }
  /** The plan as it shall be; the daemon checks it. */
  | { readonly type: "editPlan"; readonly plan: Plan; readonly reason: string; readonly revisions: number }
  /** Of one task: cancel ends it, pause holds it before its next turn. */
  | { readonly type: "controlTask"; readonly taskId: string; readonly action: "cancel" | "pause" | "resume" }
  /** `next` starts a new run in the run's session. */
  | { readonly type: "prompt"; readonly text: string; readonly delivery: "steer" | "queue" | "next" }
  | { readonly type: "cancel" }
  | { readonly type: "resume" }
  | { readonly type: "accept"; readonly paths: readonly string[] | null }
  | { readonly type: "discard"; readonly paths: readonly string[] | null }
  /** Asks the person what is to go back to this checkpoint. */
  | { readonly type: "rewind"; readonly checkpoint: number }
  | { readonly type: "undoRewind" }
  /** Puts the user's folder back as it was before they accepted. */
  | { readonly type: "rewindAccept" }
  | { readonly type: "diff"; readonly path: string }
  | { readonly type: "openDiff"; readonly path: string }
  | { readonly type: "openFile"; readonly path: string }
  | { readonly type: "openRun"; readonly runId: string }
  | { readonly type: "action"; readonly action: ErrorAction };

export type PanelRequestType = PanelRequest["type"];

type Fields<Type extends PanelRequestType> = Record<
  Exclude<keyof Extract<PanelRequest, { type: Type }>, "type">,
  Check
>;

const MAX_TEXT = 100_000;
/** Of its JSON; what the daemon takes is smaller still. */
const MAX_PLAN = 500_000;

/** What stands on the button that carries an error's action out. */
export const ACTION_LABELS: Readonly<Record<ErrorAction, string>> = {
  setKey: "Set Key…",
  openSettings: "Open Settings",
  showLogs: "Show Log",
  restartDaemon: "Restart Daemon",
  resumeRun: "Resume Run",
  runDoctor: "Run Doctor",
};

/** Errors come over the wire, from a daemon that may be newer: an action we do not know gets no button. */
export function isErrorAction(name: unknown): name is ErrorAction {
  return typeof name === "string" && Object.hasOwn(ACTION_LABELS, name);
}

const isText: Check = (value) => typeof value === "string" && value.length <= MAX_TEXT;
const isSeq: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 1;
const isPaths: Check = (value) => value === null || (Array.isArray(value) && value.every(isName));

const FIELDS: { readonly [Type in PanelRequestType]: Fields<Type> } = {
  ready: { from: (value) => value === null || isSeq(value) },
  page: { before: isSeq },
  latest: {},
  answer: {
    approvalId: isName,
    subjectHash: isName,
    decision: isOneOf("approve", "reject"),
    feedback: (value) => typeof value === "string" && value.length <= 10_000,
    remember: (value) => typeof value === "boolean",
  },
  answerQuestion: {
    questionId: isName,
    answer: (value) => typeof value === "string" && value.trim() !== "" && value.length <= 10_000,
  },
  editPlan: {
    plan: (value) => typeof value === "object" && value !== null && JSON.stringify(value).length <= MAX_PLAN,
    reason: (value) => typeof value === "string" && value !== "" && value.length <= 2000,
    revisions: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
  },
  controlTask: { taskId: isName, action: isOneOf("cancel", "pause", "resume") },
  prompt: { text: (value) => isText(value) && value !== "", delivery: isOneOf("steer", "queue", "next") },
  cancel: {},
  resume: {},
  accept: { paths: isPaths },
  discard: { paths: isPaths },
  rewind: { checkpoint: isSeq },
  undoRewind: {},
  rewindAccept: {},
  diff: { path: isName },
  openDiff: { path: isName },
  openFile: { path: isName },
  openRun: { runId: isName },
  action: { action: isErrorAction },
};

/** True for exactly the messages above: known type, every field there and of its shape, none besides. */
export function isPanelRequest(value: unknown): value is PanelRequest {
  return fits(value, FIELDS);
}
