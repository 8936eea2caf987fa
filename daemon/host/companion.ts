/** A process that is talked to while it runs. It is started in a group of its own and ends with all it started. */
import { spawn } from "node:child_process";
import { interruptTree, killTree } from "./processes.ts";

export interface CompanionOptions {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  /** The whole environment of the child: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly onStdout: (chunk: Buffer) => void;
  readonly onStderr: (chunk: Buffer) => void;
}

export interface Companion {
  /** Resolves when the system has taken it; rejects when the process no longer reads. */
  write(text: string): Promise<void>;
  /** Asks it to end, as Ctrl-C would; on Windows nothing happens. */
  interrupt(): void;
  /** Ends it and everything it started. */
  kill(): void;
  /** How it ended, in words. */
  readonly ended: Promise<string>;
  /** Resolves after its end with its exit code, when all that it wrote has been heard; null: a signal ended it. */
  readonly closed: Promise<number | null>;
}

/** Given to what is still in the pipes when the process has ended. */
const PIPES_MS = 1000;

/** Resolves when it runs; rejects with the system's error when it cannot be started. */
export function startCompanion({ argv, cwd, env, onStdout, onStderr }: CompanionOptions): Promise<Companion> {
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0], argv.slice(1), {
      cwd,
      env: { ...env },
      stdio: "pipe",
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    const ended = new Promise<string>((end) => {
      child.once("exit", (code, signal) => {
        killTree(child);
        end(code === null ? `it was ended by ${signal ?? "a signal"}` : `it ended with exit code ${code}`);
      });
      child.once("error", (error) => end(error.message));
    });
    const closed = new Promise<number | null>((end) => {
      child.once("close", (code) => end(code));
      // What left the group may hold the pipes open.
      child.once("exit", (code) => setTimeout(() => end(code), PIPES_MS).unref());
      child.once("error", () => end(null));
    });
    child.stdout.on("data", onStdout);
    child.stderr.on("data", onStderr);
    child.stdin.on("error", () => undefined);
    child.once("error", reject);
    child.once("spawn", () =>
      resolve({
        write: (text) =>
          new Promise((done, fail) => {
            child.stdin.write(text, (error) => (error ? fail(error) : done()));
          }),
        interrupt: () => interruptTree(child),
        kill: () => killTree(child),
        ended,
        closed,
      }),
    );
  });
}
