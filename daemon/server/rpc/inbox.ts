/** What has come from a client and is not taken yet, frame by frame; an answer to a batch is put together here. */
import type { JSONRPCErrorResponse } from "json-rpc-2.0";
import { errorValue } from "../../../protocol/errors.ts";
import { errorResponse, type Message, parseFrame } from "./frames.ts";

export interface Item {
  readonly message: Message;
  readonly isBatched: boolean;
  /** Its share of the frame, in characters. */
  readonly length: number;
  /** Called once for each item: with what answers it, or with nothing when nobody waits for an answer. */
  reply(response?: object): void;
}

export interface Inbox {
  push(line: string): void;
  /** The next item, which stays; while the client is held, only what lets work end: answers and cancellations. */
  peek(isHeld: boolean): Item | undefined;
  take(item: Item): void;
  /** As much waits as is to be kept in memory. */
  isFull(): boolean;
  clear(): void;
}

const MAX_ITEMS = 64;
const MAX_LENGTH = 1024 * 1024;
/** Of the answers to one batch, in characters; those above it are errors instead. */
const MAX_BATCH_LENGTH = 8 * 1024 * 1024;

export function createInbox(send: (line: string) => void): Inbox {
  let entries: Item[] = [];
  let length = 0;
  return {
    push(line) {
      const { messages, isBatch } = parseFrame(line);
      const reply = isBatch ? createBatch(messages.length, send) : replyTo(send);
      const share = Math.ceil(line.length / messages.length);
      length += share * messages.length;
      entries.push(...messages.map((message) => ({ message, isBatched: isBatch, length: share, reply })));
    },
    peek: (isHeld) => (isHeld ? entries.find(({ message }) => isUrgent(message)) : entries[0]),
    take(item) {
      const index = entries.indexOf(item);
      length -= entries[index]?.length ?? 0;
      if (index === 0) entries.shift();
      else if (index > 0) entries.splice(index, 1);
    },
    isFull: () => entries.length >= MAX_ITEMS || length >= MAX_LENGTH,
    clear() {
      entries = [];
      length = 0;
    },
  };
}

function isUrgent(message: Message): boolean {
  return message.kind === "answer" || (message.kind === "request" && message.request.method === "request/cancel");
}

function replyTo(send: (line: string) => void): Item["reply"] {
  return (response) => {
    if (response !== undefined) send(JSON.stringify(response));
  };
}

/** One array when all is answered; nothing when there is nothing to answer. */
function createBatch(count: number, send: (line: string) => void): Item["reply"] {
  const answers: string[] = [];
  let open = count;
  let length = 0;
  return (response) => {
    if (response !== undefined) {
      const text = JSON.stringify(response);
      const fits = length + text.length <= MAX_BATCH_LENGTH;
      answers.push(fits ? text : JSON.stringify(tooLarge(response)));
      if (fits) length += text.length;
    }
    open -= 1;
    if (open === 0 && answers.length > 0) send(`[${answers.join(",")}]`);
  };
}

function tooLarge(response: object): JSONRPCErrorResponse {
  const id =
    "id" in response && (typeof response.id === "string" || typeof response.id === "number") ? response.id : null;
  return errorResponse(id, errorValue("frame.answers_too_large"));
}
