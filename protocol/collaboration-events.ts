/** Events of agents among themselves: messages, the blackboard, bids, and waits that were refused. */
import * as z from "zod/mini";
import { event } from "./event.ts";

export const AgentMessage = z.object({
  messageId: z.string(),
  /** Tasks, not agents' names: two tasks may be done by agents of one name. "user" and "nexus" are senders too. */
  from: z.string(),
  /** A task's id, or "all". */
  to: z.string(),
  /** Of a message to all: the tasks that were not ended when it was sent. */
  recipients: z.optional(z.array(z.string())),
  kind: z.enum(["inform", "question", "answer", "request", "warning"]),
  /** The message that this one answers. */
  inReplyTo: z.optional(z.string()),
  text: z.string(),
});
export type AgentMessage = z.infer<typeof AgentMessage>;

export const MessageDelivery = z.object({
  messageId: z.string(),
  taskId: z.string(),
  /** The turn before which the agent read it. */
  turn: z.int(),
  /** The message was the result of a call: an answer that was waited for. Left out: it came before the turn. */
  inCall: z.optional(z.boolean()),
});
export type MessageDelivery = z.infer<typeof MessageDelivery>;

export const BoardEntry = z.object({
  key: z.string(),
  /** 1, 2, 3 …; what a writer must have seen to replace it. */
  version: z.int(),
  /** JSON text, at most 8 000 characters. */
  value: z.string(),
  /** Task and agent that wrote it. */
  taskId: z.string(),
  agent: z.string(),
  /** What it rests on, in the writer's words: paths, commands, messages. */
  source: z.optional(z.string()),
});
export type BoardEntry = z.infer<typeof BoardEntry>;

export const Bid = z.object({
  bidder: z.string(),
  outcome: z.enum(["bid", "refused", "late", "invalid"]),
  /** Of a bid: what it would cost, in USD (null: price not known), and how sure the bidder is, 0 to 1. */
  costUsd: z.nullable(z.number()),
  confidence: z.nullable(z.number()),
  /** What the bid rests on: how well the agent fits, and how such tasks ended before. */
  evidence: z.string(),
  /** The rule's figure by which bids are ordered; larger is better. */
  score: z.nullable(z.number()),
});
export type Bid = z.infer<typeof Bid>;

export const COLLABORATION_EVENTS = [
  event("message.sent", { message: AgentMessage }),
  event("message.delivered", MessageDelivery.shape),
  event("board.written", { entry: BoardEntry }),
  /** Contract net: announced → bids → awarded → reported. */
  event("contract.announced", { taskId: z.string(), round: z.int(), bidders: z.array(z.string()) }),
  event("contract.bid", { taskId: z.string(), round: z.int(), bid: Bid }),
  /** `winner` null: nobody bid, so a rule chose, as the reason says. The budget slice is locked with it. */
  event("contract.awarded", {
    taskId: z.string(),
    round: z.int(),
    winner: z.nullable(z.string()),
    agent: z.string(),
    budgetUsd: z.nullable(z.number()),
    /** What is set aside for it, so that other tasks cannot spend it; left out: its cost is not known. */
    lockedUsd: z.optional(z.number()),
    reason: z.string(),
  }),
  event("contract.reported", {
    taskId: z.string(),
    agent: z.string(),
    kept: z.boolean(),
    costUsd: z.number(),
    report: z.string(),
  }),
  /** A wait that would never have ended: who would have waited for whom, back to the first. */
  event("wait.refused", { taskId: z.string(), cycle: z.array(z.string()), explanation: z.string() }),
] as const;
