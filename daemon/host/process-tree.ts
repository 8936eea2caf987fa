/**
 * Finds what a command left running although it left the process group: `setsid`, double forks, `nohup`. Every process
 * of a command carries a mark in its environment, and whatever carries it is ended; the idea is Jenkins' process-tree
 * killer. A process that clears its environment escapes; only a sandbox holds that one.
 */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";

export const MARK_VARIABLE = "NEXUS_COMMAND_MARK";

export function newMark(): string {
  return randomBytes(12).toString("hex");
}

const MAX_ROUNDS = 10;

/** Ends every process with the mark; looks again until none is left, because a process may fork meanwhile. */
export async function killMarked(mark: string): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const pids = (await markedProcesses(mark)).filter(kill);
    if (pids.length === 0) return;
  }
}

function kill(pid: number): boolean {
  try {
    process.kill(pid, "SIGKILL");
    return true;
  } catch {
    return false;
  }
}

/** Windows needs none of this: there taskkill follows the tree of parents. */
async function markedProcesses(mark: string): Promise<number[]> {
  const text = `${MARK_VARIABLE}=${mark}`;
  switch (process.platform) {
    case "win32":
      return [];
    case "linux":
      return linuxProcesses(text);
    default:
      return listedProcesses(text);
  }
}

async function linuxProcesses(text: string): Promise<number[]> {
  const names = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  const marked = await Promise.all(
    names.map(async (name) => {
      const environment = await readFile(`/proc/${name}/environ`, "latin1").catch(() => "");
      return environment.includes(text) ? [Number(name)] : [];
    }),
  );
  return marked.flat().filter((pid) => pid !== process.pid);
}

/** macOS and the BSDs: `ps` shows the environment of the user's own processes. */
function listedProcesses(text: string): Promise<number[]> {
  return new Promise((resolve) => {
    execFile("ps", ["-axwwE", "-o", "pid=,command="], { maxBuffer: 64 * 1024 * 1024 }, (_error, output) => {
      const lines = output.split("\n").filter((line) => line.includes(text));
      resolve(lines.map((line) => Number.parseInt(line, 10)).filter((pid) => pid > 0 && pid !== process.pid));
    });
  });
}
