/** Plans and their figures as tables. */
import type { Answer, Estimate, Plan, PlanChange, TaskCost, TaskOutcome } from "../../protocol/index.ts";
import { count, figure, money, oneLine, table } from "./format.ts";

/** 12 k tokens, 3 min, $0.02 */
export function estimateText({ tokens, minutes, usd }: Estimate): string {
  return `about ${tokensText(tokens)} tokens, ${minutesText(minutes)}, ${usd === null ? "price unknown" : money(usd)}`;
}

/** What an estimate rests on. */
export function basisText({ basis, samples = 0, spread }: Estimate): string {
  if (basis === "default") return "a guess: nothing like it was done here yet";
  if (basis === "model") return "the planner's figures";
  const range = spread === undefined ? "" : `, half of them between ${spread.low} and ${spread.high} times that`;
  return `${count(samples, "finished task")} like these${range}`;
}

export function planTables({ plan, milestones, tasks: states }: Answer<"plan/show">, width: number): string {
  if (plan === null) return milestonesTable(milestones, width);
  const known = new Map(states.map((state) => [state.id, state]));
  const rows = plan.tasks.map((task) => {
    const { status = "waiting", actual } = known.get(task.id) ?? {};
    return [
      task.id,
      status,
      task.agent,
      task.difficulty ?? "–",
      task.milestone ?? "–",
      task.dependsOn.join(" ") || "–",
      ...comparedCells(task.estimate, status === "waiting" ? undefined : actual),
      oneLine(task.title, 200),
    ];
  });
  const heads = ["TASK", "STATUS", "AGENT", "LEVEL", "MILESTONE", "AFTER", "TOKENS", "MINUTES", "COST", "TITLE"];
  const total = plan.estimate;
  const sum = total === undefined ? "" : `All together ${estimateText(total)} (${basisText(total)}).\n`;
  const parts = [milestonesTable(plan.milestones ?? [], width), table([heads, ...rows], width), sum];
  return parts.filter((part) => part !== "").join("\n");
}

function milestonesTable(milestones: NonNullable<Plan["milestones"]>, width: number): string {
  if (milestones.length === 0) return "";
  const rows = milestones.map(({ id, title, outcome, risks = [], estimate }) => [
    id,
    oneLine(title, 40),
    estimate === undefined ? "–" : tokensText(estimate.tokens),
    estimate === undefined ? "–" : minutesText(estimate.minutes),
    String(risks.length),
    oneLine(outcome, 200),
  ]);
  const text = table([["MILESTONE", "TITLE", "TOKENS", "MINUTES", "RISKS", "OUTCOME"], ...rows], width);
  const risks = milestones.flatMap(({ id, risks: of = [] }) =>
    of.map(({ risk, mitigation }) => `  ${id}: ${oneLine(risk, 200)} → ${oneLine(mitigation, 200)}\n`),
  );
  return risks.length === 0 ? text : `${text}Risks\n${risks.join("")}`;
}

/** Estimate, and after a slash what it took. */
function comparedCells(estimate: Estimate | undefined, actual: TaskCost | undefined): string[] {
  const both = (thought: string | undefined, took: string | undefined) =>
    [thought ?? "–", ...(took === undefined ? [] : [took])].join(" / ");
  return [
    both(estimate && tokensText(estimate.tokens), actual && tokensText(actual.tokens)),
    both(estimate && minutesText(estimate.minutes), actual && minutesText(actual.minutes)),
    both(estimate && estimate.usd !== null ? money(estimate.usd) : undefined, actual && money(actual.usd)),
  ];
}

export function historyTable(outcomes: readonly TaskOutcome[], width: number): string {
  const agents = Map.groupBy(outcomes, ({ agent, model }) => `${agent} ${model}`);
  const rows = [...agents.values()].map((of) => {
    const done = of.filter(({ outcome }) => outcome === "done");
    const compared = done.flatMap(({ estimate, actual }) => (estimate === null ? [] : [{ estimate, actual }]));
    const thought = sumOf(compared.map(({ estimate }) => estimate));
    const took = sumOf(compared.map(({ actual }) => actual));
    return [
      of[0]?.agent ?? "",
      of[0]?.model ?? "",
      String(of.length),
      `${Math.round((done.length / of.length) * 100)} %`,
      `${tokensText(thought.tokens)} / ${tokensText(took.tokens)}`,
      `${minutesText(thought.minutes)} / ${minutesText(took.minutes)}`,
      money(sumOf(of.map(({ actual }) => actual)).usd),
      thought.tokens === 0 ? "–" : `${(took.tokens / thought.tokens).toFixed(2)}×`,
    ];
  });
  const heads = ["AGENT", "MODEL", "TASKS", "DONE", "TOKENS", "MINUTES", "COST", "TOKENS BY ESTIMATE"];
  return table([heads, ...rows], width);
}

function sumOf(costs: readonly { tokens: number; minutes: number; usd: number | null }[]): TaskCost {
  const sum = (of: (cost: (typeof costs)[number]) => number) => costs.reduce((total, cost) => total + of(cost), 0);
  return {
    tokens: sum(({ tokens }) => tokens),
    minutes: sum(({ minutes }) => minutes),
    usd: sum(({ usd }) => usd ?? 0),
  };
}

export function changeText(change: PlanChange): string {
  return changeLines(change)
    .map((line) => `  ${oneLine(line, 400)}\n`)
    .join("");
}

export function changeLines({ added, removed, changed }: PlanChange): string[] {
  return [
    ...added.map((id) => `+ ${id}`),
    ...removed.map((id) => `− ${id}`),
    ...changed.map(({ id, field, before, after }) => `~ ${id} ${field}: ${told(before)} → ${told(after)}`),
  ];
}

function told(text: string): string {
  return text === "" ? "(nothing)" : text;
}

function tokensText(tokens: number): string {
  return tokens < 1000 ? figure(tokens) : `${figure(tokens / 1000)} k`;
}

function minutesText(minutes: number): string {
  return minutes < 10 ? `${Number(minutes.toFixed(1))} min` : `${figure(minutes)} min`;
}
