/**
 * JSON-RPC lines over bytes, as the SDK's stream wants them, but bounded: a line that is too long, too deep, not UTF-8 or not
 * JSON is answered with an error of its own and skipped, and the connection goes on. The SDK's `ndJsonStream` would end the
 * connection at the first long line and hand on any nesting.
 */
import type { Readable, Writable } from "node:stream";
import type { AnyMessage, Stream } from "@agentclientprotocol/sdk";
import { isTooDeep } from "../nesting.ts";

export interface LineLimits {
  /** Of one message; prompts hold images. */
  readonly maxLineBytes: number;
  /** Requests that are answered at the same time. */
  readonly maxRequests: number;
}

export const ACP_LIMITS: LineLimits = { maxLineBytes: 16 * 1024 * 1024, maxRequests: 256 };

type Json = Record<string, unknown>;
/** `problem`: what is wrong with a line, which is answered with it. */
type Read = { readonly message: AnyMessage } | { readonly problem: Problem };
interface Problem {
  readonly code: -32700 | -32600 | -32000;
  readonly message: string;
  readonly id?: string | number;
}

const PARSE = -32700;
const INVALID = -32600;
const BUSY = -32000;
const NEWLINE = 10;

export function lineStream(input: Readable, output: Writable, limits: LineLimits = ACP_LIMITS): Stream {
  const writer = createWriter(output);
  const underWay = new Set<string | number>();

  function refuse({ code, message, id = undefined }: Problem): Promise<void> {
    return writer.write({ jsonrpc: "2.0", id: id ?? null, error: { code, message } });
  }

  async function* messages(): AsyncGenerator<AnyMessage> {
    for await (const line of linesOf(input, limits.maxLineBytes)) {
      const read = line === undefined ? { problem: TOO_LONG } : readLine(line);
      if (read === undefined) continue;
      const problem = "problem" in read ? read.problem : tooMany(read.message, underWay, limits.maxRequests);
      if (problem !== undefined) await refuse(problem);
      else if ("message" in read) yield read.message;
      // Nobody who does not read what they are told is listened to.
      await writer.roomy();
    }
  }

  const source = messages();
  return {
    readable: new ReadableStream<AnyMessage>(
      {
        async pull(controller) {
          const { value, done } = await source.next().catch(() => ({ value: undefined, done: true }));
          if (done || value === undefined) controller.close();
          else controller.enqueue(value);
        },
        cancel: () => void input.destroy(),
      },
      { highWaterMark: 0 },
    ),
    writable: new WritableStream<AnyMessage>({
      write(message) {
        const answered = idOf(message);
        if (!("method" in message) && answered !== undefined) underWay.delete(answered);
        return writer.write(message);
      },
    }),
  };
}

/** A request more than may be under way; others are noted as being so. */
function tooMany(message: AnyMessage, underWay: Set<string | number>, most: number): Problem | undefined {
  const id = idOf(message);
  if (!("method" in message) || id === undefined) return undefined;
  if (underWay.has(id)) return { code: INVALID, message: "A request with this id is still being answered.", id };
  if (underWay.size >= most) return { code: BUSY, message: `${most} requests are being answered already.`, id };
  underWay.add(id);
  return undefined;
}

function idOf(message: object): string | number | undefined {
  const id = "id" in message ? message.id : undefined;
  return typeof id === "string" || typeof id === "number" ? id : undefined;
}

const TOO_LONG: Problem = { code: INVALID, message: "Invalid request: the line is too long." };

/** Undefined for an empty line. */
function readLine(bytes: Uint8Array): Read | undefined {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return { problem: { code: PARSE, message: "Parse error: it is not UTF-8." } };
  }
  if (text.trim() === "") return undefined;
  if (isTooDeep(text)) return { problem: { code: PARSE, message: "Parse error: it is nested too deeply." } };
  try {
    return checked(JSON.parse(text));
  } catch {
    return { problem: { code: PARSE, message: "Parse error: it is not JSON." } };
  }
}

function checked(value: unknown): Read {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { problem: { code: INVALID, message: "Invalid request: a message is one JSON object." } };
  const message: Json = { ...value };
  if (!isMessage(message)) {
    const { id } = message;
    const known = typeof id === "string" || typeof id === "number" ? { id } : {};
    return { problem: { code: INVALID, message: "Invalid request: it is no JSON-RPC 2.0 message.", ...known } };
  }
  return { message };
}

function isMessage(message: Json): message is Json & AnyMessage {
  const { jsonrpc, method, id } = message;
  if (jsonrpc !== "2.0") return false;
  const hasId = typeof id === "string" || (typeof id === "number" && Number.isFinite(id));
  if (method !== undefined) return typeof method === "string" && (hasId || !("id" in message));
  return (hasId || id === null) && ("result" in message || "error" in message);
}

/** Lines without their end, undefined for one above the limit: the rest of it is dropped as it comes. */
async function* linesOf(input: Readable, maxBytes: number): AsyncGenerator<Uint8Array | undefined> {
  let line = createPieces();
  for await (const chunk of input) {
    const bytes: Uint8Array = chunk;
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      line.add(bytes.subarray(start, end), maxBytes);
      yield line.length > maxBytes ? undefined : line.whole();
      line = createPieces();
      start = end + 1;
    }
    line.add(bytes.subarray(start), maxBytes);
  }
  // The client is gone: what it did not end is no message.
}

const MOST_PIECES = 1024;

/** A line as it comes. Pieces are joined now and then, so that single bytes do not cost a hundred times their size. */
function createPieces() {
  const joined: Uint8Array[] = [];
  let pieces: Uint8Array[] = [];
  let length = 0;
  return {
    get length() {
      return length;
    },
    add(piece: Uint8Array, maxBytes: number): void {
      length += piece.length;
      if (length > maxBytes) joined.length = pieces.length = 0;
      else if (piece.length > 0) pieces.push(piece);
      if (pieces.length < MOST_PIECES) return;
      joined.push(Buffer.concat(pieces));
      pieces = [];
    },
    whole: () => Buffer.concat([...joined, ...pieces]),
  };
}

/** Bytes that may wait to be read before no more messages are taken. */
const MOST_BUFFERED = 4 * 1024 * 1024;

function createWriter(output: Writable) {
  let broken = false;
  for (const event of ["error", "close"]) output.on(event, () => (broken = true));

  function drained(): Promise<void> {
    return new Promise((resolve) => {
      const settle = () => {
        for (const event of ["drain", "error", "close"]) output.off(event, settle);
        resolve();
      };
      for (const event of ["drain", "error", "close"]) output.on(event, settle);
    });
  }

  return {
    /** Resolves when there is room for more. */
    async write(message: object): Promise<void> {
      if (broken) throw new Error("the client is gone");
      if (!output.write(`${JSON.stringify(message)}\n`)) await drained();
    },
    async roomy(): Promise<void> {
      while (!broken && output.writableLength > MOST_BUFFERED) await drained();
    },
  };
}
