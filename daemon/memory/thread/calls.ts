/** Requests across the border of a thread: numbered, cancellable, answered once. */
import { type ErrorValue, errorValue, NexusError, nexusError } from "../../../protocol/index.ts";
import { type OwnThread, startThread, type Thread, type ThreadProgram } from "../../host/threads.ts";

export interface ThreadClient {
  /** Rejects with the signal's reason when cancelled, with the thread's error, or with `memory.index_failed` when it ended. */
  call(method: string, params: unknown, signal: AbortSignal): Promise<unknown>;
  close(): Promise<void>;
}

type ToThread =
  | { readonly type: "call"; readonly id: number; readonly method: string; readonly params: unknown }
  | { readonly type: "cancel"; readonly id: number };

type FromThread =
  | { readonly type: "answer"; readonly id: number; readonly value: unknown }
  | { readonly type: "failure"; readonly id: number; readonly error: ErrorValue; readonly cancelled: boolean }
  | { readonly type: "notice"; readonly name: string; readonly value: unknown };

/** Started with the first call, and again with the next one after it ended; `onEnded` hears of each end. */
export function createThreadClient(
  program: ThreadProgram,
  data: unknown,
  onNotice: (name: string, value: unknown) => void,
  onEnded: () => void = () => {},
): ThreadClient {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();
  let thread: Thread | undefined;
  let nextId = 1;

  function started(): Thread {
    if (thread !== undefined) return thread;
    const own = startThread(program, data, {
      onMessage: receive,
      onEnd(error) {
        if (thread !== own) return;
        thread = undefined;
        for (const { reject } of waiting.values())
          reject(nexusError("memory.index_failed", error?.message ?? "Its thread was ended."));
        waiting.clear();
        onEnded();
      },
    });
    thread = own;
    return own;
  }

  function receive(message: unknown): void {
    if (!isFromThread(message)) return;
    if (message.type === "notice") {
      onNotice(message.name, message.value);
      return;
    }
    const call = waiting.get(message.id);
    settle(message.id);
    if (message.type === "answer") call?.resolve(message.value);
    else call?.reject(new NexusError(message.error));
  }

  function settle(id: number): void {
    waiting.delete(id);
    if (waiting.size === 0) thread?.hold(false);
  }

  return {
    call(method, params, signal) {
      if (signal.aborted) return Promise.reject(signal.reason);
      const id = nextId++;
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      const onAbort = () => {
        const order: ToThread = { type: "cancel", id };
        thread?.post(order);
        settle(id);
        reject(signal.reason);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      waiting.set(id, { resolve, reject });
      const order: ToThread = { type: "call", id, method, params };
      started().post(order);
      thread?.hold(true);
      return promise.finally(() => signal.removeEventListener("abort", onAbort));
    },
    async close() {
      if (thread === undefined) return;
      await this.call("close", {}, new AbortController().signal).catch(() => undefined);
      await thread?.terminate();
    },
  };
}

/** Methods compare their parameters loosely, so that handlers of all requests fit into one table. */
interface AnyHandler {
  call(params: unknown, signal: AbortSignal): Promise<unknown>;
}

export type ThreadHandlers = Readonly<Record<string, AnyHandler>>;

/** The other side. Answers with the function that sends notices. */
export function serveCalls(own: OwnThread, handlers: ThreadHandlers): (name: string, value: unknown) => void {
  const running = new Map<number, AbortController>();
  const tell = (message: FromThread) => own.post(message);

  async function answer(id: number, method: string, params: unknown): Promise<void> {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const handler = handlers[method];
      if (handler === undefined) throw new Error(`the thread does not know ${method}`);
      tell({ type: "answer", id, value: await handler.call(params, controller.signal) });
    } catch (error) {
      // People are told the message; where it came from is for the log.
      if (!(error instanceof NexusError) && !controller.signal.aborted)
        tell({ type: "notice", name: "failure", value: error instanceof Error ? error.stack : String(error) });
      tell({ type: "failure", id, error: toValue(error), cancelled: controller.signal.aborted });
    } finally {
      running.delete(id);
    }
  }

  own.onMessage((message) => {
    if (!isToThread(message)) return;
    if (message.type === "cancel") running.get(message.id)?.abort(nexusError("request.cancelled"));
    else void answer(message.id, message.method, message.params);
  });
  return (name, value) => tell({ type: "notice", name, value });
}

function toValue(error: unknown): ErrorValue {
  if (error instanceof NexusError) return error.value;
  return errorValue("memory.index_failed", error instanceof Error ? error.message : String(error));
}

/** Both ends are ours: the type tells everything. */
function isFromThread(message: unknown): message is FromThread {
  return hasType(message, ["answer", "failure", "notice"]);
}

function isToThread(message: unknown): message is ToThread {
  return hasType(message, ["call", "cancel"]);
}

function hasType(message: unknown, types: readonly string[]): boolean {
  return typeof message === "object" && message !== null && "type" in message && types.includes(String(message.type));
}
