/** Starts a daemon that outlives its starter. */
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, watch } from "node:fs";
import { stat, truncate } from "node:fs/promises";

const MAX_OUTPUT_BYTES = 1024 * 1024;

export interface SpawnedDaemon {
  readonly pid: number | undefined;
  /** How it ended: undefined while it runs. 0 also means that another daemon was there first. */
  exitCode(): number | undefined;
  /** From here on the starter may end, or live on, without regard to the daemon. */
  release(): void;
}

/**
 * Starts `node main daemon start --foreground` in a session of its own. Its output is appended to `outputFile` (0600),
 * which begins anew when it has grown above 1 MiB.
 */
export async function spawnDaemon(options: {
  main: string;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  outputFile: string;
}): Promise<SpawnedDaemon> {
  const size = (await stat(options.outputFile).catch(() => undefined))?.size ?? 0;
  if (size > MAX_OUTPUT_BYTES) await truncate(options.outputFile);
  const output = openSync(options.outputFile, "a", 0o600);
  try {
    const child = spawn(process.execPath, [options.main, "daemon", "start", "--foreground"], {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      windowsHide: true,
      stdio: ["ignore", output, output],
    });
    let exitCode: number | undefined;
    child.on("error", () => {
      exitCode = 1;
    });
    child.on("exit", (code) => {
      exitCode = code ?? 1;
    });
    return { pid: child.pid, exitCode: () => exitCode, release: () => child.unref() };
  } finally {
    closeSync(output);
  }
}

/** Resolves when something in the folder changes, and after `atMostMs` in any case (file events may be missing). */
export function waitForChange(folder: string, atMostMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watchFolder(folder, () => done());
    const timer = setTimeout(() => done(), atMostMs);
    const done = () => {
      clearTimeout(timer);
      watcher?.close();
      signal?.removeEventListener("abort", done);
      resolve();
    };
    signal?.addEventListener("abort", done, { once: true });
    if (signal?.aborted) done();
  });
}

/** False when no process has this id, or one that has ended. A process of another user counts as alive. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isLeftOver(pid);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** It has ended, and its parent has not asked how: the first process of a container may take its time, or never ask. */
function isLeftOver(pid: number): boolean {
  if (process.platform !== "linux") return false;
  try {
    return /^.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

function watchFolder(folder: string, onChange: () => void): { close(): void } | undefined {
  try {
    const watcher = watch(folder, onChange);
    watcher.on("error", () => undefined);
    return watcher;
  } catch {
    return undefined;
  }
}
