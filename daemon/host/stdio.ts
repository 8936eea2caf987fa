/** Standard input and output of a program that speaks a protocol over them. */
import type { Readable, Writable } from "node:stream";

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
