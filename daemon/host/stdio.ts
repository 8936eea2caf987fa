/** Standard input and output of a program that speaks a protocol over them. */
import type { Readable, Writable } from "node:stream";
import { type LineSocket, lineSocket } from "./lines.ts";

export interface Stdio {
  readonly input: Readable;
  /** Nothing else of this process may write here: a stray line would break the protocol. */
  readonly output: Writable;
}

/** From now on what would be printed by `console` goes to standard error, where every client keeps its log. */
export function protocolStdio(): Stdio {
  const { stdin, stdout, stderr } = process;
  // A client that has gone must not turn into a stack trace.
  for (const stream of [stdout, stderr]) stream.on("error", () => undefined);
  const told = new console.Console(stderr, stderr);
  console.log = told.log.bind(told);
  console.info = told.info.bind(told);
  console.debug = told.debug.bind(told);
  return { input: stdin, output: stdout };
}

export interface StdioLines {
  readonly socket: LineSocket;
  /** Resolves when the other side has closed our input. */
  readonly ended: Promise<void>;
}

/** Standard streams that carry one message a line. */
export function stdioLines({ input, output }: Stdio): StdioLines {
  const closeListeners = new Set<() => void>();
  let closed = false;
  const closeNow = () => {
    if (closed) return;
    closed = true;
    input.pause();
    for (const listener of closeListeners) listener();
  };
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  input.once("end", resolve);
  input.once("close", resolve);
  output.once("close", closeNow);
  const socket = lineSocket({
    ...{ input, output },
    // An empty write tells when everything before it has left.
    close: () => void output.write("", closeNow),
    destroy: closeNow,
    onClose: (listener) => void closeListeners.add(listener),
  });
  return { socket, ended };
}
