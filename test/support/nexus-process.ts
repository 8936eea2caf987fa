/** The real program as processes: its own data folder, a scripted model, and no other model of the user's. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { removeFolder } from "./remove.ts";

const main = fileURLToPath(new URL("../../daemon/main.ts", import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly child: ChildProcess;
  /** Resolves when standard output holds the text. */
  until(text: string): Promise<void>;
  readonly finished: Promise<Finished>;
}

export interface NexusProcess {
  readonly home: string;
  start(...words: string[]): RunningCommand;
  run(...words: string[]): Promise<Finished>;
  daemonPid(): Promise<number | undefined>;
  /** Stops the daemon and removes the data folder. */
  close(): Promise<void>;
}

export async function createNexus(env: Readonly<Record<string, string>>): Promise<NexusProcess> {
  const home = await mkdtemp(join(tmpdir(), "nexus-process-"));
  const { PATH = "", HOME = "", NODE_COMPILE_CACHE = "" } = process.env;
  const environment = { PATH, HOME, NODE_COMPILE_CACHE, NEXUS_HOME: home, NO_COLOR: "1", ...env };

  function start(...words: string[]): RunningCommand {
    const child = spawn(process.execPath, [main, ...words], { env: environment, stdio: ["ignore", "pipe", "pipe"] });
    const output = { stdout: "", stderr: "" };
    const waiting = new Set<() => void>();
    for (const name of ["stdout", "stderr"] as const)
      child[name].setEncoding("utf8").on("data", (text: string) => {
        output[name] += text;
        for (const look of waiting) look();
      });
    const finished = new Promise<Finished>((resolve) => child.on("close", (code) => resolve({ code, ...output })));
    return {
      child,
      finished,
      until: (text) =>
        new Promise((resolve, reject) => {
          const look = () => {
            if (output.stdout.includes(text)) resolve();
          };
          waiting.add(look);
          look();
          void finished.then(({ code, stdout, stderr }) =>
            reject(new Error(`it ended with ${code} before it said “${text}”:\n${stdout}\n${stderr}`)),
          );
        }),
    };
  }

  const nexus: NexusProcess = {
    home,
    start,
    run: (...words) => start(...words).finished,
    async daemonPid() {
      const text = await readFile(join(home, "daemon.json"), "utf8").catch(() => undefined);
      return text === undefined ? undefined : JSON.parse(text).pid;
    },
    async close() {
      await nexus.run("daemon", "stop");
      await removeFolder(home);
    },
  };
  return nexus;
}
