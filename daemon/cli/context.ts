/** What every command works with. */
import type { Client, ClientCapabilities, ClientConnection, ClientRole } from "../../protocol/index.ts";
import { nexusError } from "../../protocol/index.ts";
import type { Build } from "../host/build.ts";
import type { Terminal } from "../host/terminal.ts";
import { AGENT_VARIABLE } from "../security/environment.ts";
import type { Environment, Settings } from "../settings.ts";
import type { OpenDaemon } from "./connect.ts";
import type { ExitCode } from "./exit-codes.ts";
import { createPaint, type Paint } from "./format.ts";

/** Where a command line was given. */
export interface CliPlace {
  readonly terminal: Terminal;
  readonly env: Environment;
  readonly cwd: string;
  /** The program that a daemon is started from. */
  readonly main: string;
  /** Becomes the daemon, until it ends. */
  readonly serve: (home: string) => Promise<number>;
}

export interface CliContext extends CliPlace {
  readonly home: string;
  readonly build: Build;
  readonly paint: Paint;
  readonly settings: () => Promise<Settings>;
  /**
   * Rejects with `daemon.unreachable` when there is none and `start` is false. `decides`: the command itself is a person's
   * decision, even where no terminal is.
   */
  readonly connect: (options?: ConnectWish) => Promise<ClientConnection>;
  /** As `connect`, with the socket itself and the role that came of it. */
  readonly open: (options?: ConnectWish) => Promise<OpenDaemon & { readonly role: ClientRole }>;
}

export interface ConnectWish {
  readonly start?: boolean;
  readonly decides?: boolean;
  /** Of a face: what it is, for whom it speaks, and at most which role it has; an agent's environment lowers it to agent. */
  readonly as?: Required<Pick<Client, "face" | "title" | "role">> & { readonly name?: string };
  /** What the daemon may ask of it; each request needs a handler (`ClientConnection.handle`). */
  readonly capabilities?: ClientCapabilities;
}

export async function createContext(place: CliPlace): Promise<CliContext> {
  const { currentBuild } = await import("../host/build.ts");
  const { dataFolder } = await import("../host/paths.ts");
  const home = dataFolder(place.env);
  const build = await currentBuild();
  return {
    ...place,
    home,
    build,
    paint: createPaint(place.terminal.hasColour),
    async settings() {
      const { loadSettings } = await import("../settings.ts");
      return loadSettings(home, place.env);
    },
    connect: async (wish) => (await open(wish)).connection,
    open,
  };

  async function open({ start = true, decides = false, as, capabilities }: ConnectWish = {}) {
    const { openDaemon } = await import("./connect.ts");
    const role = roleFor(place, decides, as?.role);
    const client = { name: "nexus", face: "terminal", ...as, role, ...build } as const;
    const { main, env } = place;
    return { role, ...(await openDaemon({ home, startIfNeeded: start, client, main, env, capabilities })) };
  }
}

/** A command that an agent started is told so by its environment (security/environment.ts), and may only look. */
function roleFor({ env, terminal }: CliPlace, decides: boolean, wanted: ClientRole | undefined): ClientRole {
  if (env[AGENT_VARIABLE]) return "agent";
  if (wanted !== undefined) return wanted;
  return decides || terminal.isInteractive ? "human" : "automation";
}

export function printJson(context: CliContext, value: object): void {
  context.terminal.out(`${JSON.stringify(value)}\n`);
}

/** Runs a command with a connection that is closed in any case. */
export async function withConnection(
  context: CliContext,
  work: (connection: ClientConnection) => Promise<ExitCode>,
  options: { readonly decides?: boolean } = {},
): Promise<ExitCode> {
  const connection = await context.connect(options);
  try {
    return await work(connection);
  } finally {
    connection.close();
  }
}

/** A flag's amount in USD; undefined when it was not given. Throws `usage.invalid`. */
export function amountOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  throw nexusError("usage.invalid", `--budget must be an amount in USD of 0 or more, not “${text}”.`);
}

export function wholeNumberOf(flag: string, text: string | undefined, fallback: number, most: number): number {
  const value = text === undefined ? fallback : Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw nexusError("usage.invalid", `--${flag} must be a whole number from 1 to ${most}, not “${text}”.`);
}
