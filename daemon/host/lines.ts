/** Streams that carry lines: of sockets and pipes, and of standard input and output. */
import type { Readable, Writable } from "node:stream";
import { createLineSplitter, type LineTransport } from "../../protocol/connection.ts";

/** Why the other side's bytes cannot be read as lines. */
export type BrokenReason = "too_large" | "not_utf8";

/** Lines for several connections, put into bytes once for all of them. */
export interface SharedLines {
  readonly lines: readonly string[];
  bytes(): Uint8Array;
}

/** A line transport that also tells how full it is. `onLine` may still be called for lines that came before `pause`. */
export interface LineSocket extends LineTransport {
  sendShared(shared: SharedLines): void;
  /** Bytes handed to `send` that the other side has not taken yet. */
  bufferedBytes(): number;
  pause(): void;
  resume(): void;
  /** Called each time the buffer has run empty. */
  onDrain(listener: () => void): void;
  onBroken(listener: (reason: BrokenReason) => void): void;
  /** Sends a last line, then closes; what is still unsent after `graceMs` is dropped. */
  end(lastLine: string, graceMs?: number): void;
}

export function shareLines(lines: readonly string[]): SharedLines {
  let bytes: Uint8Array | undefined;
  return {
    lines,
    bytes() {
      bytes ??= Buffer.from(`${lines.join("\n")}\n`);
      return bytes;
    },
  };
}

export interface LineStreams {
  readonly input: Readable;
  readonly output: Writable;
  /** Closes after what was written has left. */
  close(): void;
  /** Closes at once. */
  destroy(): void;
  /** Called once, when nothing comes and goes any more. */
  onClose(listener: () => void): void;
}

/** `maxLineLength` in characters. */
export function lineSocket({ input, output, ...streams }: LineStreams, maxLineLength?: number): LineSocket {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let onLine: (line: string) => void = () => undefined;
  let onBroken: (reason: BrokenReason) => void = () => streams.destroy();
  let broken = false;
  let corked = false;
  const breakOff = (reason: BrokenReason) => {
    if (broken) return;
    broken = true;
    onBroken(reason);
  };
  const split = createLineSplitter(
    (line) => !broken && onLine(line),
    () => breakOff("too_large"),
    maxLineLength,
  );

  input.on("data", (chunk) => {
    if (broken) return;
    let text: string;
    try {
      text = decoder.decode(chunk, { stream: true });
    } catch {
      breakOff("not_utf8");
      return;
    }
    split(text);
  });
  for (const stream of [input, output]) stream.on("error", () => streams.destroy());

  /** What is sent in one turn leaves in one write. */
  function write(bytes: string | Uint8Array): void {
    if (!output.writable) return;
    if (!corked) {
      corked = true;
      output.cork();
      process.nextTick(() => {
        corked = false;
        output.uncork();
      });
    }
    output.write(bytes);
  }

  return {
    send: (line) => write(`${line}\n`),
    sendShared: (shared) => write(shared.bytes()),
    close: () => streams.close(),
    onLine(listener) {
      onLine = listener;
    },
    onClose: (listener) => streams.onClose(listener),
    bufferedBytes: () => output.writableLength,
    pause: () => void input.pause(),
    resume: () => void input.resume(),
    onDrain: (listener) => void output.on("drain", listener),
    onBroken(listener) {
      onBroken = listener;
    },
    end(lastLine, graceMs = 1000) {
      broken = true;
      if (output.writable) output.end(`${lastLine}\n`);
      // What the other side still sends is thrown away, so that its writes do not fail before it has read our line.
      input.resume();
      setTimeout(() => streams.destroy(), graceMs).unref();
    },
  };
}
