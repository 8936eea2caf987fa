/**
 * What the daemon asks of clients that offer it in their handshake. Each answer is a value, also where the client could not
 * do it; what does not fit the schema counts as a client that could not.
 */
import * as z from "zod/mini";
import { Approval, ApprovalDecision } from "./approval.ts";
import { request, reverseRequest } from "./message.ts";

const callId = z.string().check(z.minLength(1), z.maxLength(80));
const runId = z.string();
const words = z.string().check(z.maxLength(2000));

const ModelMessage = z.discriminatedUnion("role", [
  z.object({ role: z.literal("user"), text: z.string() }),
  z.object({
    role: z.literal("assistant"),
    text: z.string(),
    calls: z.array(z.object({ id: z.string(), tool: z.string(), input: z.record(z.string(), z.unknown()) })),
  }),
  /** The result of the call with that id. */
  z.object({ role: z.literal("tool"), id: z.string(), text: z.string(), isError: z.boolean() }),
]);

const count = z.int().check(z.gte(0), z.lte(1_000_000_000));

const ModelAnswer = z.discriminatedUnion("outcome", [
  z.object({
    outcome: z.literal("answered"),
    /** All of it; pieces that were told before are for people to watch. */
    text: z.string(),
    calls: z
      .array(
        z.object({
          id: z.string().check(z.maxLength(200)),
          tool: z.string().check(z.maxLength(200)),
          input: z.record(z.string(), z.unknown()),
        }),
      )
      .check(z.maxLength(200)),
    /** length: cut at the limit; refused: by the provider's filter. Left out: it came to its end. */
    stopped: z.optional(z.enum(["length", "refused"])),
    /** Tokens; left out where the editor does not know, they are estimated. */
    usage: z.optional(z.object({ inputTokens: count, outputTokens: count })),
  }),
  z.object({
    outcome: z.literal("failed"),
    /**
     * not_found: it has no such model, another client may · not_allowed: the person or the editor does not let Nexus use it ·
     * quota: too many requests, or the subscription is used up · blocked: the provider's filter · too_long: the request does
     * not fit the model · unreachable: the editor could not reach its provider · failed: anything else.
     */
    reason: z.enum(["not_found", "not_allowed", "quota", "blocked", "too_long", "unreachable", "failed"]),
    message: words,
    retryAfterMs: z.optional(count),
  }),
]);
export type ModelAnswer = z.infer<typeof ModelAnswer>;

export const clientModel = reverseRequest(
  "client/model",
  "Asks a model that the client's editor offers. Pieces of the answer may be told with model/piece while it comes.",
  z.object({
    callId,
    /** Left out: for none of the runs. */
    runId: z.optional(runId),
    /** As in the settings: `vendor/id` or a part of it; `any`: whichever the editor would take. */
    model: z.string(),
    system: z.string(),
    messages: z.array(ModelMessage),
    tools: z.array(
      z.object({ name: z.string(), description: z.string(), parameters: z.record(z.string(), z.unknown()) }),
    ),
    maxOutputTokens: z.int(),
  }),
  ModelAnswer,
);

export const modelPiece = request(
  "model/piece",
  "A piece of the text that answers client/model, by the client that was asked. An empty one says that it is still at work.",
  z.object({ callId, text: z.string().check(z.maxLength(100_000)) }),
  /** False: nobody waits for this answer any more. */
  z.object({ wanted: z.boolean() }),
);

const Hunk = z.object({
  /** Where it stood when the run began, from 0. */
  line: z.int(),
  /** Lines that must stand there, or in exactly one place, for the hunk to be applied: context included. */
  before: z.array(z.string()),
  after: z.array(z.string()),
});
export type Hunk = z.infer<typeof Hunk>;

export const clientApplyEdit = reverseRequest(
  "client/applyEdit",
  "Changes files that the client has open with unsaved text: all of them or none, in its editor, without saving.",
  z.object({
    runId,
    workspace: z.string(),
    /** What it is, in a few words. */
    title: z.string(),
    files: z.array(z.object({ path: z.string(), hunks: z.array(Hunk) })),
    /** Takes out again what was put in: also where it was saved since. Otherwise a file that is not unsaved any more refuses. */
    takesBack: z.optional(z.boolean()),
  }),
  z.object({
    applied: z.boolean(),
    /** Why not, of the file that did not fit. */
    reason: z.optional(words),
    path: z.optional(z.string()),
  }),
);

export const clientApproval = reverseRequest(
  "client/approval",
  "Asks the person at this client. Cancelled when somebody else has answered.",
  z.object({ runId, workspace: z.string(), prompt: z.string(), approval: Approval }),
  z.object({
    /** later: the person wants to answer elsewhere, or not now. */
    decision: z.union([ApprovalDecision, z.literal("later")]),
    /** Of the approval that was shown: another one's is no answer. */
    subjectHash: z.string(),
    feedback: z.optional(z.string().check(z.maxLength(10_000))),
  }),
);

export const clientTerminal = reverseRequest(
  "client/terminal",
  "A command of a run begins, in the run's copy and behind its wall: the client may show its output, which run/delta tells, in a terminal that takes no input.",
  z.object({
    runId,
    taskId: z.string(),
    turn: z.int(),
    /** The call of the turn, as in run/delta; it has ended with its tool.finished. */
    call: z.int(),
    command: z.string(),
  }),
  z.object({ shown: z.boolean() }),
);
