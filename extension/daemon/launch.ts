/** Starts the daemon through the bundled command line, which is the one place that knows how. */
import { spawn } from "node:child_process";
import { clientError, NexusError } from "../../protocol/raised-errors.ts";

export interface LaunchOptions {
  /** dist/daemon/main.js of this extension. */
  readonly main: string;
  readonly nodePath: string | null;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const OLDEST_NODE = [22, 13] as const;
const LAUNCH_TIMEOUT_MS = 30_000;

/**
 * Resolves once a daemon serves the data folder; it outlives this process. Rejects with a NexusError: the command's own,
 * `daemon.node_too_old`, or `daemon.unreachable`.
 */
export async function launchDaemon(options: LaunchOptions): Promise<void> {
  if (options.nodePath === null && isTooOld(process.versions.node))
    throw clientError("daemon.node_too_old", `The editor brings Node.js ${process.versions.node}.`);
  const { code, output } = await runToEnd(options);
  if (code === 0) return;
  throw errorIn(output) ?? clientError("daemon.unreachable", lastLine(output));
}

export function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
}

/** The error object that `--json` printed, if any. */
export function errorIn(output: string): NexusError | undefined {
  for (const line of output.split("\n").reverse()) {
    const found = parse(line);
    const error = found !== null && "error" in found ? found.error : undefined;
    if (typeof error !== "object" || error === null || !("message" in error)) continue;
    const plain = clientError("daemon.unreachable").value;
    const text = (name: "code" | "hint", value: unknown) => (typeof value === "string" ? value : plain[name]);
    const code = text("code", "code" in error ? error.code : undefined);
    const hint = text("hint", "hint" in error ? error.hint : undefined);
    const action = "action" in error && typeof error.action === "string" ? { action: error.action } : {};
    return new NexusError({ code, message: String(error.message), hint, ...action });
  }
  return undefined;
}

function parse(line: string): object | null {
  if (!line.startsWith("{")) return null;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}

function runToEnd(options: LaunchOptions): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(options.nodePath ?? process.execPath, [options.main, "daemon", "start", "--json"], {
      env: launchEnvironment(options),
      cwd: options.home,
      windowsHide: true,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: LAUNCH_TIMEOUT_MS,
    });
    let output = "";
    const collect = (chunk: Buffer) => {
      output = (output + chunk.toString("utf8")).slice(-20_000);
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.once("error", (error) => {
      const program = options.nodePath ?? "Node.js";
      reject(clientError("daemon.unreachable", `${program} could not be run: ${error.message}.`, { cause: error }));
    });
    // Not "close": the daemon may have inherited a pipe and keeps it open.
    child.once("exit", (code) => resolve({ code: code ?? 1, output }));
  });
}

/** The editor's own variables would make the daemon and its children believe that they are parts of the editor. */
export function launchEnvironment({ env, home }: LaunchOptions): Record<string, string | undefined> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(VSCODE_|ELECTRON_|APPLICATION_INSIGHTS)/.test(name));
  return { ...Object.fromEntries(kept), ...env, NEXUS_HOME: home, ELECTRON_RUN_AS_NODE: "1" };
}

function lastLine(output: string): string {
  return output.trim().split("\n").at(-1)?.slice(0, 500) ?? "";
}
