/**
 * Splits a stream of bytes into messages by their Content-Length header, in bounded memory. What does not follow the protocol is
 * told once, and the next header that can be found is taken up.
 */
export interface FrameLimits {
  readonly maxHeaderBytes: number;
  /** A longer message is told and passed over, without being kept. */
  readonly maxBodyBytes: number;
}

const FRAME_LIMITS: FrameLimits = { maxHeaderBytes: 4096, maxBodyBytes: 64 * 1024 * 1024 };

/** JSON-RPC: what was sent is no message at all · it is one that cannot be taken. */
export const PARSE_ERROR = -32700;
export const INVALID_REQUEST = -32600;

export interface FrameListener {
  /** False: it was no JSON, so its length was wrong, perhaps, and another message may begin inside of it. */
  onText(text: string): boolean;
  onProblem(code: number, message: string): void;
}

export type FrameReader = (chunk: Uint8Array) => void;

type State =
  | { readonly at: "header" }
  | { readonly at: "body"; readonly length: number }
  /** A body that is too long to keep. */
  | { readonly at: "skip"; readonly left: number }
  /** Looking for the next header. */
  | { readonly at: "scan" };

const MARK = "content-length:";
/** A longer message is not searched for another one: that would take time without bound. */
const MAX_SALVAGE_BYTES = 64 * 1024;
/** Nobody means a longer message: the number is damaged, and passing over so many bytes would lose all that comes. */
const MAX_SKIP_BYTES = 1024 ** 3;

export function createFrameReader({ onText, onProblem }: FrameListener, limits = FRAME_LIMITS): FrameReader {
  let state: State = { at: "header" };
  let kept = createStore();
  const waiting: Buffer[] = [];

  function scanFrom(bytes: Buffer, problem: string): void {
    onProblem(PARSE_ERROR, problem);
    state = { at: "scan" };
    kept = createStore();
    waiting.unshift(bytes);
  }

  function readHeader(chunk: Buffer): void {
    // Blank lines before a header harm nobody.
    const begin = kept.length > 0 ? 0 : chunk.findIndex((byte) => byte !== 13 && byte !== 10);
    if (begin < 0) return;
    const searchFrom = Math.max(0, kept.length - 3);
    kept.add(begin > 0 ? chunk.subarray(begin) : chunk);
    const bytes = kept.bytes();
    const end = endOfHeader(bytes.subarray(searchFrom));
    if (end === undefined || searchFrom + end > limits.maxHeaderBytes) {
      if (bytes.length > limits.maxHeaderBytes) scanFrom(bytes.subarray(1), "The header has no end.");
      return;
    }
    kept = createStore();
    waiting.unshift(bytes.subarray(searchFrom + end));
    const header = headerOf(bytes.toString("latin1", 0, searchFrom + end));
    if (header.problem !== undefined) onProblem(PARSE_ERROR, header.problem);
    if (header.length === undefined) state = { at: "scan" };
    else expectBody(header.length);
  }

  function expectBody(length: number): void {
    if (length <= limits.maxBodyBytes) state = { at: "body", length };
    else {
      onProblem(INVALID_REQUEST, `A message may have ${limits.maxBodyBytes} bytes, not ${length}.`);
      state = length <= MAX_SKIP_BYTES ? { at: "skip", left: length } : { at: "scan" };
    }
    if (length === 0) readBody(Buffer.alloc(0), 0);
  }

  function readBody(chunk: Buffer, length: number): void {
    const taken = Math.min(chunk.length, length - kept.length);
    if (kept.length === 0 && taken === length) finish(chunk.subarray(0, length), chunk.subarray(taken));
    else {
      kept.add(chunk.subarray(0, taken));
      if (kept.length === length) finish(kept.bytes(), chunk.subarray(taken));
    }
  }

  function finish(body: Buffer, rest: Buffer): void {
    state = { at: "header" };
    kept = createStore();
    if (rest.length > 0) waiting.unshift(rest);
    if (onText(body.toString("utf8"))) return;
    state = { at: "scan" };
    if (body.length <= MAX_SALVAGE_BYTES) waiting.unshift(body);
  }

  function scan(chunk: Buffer): void {
    kept.add(chunk);
    const bytes = kept.bytes();
    const found = bytes.toString("latin1").toLowerCase().indexOf(MARK);
    kept = createStore();
    if (found >= 0) {
      state = { at: "header" };
      waiting.unshift(bytes.subarray(found));
    } else kept.add(bytes.subarray(Math.max(0, bytes.length - MARK.length + 1)));
  }

  function skip(chunk: Buffer, left: number): void {
    const taken = Math.min(left, chunk.length);
    state = taken === left ? { at: "header" } : { at: "skip", left: left - taken };
    if (taken < chunk.length) waiting.unshift(chunk.subarray(taken));
  }

  function take(chunk: Buffer): void {
    if (state.at === "header") readHeader(chunk);
    else if (state.at === "body") readBody(chunk, state.length);
    else if (state.at === "scan") scan(chunk);
    else skip(chunk, state.left);
  }

  return (chunk) => {
    waiting.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) if (next.length > 0) take(next);
  };
}

/** Bytes that come in pieces, copied a bounded number of times. */
function createStore() {
  let buffer = Buffer.alloc(0);
  let length = 0;
  return {
    get length() {
      return length;
    },
    add(bytes: Uint8Array): void {
      if (length + bytes.length > buffer.length) {
        const larger = Buffer.allocUnsafe(Math.max(1024, buffer.length * 2, length + bytes.length));
        buffer.copy(larger, 0, 0, length);
        buffer = larger;
      }
      buffer.set(bytes, length);
      length += bytes.length;
    },
    bytes: () => buffer.subarray(0, length),
  };
}

/** Behind the blank line that ends the header; some clients send bare line feeds. */
function endOfHeader(bytes: Buffer): number | undefined {
  const ends = ["\r\n\r\n", "\n\n"].flatMap((blank) => {
    const at = bytes.indexOf(blank, 0, "latin1");
    return at < 0 ? [] : [at + blank.length];
  });
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/** Without a length there is no message to be had; with a problem and a length, the message after the problem is whole. */
function headerOf(text: string): { length?: number; problem?: string } {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const isClean = lines.every((line) => /^[A-Za-z-]+[ \t]*:/.test(line));
  const values = [...text.matchAll(/content-length[ \t]*:[ \t]*([^\r\n]*)/gi)].map(([, value = ""]) => value.trim());
  const value = values.at(-1);
  if (value === undefined) return { problem: "The header lacks a Content-Length." };
  if (!/^\d{1,15}$/.test(value)) return { problem: `Content-Length must be a number, not “${value.slice(0, 40)}”.` };
  if (isClean && new Set(values).size > 1) return { problem: "The header has several Content-Lengths." };
  const charset = /content-type[ \t]*:[^\r\n]*charset[ \t]*=[ \t]*"?([\w-]+)/i.exec(text)?.[1] ?? "utf-8";
  const isUtf8 = /^utf-?8$/i.test(charset);
  const problem = !isClean ? "Something that is no header stands before a message." : `“${charset}” is not UTF-8.`;
  return { length: Number(value), ...(isClean && isUtf8 ? {} : { problem }) };
}
