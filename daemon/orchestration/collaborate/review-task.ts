/**
 * Review of a finished task by another agent: a rejection goes back to the agent as a failed check does, some rounds at
 * most; then a judge decides, else a person, else the rule. Each round stands in the log under the turn that it is about.
 */
import { nexusError, type PlanTask, type RunEventOf } from "../../../protocol/index.ts";
import {
  criticise,
  type Decider,
  decideByRule,
  type NextStep,
  nextStep,
  type Opinion,
  openDisagreement,
} from "../../collaboration/disagreement.ts";
import { asData } from "../../memory/context/cut.ts";
import { askQuestion } from "../people/question-gate.ts";
import { type RunContext, record, stateOf } from "../run-context.ts";
import { askJudge } from "./judge.ts";
import { askReviewer, changeUnderReview, type FinishedWork } from "./reviewer.ts";

type Reviewed = RunEventOf<"task.reviewed">;

/**
 * Answers, for a turn at whose end the agent says it is done, with what it must change; undefined when the work passes.
 * Throws `verification.failed` when it is rejected for good.
 */
export function createReview(context: RunContext, work: FinishedWork, rounds: number) {
  let disagreement = openDisagreement(rounds);
  return async (text: string, turn: number): Promise<string | undefined> => {
    const round = disagreement.opinions.length + 1;
    const first = await opinionOf(context, work, { round, text, turn });
    disagreement = criticise(disagreement, first);
    const next = nextStep(disagreement);
    if (next === undefined || next.step === "accepted") return undefined;
    if (next.step === "revise") return objections(work.by, next.comments);
    const decided = await decide(context, work, { round, text, turn, comments: next.comments, why: next.why });
    if (decided.verdict === "accepted") return undefined;
    const why = decided.comments.join("; ").slice(0, 1000);
    throw nexusError(
      "verification.failed",
      `Task ${work.task.id} was rejected in review (${decided.decidedBy}): ${why}`,
    );
  };
}

interface Round {
  readonly round: number;
  readonly text: string;
  readonly turn: number;
}

async function opinionOf(context: RunContext, work: FinishedWork, { round, text, turn }: Round): Promise<Opinion> {
  const key = `reviewed/${work.task.id}/${turn}`;
  const known = await reviewAt(context, key);
  if (known !== undefined) return known;
  const opinion = await askReviewer(context, work, { round, text });
  // Who does not say what is wrong does not stand in the way.
  const given = opinion ?? { verdict: "accepted" as const, comments: ["The reviewer came to no verdict."] };
  return recordReview(context, work, { round, key, decidedBy: opinion === undefined ? "rule" : "review" }, given);
}

async function decide(
  context: RunContext,
  work: FinishedWork,
  { round, text, turn, comments, why }: Round & { comments: readonly string[]; why: string },
): Promise<Reviewed> {
  const key = `reviewed/${work.task.id}/${turn}/decided`;
  const known = await reviewAt(context, key);
  if (known !== undefined) return known;
  const { task } = work;
  const diff = await changeUnderReview(context, work, round);
  const judged = await askJudge(context, { task, turn, text, comments, diff });
  const by = (decidedBy: Decider, opinion: Opinion) => recordReview(context, work, { round, key, decidedBy }, opinion);
  if (judged !== undefined) return by("judge", judged);
  const { headless, tasks } = await stateOf(context);
  if (!headless) return by("person", await askPerson(context, work, { comments, why, key }));
  const hasEvidence = tasks.find(({ id }) => id === task.id)?.evidence?.satisfied === true;
  return by("rule", { verdict: decideByRule({ hasEvidence }), comments });
}

async function askPerson(
  context: RunContext,
  { task, by, agent }: FinishedWork,
  { comments, why, key }: { comments: readonly string[]; why: string; key: string },
): Promise<Opinion> {
  const text = `${by} rejects what ${agent} did for “${task.title}”, and ${why}. Its objections:\n${comments.map((comment) => `- ${comment}`).join("\n")}\nIs the work good enough?`;
  const answer = await askQuestion(context, { key, taskId: task.id, agent: by, text, choices: ["accept", "reject"] });
  const verdict = answer.trim().toLowerCase().startsWith("accept") ? "accepted" : "rejected";
  return { verdict, comments: verdict === "accepted" ? [] : [...comments, answer] };
}

async function recordReview(
  context: RunContext,
  { task, by }: { readonly task: PlanTask; readonly by: string },
  { round, key, decidedBy }: { readonly round: number; readonly key: string; readonly decidedBy: Decider },
  { verdict, comments }: Opinion,
): Promise<Reviewed> {
  const clean = comments.map((comment) => context.redact(comment));
  const body: Reviewed = { type: "task.reviewed", taskId: task.id, by, round, verdict, comments: clean, decidedBy };
  const event = await record(context, body, key);
  return event.body.type === "task.reviewed" ? event.body : body;
}

async function reviewAt(context: RunContext, key: string): Promise<Reviewed | undefined> {
  const event = await context.store.events.find(context.runId, key);
  return event?.body.type === "task.reviewed" ? event.body : undefined;
}

function objections(by: string, comments: Extract<NextStep, { step: "revise" }>["comments"]): string {
  const list = comments.map((comment) => `- ${comment}`).join("\n");
  return `The agent ${by} reviewed your work and found what must change. Look at each point; where it is wrong, say why in your answer.\n${asData("review", list)}`;
}
