/** Starts programs that others wrote, plug-ins and MCP servers: behind the wall where there is one, with few variables. */
import type { StdioServer } from "../../connectors/mcp/config.ts";
import type { StartedProgram } from "../../connectors/mcp/stdio-transport.ts";
import { realPath, removeTree } from "../../host/files.ts";
import { runProcess } from "../../host/processes.ts";
import { makeScratch } from "../../host/scratch.ts";
import { commandEnvironment } from "../../security/environment.ts";
import type { Confined, FoundSandbox } from "../../security/sandbox/sandbox.ts";
import type { ProgramEnd, ProgramRun } from "./plug-in.ts";

export interface ProgramsOptions {
  readonly sandbox: () => Promise<FoundSandbox>;
  /** Folders that they must not see: the data folder. */
  readonly hidden: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

const KEPT_BYTES = 4 * 1024 * 1024;

/** Runs a plug-in to its end in the agent's copy. */
export async function runProgram(options: ProgramsOptions, run: ProgramRun): Promise<ProgramEnd> {
  const env = commandEnvironment(options.env);
  const { root, readable, hosts } = run;
  const started = await confined(options, run.argv, env, { root, readable, hosts });
  try {
    const { exitCode, stdout, stderr, timedOut } = await runProcess({
      command: { argv: started.argv },
      cwd: root,
      env: started.env,
      input: run.input,
      signal: run.signal,
      timeoutMs: run.timeoutMs,
      maxOutputBytes: KEPT_BYTES,
      leaveNothing: true,
      onOutput: (chunk) => run.onOutput?.(chunk.toString("utf8")),
    });
    return { exitCode, stdout: stdout.toString("utf8"), stderr: stderr.toString("utf8"), timedOut };
  } finally {
    await started.dispose();
  }
}

/**
 * What starts a server for a workspace. Behind the wall it sees the workspace and may write to a folder of its own only;
 * without one, or where the user's settings say so, it runs in the workspace as a program of the user.
 */
export async function startedServer(
  options: ProgramsOptions,
  workspace: string,
  server: StdioServer,
): Promise<StartedProgram> {
  const env = { ...commandEnvironment(options.env), ...server.env };
  const plain = { argv: server.argv, env, cwd: workspace, dispose: async () => undefined };
  if (!server.sandbox || (await options.sandbox()).kind === "none") return plain;
  const root = await realPath(await makeScratch());
  const remove = () => removeTree(root);
  try {
    const rules = { root, readable: [workspace], hosts: server.hosts };
    const started = await confined(options, server.argv, env, rules);
    return { ...started, cwd: root, dispose: () => started.dispose().finally(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}

interface Wall {
  readonly root: string;
  readonly readable: readonly string[];
  readonly hosts: readonly string[];
}

async function confined(
  { sandbox, hidden }: ProgramsOptions,
  argv: Confined["argv"],
  env: Readonly<Record<string, string>>,
  wall: Wall,
): Promise<Confined> {
  const found = await sandbox();
  if (found.kind === "none") return { argv, env, dispose: async () => undefined };
  return found.confine(argv, env, { ...wall, hidden });
}
