/** What a person is told of planning, of agents among themselves and of workflow steps; undefined: nothing. */
import type { Bid } from "../../protocol/collaboration-events.ts";
import type { RunEvent } from "../../protocol/run-events.ts";
import { formatCost } from "../format.ts";
import type { NoteStep } from "./step.ts";

type Note = (tone: NoteStep["tone"], text: string, details?: readonly string[]) => NoteStep;

type ContractEvent = Extract<RunEvent["body"], { type: "contract.announced" | "contract.bid" | "contract.awarded" }>;

/** One note a contract: who was asked, then what each bid, then who got it and why. `before`: the note so far. */
export function contractNote(body: ContractEvent, before: NoteStep | undefined, note: Note): NoteStep {
  const bids = before?.details ?? [];
  switch (body.type) {
    case "contract.announced":
      return note("plain", `${body.taskId} was announced to ${body.bidders.join(", ")}.`);
    case "contract.bid":
      return note("plain", before?.text ?? `Bids for ${body.taskId}`, [...bids, bidWords(body.bid)]);
    case "contract.awarded":
      return note("good", `${body.taskId} goes to ${body.agent}: ${body.reason}`, bids);
  }
}

function bidWords({ bidder, outcome, costUsd, confidence, evidence, score }: Bid): string {
  if (outcome !== "bid") return `${bidder}: ${BIDS[outcome]}. ${evidence}`;
  const figures = [
    costUsd === null ? "" : formatCost(costUsd),
    confidence === null ? "" : `${Math.round(confidence * 100)}% sure`,
    score === null ? "" : `score ${score.toFixed(2)}`,
  ];
  return `${bidder}: ${figures.filter((figure) => figure !== "").join(", ")}. ${evidence}`;
}

/** Clients name themselves with an id behind the name. */
function nameOf(by: string): string {
  return by.split(" ")[0] ?? by;
}

const STEP_TONES = {
  done: "good",
  failed: "warning",
  skipped: "plain",
  timed_out: "warning",
  cancelled: "plain",
} as const;
const DECIDERS = {
  review: "",
  rule: " (the last round)",
  judge: " (a judge decided)",
  person: " (a person decided)",
} as const;
const CONTROLS = { cancel: "stopped", pause: "paused", resume: "let go on:" } as const;
const BIDS = { refused: "does not bid", late: "was too late", invalid: "bid what cannot be" } as const;

export function teamNote(body: RunEvent["body"], note: Note): NoteStep | undefined {
  switch (body.type) {
    case "plan.outlined":
      return note(
        "plain",
        `Outlined ${body.milestones.length} milestones`,
        body.milestones.map(({ title, outcome }) => `${title}: ${outcome}`),
      );
    case "plan.revised": {
      const { added, removed, changed } = body.change;
      const details = [
        ...added.map((id) => `added ${id}`),
        ...removed.map((id) => `removed ${id}`),
        ...changed.map(({ id, field, before, after }) => `${id}, ${field}: ${before} → ${after}`),
      ];
      return note("warning", `The plan was changed by ${nameOf(body.by)}: ${body.reason}`, details);
    }
    case "obstacle.reported":
      return note("warning", `${body.taskId} cannot be done as planned: ${body.found}`, [body.why]);
    case "plan.doubted":
      return note("plain", `What has not begun is planned anew (round ${body.round}).`, [body.evidence]);
    case "plan.reconsidered":
      return body.plan === null ? note("warning", "No better plan was found.", [body.reason]) : undefined;
    case "task.delegated":
      return note("plain", `${body.parent} handed “${body.title}” to ${body.agent}.`, [
        body.goal,
        `Returns: ${body.contract.returns}`,
      ]);
    case "conflict.predicted":
      return note(
        "warning",
        `${body.tasks.join(" and ")} would have met: ${body.reason}`,
        body.on.map(({ name }) => name),
      );
    case "task.merged":
      return note("good", `The work of ${body.taskId} was joined.`, body.files);
    case "merge.conflicted":
      return note("bad", `${body.taskId} and ${body.with.join(", ")} changed the same places.`, body.paths);
    case "regression.found":
      return note("bad", `\`${body.command}\` fails since ${body.taskId ?? "a change that could not be told"}.`);
    case "task.reviewed":
      return note(
        body.verdict === "accepted" ? "good" : "warning",
        `${body.by} ${body.verdict} ${body.taskId}, round ${body.round}${DECIDERS[body.decidedBy]}`,
        body.comments,
      );
    case "task.controlled":
      return note("warning", `${nameOf(body.by)} ${CONTROLS[body.action]} ${body.taskId}.`);
    case "task.checked": {
      const details = body.findings.map(({ path, line, message }) => {
        return `${[path, line].filter((part) => part !== "" && part !== undefined).join(":")} ${message}`.trim();
      });
      return note(body.ok ? "good" : "warning", `${body.taskId}, ${body.check}: ${body.summary}`, details);
    }
    case "wait.refused":
      return note("warning", body.explanation, [body.cycle.join(" → ")]);
    case "scheduler.decided":
      return body.decision === "started" ? undefined : note("plain", body.reason);
    case "step.finished":
      return note(
        STEP_TONES[body.outcome],
        `Step ${body.at} ${body.outcome.replace("_", " ")}`,
        body.reason === "" ? [] : [body.reason],
      );
    case "step.retried":
      return note("warning", `Step ${body.at} is tried again: ${body.reason}`);
    case "step.compensated":
      return note(body.outcome === "done" ? "plain" : "bad", `Step ${body.at} was undone: ${body.reason}`);
    case "workflow.migrated":
      return note("warning", `${body.by} moved the run to another version of its workflow.`);
    default:
      return undefined;
  }
}
