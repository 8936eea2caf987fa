/** The stream below the library: only messages that follow the protocol and come at their time get through, in bounded memory. */
import type { Readable, Writable } from "node:stream";
import { Emitter, type Message, type MessageReader, type MessageWriter } from "vscode-languageserver/node";
import { createFrameReader, type FrameLimits, PARSE_ERROR } from "./frames.ts";
import { type Id, type Incoming, readMessage } from "./incoming.ts";
import { createLifecycle, type Lifecycle } from "./lifecycle.ts";

export interface Transport {
  readonly reader: MessageReader;
  readonly writer: MessageWriter;
  readonly lifecycle: Lifecycle;
  /** The library has taken the message from its queue. */
  handled(message: Message): void;
  /** Resolves when the client's stream has ended or broken, or it does not read what it is sent. */
  readonly gone: Promise<void>;
}

/** Above this many messages that wait for their turn, the client's stream is read no further. */
const MAX_QUEUED = 1000;
/** A client that leaves so much unread will not read at all. */
const MAX_UNSENT_BYTES = 64 * 1024 * 1024;

export function createTransport(input: Readable, output: Writable, limits?: FrameLimits): Transport {
  const lifecycle = createLifecycle();
  const { promise: gone, resolve: leave } = Promise.withResolvers<void>();
  let queued = 0;

  function send(message: object): void {
    const body = Buffer.from(JSON.stringify(message), "utf8");
    if (output.destroyed || output.writableEnded) return;
    output.write(Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`, "ascii"), body]));
    if (output.writableLength > MAX_UNSENT_BYTES) leave();
  }

  function refuse(id: Id | null, code: number, message: string): void {
    send({ jsonrpc: "2.0", id, error: { code, message } });
  }

  function receive(message: Incoming, pass: (message: Message) => void): void {
    const verdict = lifecycle.judge(message);
    if (verdict.kind === "refuse" && message.kind === "request") refuse(message.id, verdict.code, verdict.message);
    if (verdict.kind !== "pass") return;
    const { kind: _, ...rest } = message;
    const passed = { jsonrpc: "2.0", ...rest };
    if (isQueued(passed)) queued += 1;
    if (queued >= MAX_QUEUED) input.pause();
    pass(passed);
  }

  function listen(pass: (message: Message) => void) {
    const read = createFrameReader(
      {
        onText(text) {
          const reading = readMessage(text);
          if (reading.ok) receive(reading.message, pass);
          else if (reading.id !== undefined) refuse(reading.id, reading.code, reading.message);
          return reading.ok || reading.code !== PARSE_ERROR;
        },
        onProblem: (code, message) => refuse(null, code, message),
      },
      limits,
    );
    input.on("data", read);
    for (const event of ["end", "close", "error"]) input.on(event, () => leave());
    for (const event of ["close", "error"]) output.on(event, () => leave());
    return { dispose: () => void input.off("data", read) };
  }

  // The library is not told that the stream has ended: whatever it is still asked to send would throw then.
  const silent = {
    ...{ onError: new Emitter<never>().event, onClose: new Emitter<never>().event },
    dispose: () => undefined,
  };
  return {
    lifecycle,
    gone,
    handled(message) {
      if (isQueued(message)) queued -= 1;
      if (queued < MAX_QUEUED / 2 && input.isPaused()) input.resume();
    },
    reader: { ...silent, onPartialMessage: new Emitter<never>().event, listen },
    writer: {
      ...silent,
      async write(message) {
        if (isAnswer(message)) lifecycle.answered(message.id, message.error !== undefined);
        send(message);
      },
      end: () => void output.end(),
    },
  };
}

/** A cancel of a request that is at work is heard at once, and never handled; of no request is there more than one (see lifecycle.ts). */
function isQueued(message: Message): boolean {
  return !("method" in message && message.method === "$/cancelRequest");
}

function isAnswer(message: Message): message is Message & { readonly id: Id; readonly error?: object } {
  return !("method" in message) && "id" in message && message.id !== null;
}
