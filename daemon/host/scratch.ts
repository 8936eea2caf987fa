/** Folders for a short time, readable by nobody else, and what can only be made with the system's own programs. */
import { rmSync } from "node:fs";
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { runProcess } from "./processes.ts";
import { isProcessAlive } from "./spawn-daemon.ts";

const PREFIX = "nexus-box-";

/** An empty folder of mode 0700 with a short path, so that sockets fit into it. One of the process goes at its end. */
export async function makeScratch(life: "caller" | "process" = "caller"): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  if (life === "process") process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Removes what processes that are no longer there left behind. */
export async function removeLostScratch(): Promise<void> {
  for (const name of await readdir(tmpdir()).catch(() => [])) {
    const pid = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : Number.NaN;
    if (Number.isInteger(pid) && !isProcessAlive(pid))
      await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Makes named pipes that nobody may open. Rejects when one cannot be made. */
export async function makePipes(paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  const { exitCode, output } = await runProcess({
    command: { argv: ["mkfifo", "-m", "000", "--", ...paths] },
    cwd: "/",
    env: { PATH: "/usr/bin:/bin:/run/current-system/sw/bin" },
    timeoutMs: 10_000,
  });
  if (exitCode !== 0) throw new Error(`named pipes could not be made: ${output.toString().trim()}`);
}

/** The home folder as programs name it. */
export function homeFolder(env: Readonly<Record<string, string | undefined>>): string {
  return env["HOME"] ?? homedir();
}

/** Copies a file or folder of the system; what is missing or may not be read is left out. */
export async function copyIfThere(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, verbatimSymlinks: false, dereference: true, force: true }).catch(
    () => undefined,
  );
}
