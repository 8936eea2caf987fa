/** The client's end of a session: reads what the face says, and knows the answers to its own requests. */
import { StringDecoder } from "node:string_decoder";

export interface Channel {
  readonly faults: string[];
  /** Answers that came, by what they are: "result", or an error's code. */
  readonly tally: Map<string, number>;
  receive(chunk: Buffer): void;
  /** Sends a request under an id of its own; resolves with the whole answer, result or error. */
  ask(method: string, params?: unknown): Promise<Record<string, unknown>>;
}

export interface ChannelOptions {
  write(text: string): void;
  /** Cuts what comes into messages: by lines, or by headers. */
  readonly kind: "lines" | "headers";
  /** Answers a request of the face; left out: it is told that this client knows no methods. */
  answer?(method: string): unknown;
}

const MAX_FAULTS = 20;
const INTERNAL = "-32603";

export function createChannel({ write, kind, answer }: ChannelOptions): Channel {
  const waiting = new Map<string, (message: Record<string, unknown>) => void>();
  const faults: string[] = [];
  const tally = new Map<string, number>();
  const take = kind === "lines" ? createLines(receiveText) : createHeaders(receiveText);
  let asked = 0;

  function receiveText(text: string): void {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      fault(`no JSON: ${text.slice(0, 200)}`);
      return;
    }
    for (const message of Array.isArray(value) ? value : [value]) receiveMessage(message);
  }

  function receiveMessage(message: Record<string, unknown>): void {
    const { jsonrpc, id, method } = message;
    if (jsonrpc !== "2.0") fault(`no message: ${JSON.stringify(message).slice(0, 200)}`);
    if (typeof method === "string") {
      if (id !== undefined) write(JSON.stringify({ jsonrpc: "2.0", id, ...reply(method) }));
      return;
    }
    const error = message["error"] as { code?: unknown } | undefined;
    const kind = error === undefined ? "result" : `${error.code}`;
    tally.set(kind, (tally.get(kind) ?? 0) + 1);
    // Whatever was asked, it is the client's mistake or a refusal that has a name, never a failure inside.
    if (kind === INTERNAL) fault(`a failure inside: ${JSON.stringify(error).slice(0, 400)}`);
    if (typeof id !== "string" || !waiting.has(id)) return;
    waiting.get(id)?.(message);
    waiting.delete(id);
  }

  function reply(method: string): object {
    const result = answer?.(method);
    return result === undefined ? { error: { code: -32601, message: "not here" } } : { result };
  }

  function fault(text: string): void {
    if (faults.length < MAX_FAULTS) faults.push(text);
  }

  return {
    faults,
    tally,
    receive: take,
    ask(method, params) {
      const id = `own-${++asked}`;
      return new Promise((resolve) => {
        waiting.set(id, resolve);
        write(JSON.stringify({ jsonrpc: "2.0", id, method, ...(params === undefined ? {} : { params }) }));
      });
    },
  };
}

export interface Outlet {
  /** A message of the client's own: waits for the end of one that is under way. */
  message(bytes: Uint8Array | string): void;
  /** Bytes of an input; `isWhole` false: the rest of it follows. */
  input(bytes: Uint8Array, isWhole?: boolean): void;
}

export function createOutlet(write: (bytes: Uint8Array | string) => void): Outlet {
  const held: (Uint8Array | string)[] = [];
  let isWithin = false;
  return {
    message(bytes) {
      if (isWithin) held.push(bytes);
      else write(bytes);
    },
    input(bytes, isWhole = true) {
      write(bytes);
      isWithin = !isWhole;
      if (isWhole) for (const message of held.splice(0)) write(message);
    },
  };
}

function createLines(onText: (text: string) => void): (chunk: Buffer) => void {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  return (chunk) => {
    const lines = (rest + decoder.write(chunk)).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") onText(line);
  };
}

function createHeaders(onText: (text: string) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const end = rest.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(rest.toString("latin1", 0, end))?.[1]);
      if (Number.isNaN(length)) {
        onText(rest.toString("utf8"));
        rest = Buffer.alloc(0);
        return;
      }
      if (rest.length < end + 4 + length) return;
      onText(rest.toString("utf8", end + 4, end + 4 + length));
      rest = rest.subarray(end + 4 + length);
    }
  };
}
