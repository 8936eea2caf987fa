/** A client's answers to what the daemon asks of it (protocol/reverse.ts). Imports no schema: see connection.ts. */
import { type Cancel, type CancelSignal, createCancel } from "./cancel.ts";
import { NexusError } from "./raised-errors.ts";
import type { ReverseAnswer, ReverseName, ReverseParams } from "./reverse.ts";

/**
 * `signal` aborts when the daemon gives the request up or the connection ends. A NexusError that it throws reaches the daemon as
 * it is; of another error the message does.
 */
export type ReverseHandler<Name extends ReverseName> = (
  params: ReverseParams<Name>,
  context: { readonly signal: CancelSignal },
) => ReverseAnswer<Name> | Promise<ReverseAnswer<Name>>;

/** Methods compare their parameters loosely, so that handlers of all requests fit into one table. */
interface AnyHandler {
  call(params: unknown, context: { readonly signal: CancelSignal }): unknown;
}

interface Question {
  readonly id: string | number;
  readonly params: unknown;
}

export interface Answering {
  /** A later handler of the same name takes its place. What was asked before there was one is answered now. */
  handle<Name extends ReverseName>(name: Name, handler: ReverseHandler<Name>): () => void;
  receive(id: string | number, name: string, params: unknown): void;
  cancelled(id: unknown): void;
  close(): void;
}

const UNKNOWN_METHOD = -32601;
const FAILED = -32603;
/** The daemon sends fewer; what is above this number is refused all the same. */
const MAX_UNDER_WAY = 64;

/** `declared`: the names that the handshake told the daemon; asked before they have a handler, they wait for it. */
export function createAnswering(send: (message: object) => void, declared: readonly string[]): Answering {
  const handlers = new Map<string, AnyHandler>();
  const waiting = new Map<string, Question[]>();
  const underWay = new Map<string | number, Cancel>();

  function refuse(id: string | number, code: number, message: string): void {
    send({ jsonrpc: "2.0", id, error: { code, message } });
  }

  async function answer({ id, params }: Question, handler: AnyHandler): Promise<void> {
    const cancel = underWay.get(id);
    if (cancel === undefined || cancel.signal.aborted) return;
    let message: object;
    try {
      message = { jsonrpc: "2.0", id, result: (await handler.call(params, { signal: cancel.signal })) ?? {} };
    } catch (error) {
      message = { jsonrpc: "2.0", id, error: errorOf(error) };
    }
    underWay.delete(id);
    if (!cancel.signal.aborted) send(message);
  }

  return {
    handle(name, handler) {
      const entry: AnyHandler = { call: handler };
      handlers.set(name, entry);
      for (const question of waiting.get(name) ?? []) void answer(question, entry);
      waiting.delete(name);
      return () => {
        if (handlers.get(name) === entry) handlers.delete(name);
      };
    },
    receive(id, name, params) {
      const handler = handlers.get(name);
      if (handler === undefined && !declared.includes(name)) {
        refuse(id, UNKNOWN_METHOD, `This client does not answer ${name}.`);
        return;
      }
      if (underWay.size >= MAX_UNDER_WAY) {
        refuse(id, FAILED, "This client has too much to answer already.");
        return;
      }
      underWay.set(id, createCancel());
      if (handler === undefined) waiting.set(name, [...(waiting.get(name) ?? []), { id, params }]);
      else void answer({ id, params }, handler);
    },
    cancelled(id) {
      if (typeof id !== "string" && typeof id !== "number") return;
      underWay.get(id)?.abort();
      underWay.delete(id);
    },
    close() {
      for (const cancel of underWay.values()) cancel.abort();
      underWay.clear();
      waiting.clear();
    },
  };
}

function errorOf(error: unknown): object {
  if (error instanceof NexusError) return { code: -32000, message: error.value.message, data: error.value };
  return { code: FAILED, message: error instanceof Error ? error.message : String(error) };
}
