/** Whether an agent may hand a piece of work to another: the contract, how deep that goes, and whether it goes in circles. */
import { createHash } from "node:crypto";
import { isWithin, patternOf } from "./path-overlap.ts";

export interface DelegationContract {
  /** What the child must answer with. */
  readonly returns: string;
  readonly files: readonly string[];
  readonly readOnly: boolean;
}

/** Who has had the work so far, the planned task first. */
export interface ChainLink {
  readonly taskId: string;
  readonly agent: string;
  /** See `goalKey`. */
  readonly goal: string;
}

export interface DelegationRequest {
  readonly chain: readonly ChainLink[];
  readonly agent: string;
  readonly goal: string;
  readonly contract: DelegationContract;
  /** What the one who delegates may touch itself. */
  readonly parent: { readonly files: readonly string[]; readonly readOnly: boolean; readonly leftUsd: number | null };
  /** What it wants to give the child; null: no limit of its own. */
  readonly budgetUsd: number | null;
  readonly knownAgents: readonly string[];
}

export type Delegated =
  /** `budgetUsd`: never more than the parent has left. `visited`: the chain with the child at its end. */
  | {
      readonly ok: true;
      readonly depth: number;
      readonly budgetUsd: number | null;
      readonly visited: readonly ChainLink[];
    }
  | { readonly ok: false; readonly problem: string };

/** A child of a planned task, its child, and one more. */
const MOST_DEPTH = 3;
const LONGEST_TEXT = 2000;

export function checkDelegation(request: DelegationRequest, childId: string): Delegated {
  const { chain, agent, goal, budgetUsd, parent } = request;
  const problem = contractProblem(request) ?? budgetProblem(request) ?? chainProblem(chain, agent, goalKey(goal));
  if (problem !== undefined) return { ok: false, problem };
  const left = parent.leftUsd;
  const slice = left === null || budgetUsd === null ? (budgetUsd ?? left) : Math.min(budgetUsd, left);
  const visited = [...chain, { taskId: childId, agent, goal: goalKey(goal) }];
  return { ok: true, depth: chain.length, budgetUsd: slice, visited };
}

/** The same for goals that differ in white space, case and punctuation only. */
export function goalKey(goal: string): string {
  const words =
    goal
      .normalize("NFC")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return createHash("sha256").update(words.join(" ")).digest("hex").slice(0, 16);
}

function contractProblem({ agent, goal, contract, parent, knownAgents }: DelegationRequest): string | undefined {
  if (!knownAgents.includes(agent))
    return `There is no agent "${agent.slice(0, 60)}" (there are: ${knownAgents.join(", ")}).`;
  if (goal.trim() === "" || goal.length > LONGEST_TEXT) return `The goal must have 1 to ${LONGEST_TEXT} characters.`;
  if (contract.returns.trim() === "" || contract.returns.length > LONGEST_TEXT)
    return "The contract must say what is to be answered with.";
  if (parent.readOnly && !contract.readOnly) return "Who only reads cannot let another write.";
  if (contract.readOnly) return undefined;
  const outside = contract.files.find((name) => !parent.files.some((own) => covers(own, name)));
  return outside === undefined ? undefined : `${outside} is not among what you may change yourself.`;
}

function budgetProblem({ budgetUsd, parent: { leftUsd } }: DelegationRequest): string | undefined {
  if (budgetUsd !== null && !(Number.isFinite(budgetUsd) && budgetUsd > 0)) return "A budget is a number above 0.";
  if (leftUsd !== null && !(leftUsd > 0)) return "Nothing is left of your budget.";
  return undefined;
}

function chainProblem(chain: readonly ChainLink[], agent: string, goal: string): string | undefined {
  const way = [...chain.map((link) => link.agent), agent].join(" → ");
  if (chain.length > MOST_DEPTH)
    return `It would be handed on ${chain.length} times (${way}); ${MOST_DEPTH} are allowed.`;
  const same = chain.find((link) => link.agent === agent && link.goal === goal);
  if (same !== undefined) return `${agent} has this very goal already, in task ${same.taskId} (${way}).`;
  const [first, second, third] = chain.slice(-3);
  if (first !== undefined && second?.agent === agent && third?.agent === first.agent && first.agent !== agent)
    return `It goes back and forth between two agents (${way}).`;
  return undefined;
}

/** Whether all files of `name` are files of `own`. A pattern is covered by itself and by a plain folder above it. */
function covers(own: string, name: string): boolean {
  if (own === name) return true;
  const star = name.search(/[*?{]/);
  const folder = star < 0 ? name : name.slice(0, star).replace(/[^/]*$/, "");
  if (star >= 0 && folder === "") return own === "**";
  return isWithin(patternOf(folder), patternOf(own));
}
