/** What the daemon asks of one client, until it is answered, given up or the client is gone. */
import type * as z from "zod/mini";
import type { ErrorCode, ErrorValue, ReverseAnswer, ReverseName, ReverseParams } from "../../../protocol/index.ts";
import {
  ERRORS,
  ErrorValue as ErrorSchema,
  NexusError,
  nexusError,
  REVERSE_REQUESTS,
} from "../../../protocol/index.ts";
import { validate } from "../../../protocol/validate.ts";
import type { Clock } from "../../host/clock.ts";

/** A client's answer to one of our requests, as it came. */
export interface ClientAnswer {
  readonly id: string | number;
  readonly result?: unknown;
  readonly error?: unknown;
}

export interface AskOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Rejects with `client.incapable` (it did not offer that), `client.busy`, `client.timeout`, `client.gone`, `request.cancelled` when
 * the signal aborts, `client.failed` with the client's own words, or with the client's error where its code is one of ours.
 */
export type Ask = <Name extends ReverseName>(
  name: Name,
  params: ReverseParams<Name>,
  options: AskOptions,
) => Promise<ReverseAnswer<Name>>;

export interface Asks {
  readonly ask: Ask;
  /** An answer to nothing that was asked changes nothing. */
  receive(answer: ClientAnswer): void;
  close(): void;
}

interface Pending {
  readonly name: ReverseName;
  resolve(result: unknown): void;
  reject(error: NexusError): void;
}

/** Requests to one client at a time. */
const MAX_PENDING = 32;
const MAX_WORDS = 500;

export function createAsks({
  answers,
  send,
  clock,
}: {
  /** The requests that the client said it answers. */
  readonly answers: ReadonlySet<string>;
  readonly send: (message: object) => void;
  readonly clock: Pick<Clock, "timer">;
}): Asks {
  const pending = new Map<string, Pending>();
  let lastId = 0;
  let closed = false;

  function refusalOf(name: ReverseName, signal: AbortSignal | undefined): ErrorCode | undefined {
    if (closed) return "client.gone";
    if (!answers.has(name)) return "client.incapable";
    if (signal?.aborted) return "request.cancelled";
    return pending.size >= MAX_PENDING ? "client.busy" : undefined;
  }

  function giveUp(id: string, code: ErrorCode): void {
    pending.get(id)?.reject(nexusError(code));
    send({ jsonrpc: "2.0", method: "request/cancelled", params: { id } });
  }

  /** Settles once: what it waits for is forgotten before anything else happens. */
  function wait(id: string, name: ReverseName, { timeoutMs, signal }: AskOptions): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const onAbort = () => giveUp(id, "request.cancelled");
      const stopTimer = clock.timer(timeoutMs, () => giveUp(id, "client.timeout"));
      signal?.addEventListener("abort", onAbort, { once: true });
      const settled = () => {
        pending.delete(id);
        stopTimer();
        signal?.removeEventListener("abort", onAbort);
      };
      pending.set(id, {
        name,
        resolve(result) {
          settled();
          resolve(result);
        },
        reject(error) {
          settled();
          reject(error);
        },
      });
    });
  }

  return {
    async ask(name, params, options) {
      const refusal = refusalOf(name, options.signal);
      if (refusal !== undefined) throw nexusError(refusal, refusal === "client.incapable" ? name : undefined);
      lastId += 1;
      const id = `daemon-${lastId}`;
      const answered = wait(id, name, options);
      send({ jsonrpc: "2.0", id, method: name, params });
      return resultOf(name, await answered);
    },
    receive({ id, result, error }) {
      const asked = pending.get(String(id));
      if (error === undefined) asked?.resolve(result);
      else asked?.reject(new NexusError(errorOf(error)));
    },
    close() {
      closed = true;
      for (const { reject } of [...pending.values()]) reject(nexusError("client.gone"));
    },
  };
}

/** The result is of the type that its schema has: what does not fit is thrown. */
function resultOf<Name extends ReverseName>(name: Name, result: unknown): ReverseAnswer<Name>;
function resultOf(name: ReverseName, result: unknown): unknown {
  const message = REVERSE_REQUESTS.find((each) => each.name === name);
  if (message === undefined) throw nexusError("client.incapable", name);
  const validated = validate<z.ZodMiniType>(message.result, result);
  if (validated.ok) return validated.value;
  throw nexusError("client.failed", `Its answer to ${name} does not fit: ${validated.problem}.`);
}

/** The client's error value where it is one of our catalogue, else its words. */
function errorOf(error: unknown): ErrorValue {
  const { data, message }: { data?: unknown; message?: unknown } = typeof error === "object" ? { ...error } : {};
  const value = validate(ErrorSchema, data);
  if (value.ok && Object.hasOwn(ERRORS, value.value.code))
    return {
      ...value.value,
      message: value.value.message.slice(0, MAX_WORDS),
      hint: value.value.hint.slice(0, MAX_WORDS),
    };
  return nexusError("client.failed", typeof message === "string" ? message.slice(0, MAX_WORDS) : undefined).value;
}
