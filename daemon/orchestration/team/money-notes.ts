/** What an agent is told of its money: at the end of the conversation, and only when much of it is gone. */
import { costOf } from "../../planning/budget.ts";
import { type RunContext, stateOf } from "../run-context.ts";

/** Shares of the budget that are left. */
const BANDS = [0.5, 0.25, 0.1];

/** Answers, for each turn, with what is to be said before it; a replayed turn gets what it got. */
export function createMoneyNotes(context: RunContext, taskId: string): (turn: number) => Promise<string[]> {
  let told = 1;
  return async (turn) => {
    const key = `money/${taskId}/${turn}`;
    const known = await context.store.events.find(context.runId, key);
    const isReplayed = (await context.store.events.find(context.runId, `model/${taskId}/${turn}`)) !== undefined;
    const note = isReplayed && known === undefined ? undefined : await noteOf(context, taskId);
    if (note === undefined || (known === undefined && note.band >= told)) return [];
    told = Math.min(told, note.band);
    if (known?.body.type === "message.sent") return [known.body.message.text];
    const messageId = key;
    const message = { messageId, from: "nexus", to: taskId, kind: "inform" as const, text: note.text };
    await context.store.events.append(context.runId, [
      { body: { type: "message.sent", message }, key },
      { body: { type: "message.delivered", messageId, taskId, turn }, key: `${key}/delivered` },
    ]);
    return [note.text];
  };
}

async function noteOf(context: RunContext, taskId: string): Promise<{ band: number; text: string } | undefined> {
  const state = await stateOf(context);
  const slice = state.tasks.find(({ id }) => id === taskId)?.budgetUsd;
  const limit = slice ?? state.budget.limitUsd;
  if (limit === null || limit <= 0) return undefined;
  const { spentUsd, ownUsd } = costOf(state, taskId);
  const spent = slice == null ? state.budget.spentUsd : spentUsd;
  const left = Math.max(0, limit - spent);
  const band = BANDS.findLast((share) => left <= limit * share);
  if (band === undefined) return undefined;
  const children = spentUsd - ownUsd;
  const delegated = children > 0 ? `, $${children.toFixed(4)} of it by work that you handed over` : "";
  return {
    band,
    text: `Of your budget of $${limit.toFixed(4)}, $${left.toFixed(4)} is left (spent: $${spent.toFixed(4)}${delegated}).`,
  };
}
