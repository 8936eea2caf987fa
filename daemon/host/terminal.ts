/** The terminal a command runs in. */
import { createInterface } from "node:readline";

export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Somebody is there to read and to answer. */
  readonly isInteractive: boolean;
  readonly hasColour: boolean;
  readonly columns: number;
  /** What goes to `err` is seen at once, so a line there may be written over. */
  readonly hasStatusLine: boolean;
  /** Standard input as it comes, UTF-8. */
  input(): AsyncIterable<string>;
  /** A line from the person; undefined when the input ended or the signal aborted. */
  ask(question: string, signal?: AbortSignal): Promise<string | undefined>;
  /** Calls back at each Ctrl-C; returns the function that ends it. A signal to terminate ends the client, not its run. */
  onInterrupt(listener: () => void): () => void;
  /** Resolves when everything written has left the process. */
  flush(): Promise<void>;
}

export function processTerminal(env: Readonly<Record<string, string | undefined>>): Terminal {
  const { stdin, stdout, stderr } = process;
  // A reader that has gone (`| head`) must not turn into a stack trace; what is written from then on is dropped.
  for (const stream of [stdout, stderr]) stream.on("error", () => undefined);
  return {
    out: (text) => void (stdout.writable && stdout.write(text)),
    err: (text) => void (stderr.writable && stderr.write(text)),
    isInteractive: stdin.isTTY === true && stdout.isTTY === true,
    hasColour: stdout.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb",
    columns: stdout.columns ?? 100,
    hasStatusLine: stderr.isTTY === true && env["TERM"] !== "dumb",
    input: () => stdin.setEncoding("utf8"),
    ask: (question, signal) => ask(question, signal),
    onInterrupt(listener) {
      process.on("SIGINT", listener);
      return () => void process.off("SIGINT", listener);
    },
    async flush() {
      for (const stream of [stdout, stderr])
        if (stream.writable) await new Promise<void>((resolve) => stream.write("", () => resolve()));
    },
  };
}

function ask(question: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve(undefined);
      return;
    }
    const lines = createInterface({ input: process.stdin, output: process.stdout });
    const end = (answer: string | undefined) => {
      signal?.removeEventListener("abort", onAbort);
      // First the answer: closing tells the listener below, which would answer with nothing.
      resolve(answer);
      lines.close();
    };
    const onAbort = () => end(undefined);
    signal?.addEventListener("abort", onAbort, { once: true });
    lines.once("close", () => end(undefined));
    // Readline takes Ctrl-C for itself while it reads; the command must hear of it.
    lines.once("SIGINT", () => {
      end(undefined);
      process.kill(process.pid, "SIGINT");
    });
    lines.question(question, end);
  });
}
