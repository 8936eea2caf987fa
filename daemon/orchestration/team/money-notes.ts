/** What an agent is told of its money: at the end of the conversation, and only when much of it is gone. */
import { costOf, restFor } from "../../planning/budget.ts";
import type { NewEvent } from "../../store/store.ts";
import { type RunContext, stateOf } from "../run-context.ts";

/** Shares of the budget that are left. */
const BANDS = [0.5, 0.25, 0.1];
/** What is said of a share by estimate comes before all that is said of a limit. */
const SHARE_BAND = 1;

/** Answers, for each turn, with what is to be said before it; a replayed turn gets what it got. */
export function createMoneyNotes(context: RunContext, taskId: string): (turn: number) => Promise<string[]> {
  let told = 2;
  return async (turn) => {
    const key = `money/${taskId}/${turn}`;
    const delivered: NewEvent = {
      body: { type: "message.delivered", messageId: key, taskId, turn },
      key: `${key}/delivered`,
    };
    const known = await context.store.events.find(context.runId, key);
    const isReplayed = (await context.store.events.find(context.runId, `model/${taskId}/${turn}`)) !== undefined;
    const note = isReplayed && known === undefined ? undefined : await noteOf(context, taskId);
    if (known?.body.type === "message.sent") {
      told = Math.min(told, note?.band ?? told);
      await context.store.events.append(context.runId, [delivered]);
      return [known.body.message.text];
    }
    if (note === undefined || note.band >= told) return [];
    told = note.band;
    const message = { messageId: key, from: "nexus", to: taskId, kind: "inform" as const, text: note.text };
    await context.store.events.append(context.runId, [{ body: { type: "message.sent", message }, key }, delivered]);
    return [note.text];
  };
}

interface Note {
  /** Each is said once, the smaller ones later. */
  readonly band: number;
  readonly text: string;
}

async function noteOf(context: RunContext, taskId: string): Promise<Note | undefined> {
  const state = await stateOf(context);
  const { budgetUsd = null, shareUsd } = state.tasks.find(({ id }) => id === taskId) ?? {};
  const cost = costOf(state, taskId);
  const spent = spentInWords(cost);
  const share = budgetUsd === null ? shareUsd : undefined;
  if (share !== undefined && share > cost.spentUsd) {
    const note = noteOn("share of the run's budget", share, share - cost.spentUsd, spent);
    return note && { ...note, band: note.band + SHARE_BAND };
  }
  const { limitUsd } = state.budget;
  const limit = budgetUsd ?? limitUsd;
  if (limit === null) return undefined;
  const note = noteOn(
    "budget",
    limit,
    budgetUsd === null ? limit - state.budget.spentUsd : limit - cost.spentUsd,
    spent,
  );
  if (note !== undefined || share === undefined) return note;
  const left = dollars(restFor(state, taskId).leftUsd);
  const text = `Your share of ${dollars(share)} by estimate is used up (${spent}). The run has ${left} left for all its tasks; go on, and come to an end soon.`;
  return { band: SHARE_BAND, text };
}

function noteOn(what: string, limitUsd: number, rest: number, spent: string): Note | undefined {
  const left = Math.max(0, rest);
  const band = limitUsd <= 0 ? undefined : BANDS.findLast((share) => left <= limitUsd * share);
  if (band === undefined) return undefined;
  return { band, text: `Of your ${what} of ${dollars(limitUsd)}, ${dollars(left)} is left (${spent}).` };
}

function spentInWords({ spentUsd, ownUsd }: { readonly spentUsd: number; readonly ownUsd: number }): string {
  const children = spentUsd - ownUsd;
  const delegated = children > 0 ? `, ${dollars(children)} of it by work that you handed over` : "";
  return `spent: ${dollars(spentUsd)}${delegated}`;
}

function dollars(usd: number): string {
  return `$${Math.max(0, usd).toFixed(4)}`;
}
