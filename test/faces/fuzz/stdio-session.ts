/** A face as the process that an editor starts. */
import { spawn } from "node:child_process";
import { type Channel, createChannel, createOutlet } from "./channel.ts";
import type { Session } from "./face.ts";
import type { Place } from "./place.ts";

export interface StdioOptions {
  readonly place: Place;
  readonly words: readonly string[];
  readonly kind: "lines" | "headers";
  frame(text: string): Buffer;
  /** What proves that it still answers. */
  readonly probe: string;
  /** Of the probe. */
  readonly params?: object;
  answer?(method: string): unknown;
  /** The protocol's greeting. */
  greet(channel: Channel, send: (text: string) => void): Promise<void>;
  /** Sent before the streams are closed. */
  readonly farewell?: readonly object[];
}

/** Nobody waits longer for a program whose client has gone. */
const LEAVE_MS = 8000;
const KEPT_STDERR = 4000;

export async function openStdio(
  options: StdioOptions,
  isKnown: boolean,
): Promise<Session & { readonly channel: Channel }> {
  const { place, words, kind, frame } = options;
  const child = spawn(process.execPath, [place.main, ...words], { cwd: place.repo, env: place.env });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-KEPT_STDERR);
  });
  child.stdin.on("error", () => undefined);
  const exit = new Promise<string>((resolve) => child.on("close", (code, signal) => resolve(`${code ?? signal}`)));
  const outlet = createOutlet((bytes) => void child.stdin.write(bytes));
  const send = (text: string) => outlet.message(frame(text));
  const channel = createChannel({
    write: send,
    kind,
    ...(options.answer === undefined ? {} : { answer: options.answer }),
  });
  child.stdout.on("data", (chunk: Buffer) => channel.receive(chunk));
  if (isKnown)
    await Promise.race([
      options.greet(channel, send),
      exit.then((code) => Promise.reject(new Error(`it ended at once with ${code}: ${stderr}`))),
    ]);
  return {
    channel,
    pid: child.pid ?? 0,
    ended: exit.then((code) => `it ended with ${code}: ${stderr.slice(-600)}`),
    faults: channel.faults,
    tally: channel.tally,
    send: outlet.input,
    probe: async () => void (await channel.ask(options.probe, options.params)),
    async leave() {
      for (const message of options.farewell ?? []) send(JSON.stringify(message));
      child.stdin.end();
      const late = setTimeout(() => child.kill("SIGKILL"), LEAVE_MS);
      const code = await exit;
      clearTimeout(late);
      if (code !== "0" && code !== "1") throw new Error(`it ended with ${code}: ${stderr.slice(-600)}`);
      if (/\n\s+at .*\(?(node:|file:|\/).*:\d+/.test(stderr))
        throw new Error(`it wrote a stack: ${stderr.slice(-1500)}`);
    },
  };
}
