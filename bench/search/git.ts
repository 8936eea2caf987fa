/** Git for the benchmark: plain calls that wait, deaf to the user's settings. */
import { execFileSync } from "node:child_process";

const MOST_BYTES = 1024 * 1024 * 1024;

export function git(folder: string, args: readonly string[], input?: string | Buffer): Buffer {
  return execFileSync("git", ["-C", folder, ...args], {
    maxBuffer: MOST_BYTES,
    env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1", LC_ALL: "C" },
    stdio: ["pipe", "pipe", "pipe"],
    ...(input === undefined ? {} : { input }),
  });
}

export function gitLines(folder: string, ...args: string[]): string[] {
  return git(folder, args).toString().split("\n").filter(Boolean);
}
