/**
 * MCP over standard streams, with a reader that bad input cannot hurt: what is no message is answered as such, and the next line
 * is read. The library's own transport drops such lines without a word and ends at a long one.
 */
import type { Readable, Writable } from "node:stream";
import {
  isJSONRPCErrorResponse,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  type JSONRPCMessage,
  parseJSONRPCMessage,
  type RequestId,
  type Transport,
} from "@modelcontextprotocol/server";
import type { Clock } from "../../host/clock.ts";
import { isTooDeep } from "../nesting.ts";

export interface StdioOptions {
  readonly input: Readable;
  readonly output: Writable;
  readonly clock: Pick<Clock, "timer">;
  /** Each message that goes on to the library. */
  readonly onMessage?: (message: JSONRPCMessage) => void;
}

export interface BoundedStdio {
  readonly transport: Transport;
  /** Resolves when the client has gone, or the server has closed the connection. */
  readonly closed: Promise<void>;
}

const MOST_LINE_BYTES = 1024 * 1024;
const MOST_AT_ONCE = 256;
/** What waits to be read by the client; above it nothing is read from it, and progress is not told. */
const MOST_WAITING_BYTES = 4 * 1024 * 1024;
/** From the end of the input until what was asked before is left unanswered. */
const FAREWELL_MS = 3000;
/** A client that reads nothing for so long has gone, whatever its end of the streams says. */
const STUCK_MS = 30_000;
const FAULTS = {
  parse: { code: -32700, message: "This is not JSON in UTF-8, or it is nested too deeply." },
  tooLong: { code: -32700, message: "A message may have 1 MiB." },
  invalid: { code: -32600, message: "This is no JSON-RPC 2.0 message of MCP." },
  busy: { code: -32000, message: "Too many requests are under way. Wait for some of their answers." },
} as const;

export function createBoundedStdio({ input, output, clock, onMessage }: StdioOptions): BoundedStdio {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const end = () => resolve();
  const underWay = new Set<RequestId>();
  let isClosed = false;
  let hasEnded = false;
  let stopWaiting: () => void = () => undefined;

  const transport: Transport = {
    async start() {
      const read = createLineReader(receive, () => refuse(null, FAULTS.tooLong));
      input.on("data", (chunk: Buffer) => {
        if (!isClosed) read(chunk);
        if (output.writableLength > MOST_WAITING_BYTES) rest();
      });
      output.on("drain", goOn);
      input.on("end", farewell);
      input.on("close", farewell);
      for (const stream of [input, output]) stream.on("error", close);
      output.on("close", close);
    },
    async send(message) {
      if (isClosed) return;
      const isAnswer = isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message);
      if (!isAnswer && isProgress(message) && output.writableLength > MOST_WAITING_BYTES) return;
      write(message);
      if (isAnswer && message.id !== undefined) underWay.delete(message.id);
      if (hasEnded && underWay.size === 0) close();
    },
    async close() {
      close();
    },
  };

  /** The end of the input is not seen meanwhile, so a client that never reads again would keep us for ever. */
  function rest(): void {
    input.pause();
    stopWaiting();
    stopWaiting = clock.timer(STUCK_MS, close);
  }

  function goOn(): void {
    stopWaiting();
    if (!isClosed) input.resume();
  }

  function receive(line: Buffer): void {
    const text = textOf(line);
    if (text?.trim() === "") return;
    const value = text === undefined ? undefined : jsonOf(text);
    const message = value === undefined ? undefined : messageOf(value);
    if (text === undefined || value === undefined) refuse(null, FAULTS.parse);
    else if (message === undefined) refuse(idOf(value), FAULTS.invalid);
    else if (isJSONRPCRequest(message) && underWay.size >= MOST_AT_ONCE) refuse(message.id, FAULTS.busy);
    else pass(message);
  }

  function pass(message: JSONRPCMessage): void {
    // Listening has no answer to wait for; the library bounds it.
    if (isJSONRPCRequest(message) && message.method !== "subscriptions/listen") underWay.add(message.id);
    // A cancelled request is not answered.
    const cancelled = cancelledBy(message);
    if (cancelled !== undefined) underWay.delete(cancelled);
    onMessage?.(message);
    transport.onmessage?.(message);
  }

  function refuse(id: RequestId | null, error: { readonly code: number; readonly message: string }): void {
    write({ jsonrpc: "2.0", id, error });
  }

  function write(message: object): void {
    if (!isClosed && output.writable) output.write(`${JSON.stringify(message)}\n`);
  }

  function farewell(): void {
    if (hasEnded) return;
    hasEnded = true;
    // Shells send their requests and close the stream: these are answered still.
    if (underWay.size === 0) close();
    else clock.timer(FAREWELL_MS, close);
  }

  function close(): void {
    if (isClosed) return;
    isClosed = true;
    input.pause();
    transport.onclose?.();
    stopWaiting();
    if (output.writableLength > 0 && output.writable) flush();
    else end();
  }

  /** A client may hold the stream open and read nothing of it any more. */
  function flush(): void {
    output.write("", end);
    clock.timer(FAREWELL_MS, () => {
      // From now on nobody waits for what it has not taken; standard output itself cannot be destroyed.
      output.end();
      end();
    });
  }

  return { transport, closed };
}

/** Cuts bytes into lines at `\n` only; of a line that is too long, no more than the limit is ever held. */
function createLineReader(onLine: (line: Buffer) => void, onTooLong: () => void): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  let length = 0;
  let isSkipping = false;

  function add(part: Buffer): void {
    if (isSkipping || part.length === 0) return;
    length += part.length;
    if (length <= MOST_LINE_BYTES) {
      parts.push(part);
      return;
    }
    isSkipping = true;
    parts = [];
    onTooLong();
  }

  function finish(): void {
    if (!isSkipping) onLine(parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts));
    parts = [];
    length = 0;
    isSkipping = false;
  }

  return (chunk) => {
    let start = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, start)) {
      add(chunk.subarray(start, at));
      finish();
      start = at + 1;
    }
    add(chunk.subarray(start));
  };
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function textOf(line: Buffer): string | undefined {
  try {
    return utf8.decode(line);
  } catch {
    return undefined;
  }
}

function jsonOf(text: string): unknown {
  try {
    return isTooDeep(text) ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function messageOf(value: unknown): JSONRPCMessage | undefined {
  try {
    return parseJSONRPCMessage(value);
  } catch {
    return undefined;
  }
}

function idOf(value: unknown): RequestId | null {
  const id = typeof value === "object" && value !== null && "id" in value ? value.id : null;
  return typeof id === "string" || typeof id === "number" ? id : null;
}

function isProgress(message: JSONRPCMessage): boolean {
  return "method" in message && message.method === "notifications/progress";
}

function cancelledBy(message: JSONRPCMessage): RequestId | undefined {
  if (!("method" in message) || message.method !== "notifications/cancelled") return undefined;
  const id = message.params?.["requestId"];
  return typeof id === "string" || typeof id === "number" ? id : undefined;
}
