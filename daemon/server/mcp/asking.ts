/**
 * Asking the person at the client (elicitation), in both revisions of the protocol. What is said here is the person's own word:
 * it comes from the client's user interface and never from a tool's arguments.
 */
import { createHash, randomBytes } from "node:crypto";
import {
  createRequestStateCodec,
  type ElicitRequestFormParams,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
} from "@modelcontextprotocol/server";
import { nexusError } from "../../../protocol/index.ts";
import type { Asking } from "./tools/tool.ts";

export interface PersonQuestion {
  /** What is asked about, by its id: two may have the same text. */
  readonly subject: string;
  /** What exactly is asked about: another text is another question. */
  readonly message: string;
  readonly schema: ElicitRequestFormParams["requestedSchema"];
  readonly signal: AbortSignal;
  /** Aborts when somebody else has answered meanwhile. */
  readonly withdrawn?: AbortSignal;
}

export type PersonAnswer =
  | { readonly kind: "accepted"; readonly content: Readonly<Record<string, unknown>> }
  /** The person said no to the whole question. */
  | { readonly kind: "declined" }
  /** The person put the question aside, or somebody else answered it. */
  | { readonly kind: "open" }
  /** To be answered to the client, which asks the person and calls again. */
  | { readonly kind: "pending"; readonly result: InputRequiredResult };

/** A person may be away from the screen; after that the question is put aside. */
const ASK_MS = 60 * 60_000;
const KEY = "answer";

/** Of this process only: a question of an earlier one is asked again. */
export const questionState = createRequestStateCodec<{ readonly about: string }>({
  key: randomBytes(32),
  ttlSeconds: ASK_MS / 1000,
});

/** Rejects with `connection.not_human` where the client cannot ask, and with what the client fails with. */
export function askPerson(person: Asking, question: PersonQuestion): Promise<PersonAnswer> {
  if (!person.canAsk)
    throw nexusError(
      "connection.not_human",
      "This client cannot ask you (it offers no elicitation), and the assistant may not decide.",
    );
  return person.era === "legacy" ? askNow(person, question) : askOnRetry(person, question);
}

async function askNow(
  { context }: Asking,
  { message, schema, signal, withdrawn }: PersonQuestion,
): Promise<PersonAnswer> {
  const either = withdrawn === undefined ? signal : AbortSignal.any([signal, withdrawn]);
  try {
    const form = { mode: "form" as const, message, requestedSchema: schema };
    const { action, content } = await context.mcpReq.elicitInput(form, { signal: either, timeout: ASK_MS });
    return answerOf(action, content);
  } catch (error) {
    if (withdrawn?.aborted === true && !signal.aborted) return { kind: "open" };
    throw error;
  }
}

/**
 * The client comes back with the answer and with our own signed word about what it was asked: an answer to another question,
 * or to none, counts as not given.
 */
async function askOnRetry({ context }: Asking, { subject, message, schema }: PersonQuestion): Promise<PersonAnswer> {
  const about = createHash("sha256")
    .update(JSON.stringify([subject, message]))
    .digest("hex");
  const view = inputResponse(context.mcpReq.inputResponses, KEY);
  const wasAsked = context.mcpReq.requestState<{ readonly about: string }>()?.about === about;
  if (view.kind === "elicit" && wasAsked) return answerOf(view.action, view.content);
  const requestState = await questionState.mint({ about });
  const inputRequests = { [KEY]: inputRequired.elicit({ message, requestedSchema: schema }) };
  return { kind: "pending", result: inputRequired({ inputRequests, requestState }) };
}

function answerOf(action: "accept" | "decline" | "cancel", content: Record<string, unknown> = {}): PersonAnswer {
  switch (action) {
    case "accept":
      return { kind: "accepted", content };
    case "decline":
      return { kind: "declined" };
    case "cancel":
      return { kind: "open" };
  }
}
