/** Runs shell lines of agents, tests and checks: a fresh process, an allow-listed environment, the sandbox where there is one. */
import { join } from "node:path";
import { type Door, loopbackDoor } from "../../host/door.ts";
import { realPath, removeTree } from "../../host/files.ts";
import { hostPlatform, runProcess, signalOf } from "../../host/processes.ts";
import { makeScratch } from "../../host/scratch.ts";
import { commandEnvironment } from "../environment.ts";
import { findSandbox } from "./find.ts";
import type { Confined, FoundSandbox, HostDecision, SandboxKind } from "./sandbox.ts";
import { workspaceLinks } from "./workspace-links.ts";

export interface CommandRequest {
  /** A line for the platform's shell. */
  readonly line: string;
  /** Absolute real path of the copy: where it runs, and all that it may write. Never from a model. */
  readonly root: string;
  /** Links in the copy that lead out of it, such as node_modules, relative to the root: may be read. */
  readonly linked?: readonly string[];
  /** Hosts that it may reach, where there is a sandbox; left out: none. */
  readonly hosts?: readonly string[];
  /** Beside the allow-listed variables. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Bytes of output kept in the answer, the first and the last half. */
  readonly maxOutputBytes: number;
  /** Hears all of the output as it comes. */
  readonly onOutput?: (chunk: Uint8Array) => void;
  readonly onHost?: (decision: HostDecision) => void;
  /** A port that the command serves, and who hears the way to it as soon as there is one. */
  readonly served?: { readonly port: number; onDoor(door: Door): void };
}

export interface CommandResult {
  /** Null when a signal or its time ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly output: Buffer;
  readonly truncated: boolean;
  readonly timedOut: boolean;
  readonly sandboxed: boolean;
}

export interface CommandRunner {
  /** Which wall commands run behind. */
  wall(): Promise<SandboxKind | "none">;
  /**
   * Runs a line to its end and leaves no process. A failing command is a value. Rejects with the signal's reason when
   * cancelled, and with the system's error when it cannot be started.
   */
  run(request: CommandRequest): Promise<CommandResult>;
  /** Removes what commands cached. */
  dispose(): Promise<void>;
}

export interface CommandRunnerOptions {
  /** Folders that commands must not see: the data folder. Keys in the home folder are hidden anyway. */
  readonly hidden?: readonly string[];
  /** For tests; left out: the wall that this machine has. */
  readonly sandbox?: () => Promise<FoundSandbox>;
  /** For tests; left out: this process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export function createCommandRunner(options: CommandRunnerOptions = {}): CommandRunner {
  const sandbox = options.sandbox ?? findSandbox;
  let scratch: Promise<string> | undefined;
  const caches = new Map<string, string>();

  /** One for each copy, so that what tests cache is there for the next command and for no other run. */
  async function cachesOf(root: string): Promise<string> {
    scratch ??= makeScratch();
    const folder = join(await scratch, String(caches.size));
    const known = caches.get(root);
    if (known === undefined) caches.set(root, folder);
    return known ?? folder;
  }

  return {
    wall: async () => (await sandbox()).kind,
    async run(request) {
      const env = { ...commandEnvironment(options.env ?? process.env), ...request.env };
      const found = await sandbox();
      if (found.kind === "none" && request.served !== undefined)
        request.served.onDoor(loopbackDoor(request.served.port));
      if (found.kind === "none") return start(request, { env, kind: found.kind });
      const readable = await linkTargets(request);
      const links = hostPlatform === "linux" ? await workspaceLinks(request.root, request.linked ?? []) : [];
      const hidden = options.hidden ?? [];
      const hosts = request.hosts ?? [];
      const { root, onHost, served } = request;
      const rules = {
        root,
        readable,
        links,
        hidden,
        hosts,
        caches: await cachesOf(root),
        ...(onHost === undefined ? {} : { onHost }),
        ...(served === undefined ? {} : { served: served.port }),
      };
      const confined = await found.confine(["/bin/sh", "-c", request.line], env, rules);
      served?.onDoor(confined.door ?? loopbackDoor(served.port));
      try {
        return await start(request, { env: confined.env, argv: confined.argv, kind: found.kind });
      } finally {
        await confined.dispose();
      }
    },
    async dispose() {
      caches.clear();
      const folder = scratch;
      scratch = undefined;
      if (folder !== undefined) await removeTree(await folder);
    },
  };
}

let machine: CommandRunner | undefined;

/** One for the process, for whoever was given none: the wall that this machine has, with nothing hidden but keys. */
export function machineRunner(): CommandRunner {
  machine ??= createCommandRunner();
  return machine;
}

interface Start extends Pick<Confined, "env"> {
  readonly argv?: Confined["argv"];
  readonly kind: FoundSandbox["kind"];
}

async function start(request: CommandRequest, { env, argv, kind }: Start): Promise<CommandResult> {
  const { root, signal, timeoutMs, maxOutputBytes, onOutput } = request;
  const result = await runProcess({
    command: argv === undefined ? { shell: request.line } : { argv },
    cwd: root,
    env,
    signal,
    timeoutMs,
    maxOutputBytes,
    // Bubblewrap's process namespace ends with its first process; elsewhere what left the group is looked for.
    leaveNothing: kind !== "bubblewrap",
    ...(onOutput === undefined ? {} : { onOutput }),
  });
  const { output, truncated, timedOut } = result;
  const ended = kind === "bubblewrap" && result.exitCode !== null ? signalOf(result.exitCode) : undefined;
  const exitCode = ended === undefined ? result.exitCode : null;
  return { exitCode, signal: ended ?? result.signal, output, truncated, timedOut, sandboxed: kind !== "none" };
}

async function linkTargets({ root, linked = [] }: CommandRequest): Promise<string[]> {
  if (hostPlatform === "win32") return [];
  const targets = linked.map((folder) => realPath(join(root, folder)).catch(() => undefined));
  return (await Promise.all(targets)).filter((target) => target !== undefined);
}
