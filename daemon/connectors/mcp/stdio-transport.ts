/** Talks to a server that is a process of ours: JSON-RPC, one message a line, with limits on all that it may say. */
import { ReadBuffer, serializeMessage } from "@modelcontextprotocol/sdk/shared/stdio.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import type { Clock } from "../../host/clock.ts";
import { type Companion, startCompanion } from "../../host/companion.ts";

/** What starts the server: confined where there is a wall. */
export interface StartedProgram {
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** After its end, always. */
  dispose(): Promise<void>;
}

export interface StdioTransport extends Transport {
  /** The last that it wrote to standard error, and what was wrong with what it said. */
  lastWords(): string;
}

const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
/** Lines that are no messages: some programs greet on standard output. */
const MAX_NONSENSE = 20;
const MAX_MESSAGES_A_SECOND = 500;
const KEPT_WORDS = 2000;

export function createStdioTransport(program: StartedProgram, clock: Pick<Clock, "monotonic">): StdioTransport {
  const buffer = new ReadBuffer({ maxBufferSize: MAX_MESSAGE_BYTES });
  let companion: Companion | undefined;
  let words = "";
  let nonsense = 0;
  let second = 0;
  let messages = 0;
  let closed = false;

  function say(text: string): void {
    words = (words + text).slice(-KEPT_WORDS);
  }

  function giveUp(problem: string): void {
    say(`\n${problem}`);
    void transport.close();
  }

  function isFlooding(): boolean {
    const now = Math.floor(clock.monotonic() / 1000);
    if (now !== second) messages = 0;
    second = now;
    return ++messages > MAX_MESSAGES_A_SECOND;
  }

  /** One message, null at the end of what is there, undefined for a line that is none. */
  function nextMessage(): JSONRPCMessage | null | undefined {
    try {
      return buffer.readMessage();
    } catch {
      return undefined;
    }
  }

  function onStdout(chunk: Buffer): void {
    if (closed) return;
    try {
      buffer.append(chunk);
    } catch {
      giveUp(`It sent a message of more than ${MAX_MESSAGE_BYTES} bytes.`);
      return;
    }
    for (let message = nextMessage(); message !== null && !closed; message = nextMessage()) {
      if (isFlooding()) giveUp(`It sent more than ${MAX_MESSAGES_A_SECOND} messages in a second.`);
      else if (message !== undefined) transport.onmessage?.(message);
      else if (++nonsense > MAX_NONSENSE) giveUp("What it writes to standard output is not the protocol.");
    }
  }

  async function end(): Promise<void> {
    if (closed) return;
    closed = true;
    companion?.kill();
    await program.dispose();
    transport.onclose?.();
  }

  const transport: StdioTransport = {
    async start() {
      try {
        companion = await startCompanion({
          argv: program.argv,
          cwd: program.cwd,
          env: program.env,
          onStdout,
          onStderr: (chunk) => say(chunk.toString("utf8")),
        });
      } catch (error) {
        closed = true;
        await program.dispose();
        throw error;
      }
      const begun = companion;
      begun.ended.then((how) => {
        say(`\n${how}`);
        return end();
      }, end);
    },
    async send(message) {
      if (companion === undefined || closed) throw new Error("The server does not run.");
      await companion.write(serializeMessage(message));
    },
    close: end,
    lastWords: () => words.trim(),
  };
  return transport;
}
