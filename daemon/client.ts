/** The package's export `nexus/client`: programs of others as clients of the daemon. Its types are generated (docs/generate). */
import { fileURLToPath } from "node:url";
import type { Client, ClientCapabilities, ClientConnection } from "../protocol/index.ts";
import { connectToDaemon } from "./cli/connect.ts";
import { currentBuild } from "./host/build.ts";
import { systemClock } from "./host/clock.ts";
import { dataFolder } from "./host/paths.ts";
import { AGENT_VARIABLE } from "./security/environment.ts";
import { createLink, type DaemonLink } from "./server/link.ts";

export { applyRunEvent, NexusError } from "../protocol/index.ts";

export interface ConnectOptions extends Pick<Client, "title" | "face" | "role"> {
  /** The program's name, for the record and for `nexus clients`. */
  readonly name: string;
  /** The data folder; left out: NEXUS_HOME, or the user's own. */
  readonly home?: string | undefined;
  /** False: rejects with `daemon.unreachable` where no daemon runs, instead of starting one. */
  readonly start?: boolean | undefined;
  /** The environment of a daemon that is started; left out: this program's. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** What the daemon may ask; each request needs a handler (`handle`). */
  readonly capabilities?: ClientCapabilities | undefined;
}

declare const __NEXUS_VERSION__: string | undefined;
const MAIN = typeof __NEXUS_VERSION__ === "string" ? "../daemon/main.js" : "./main.ts";

/** Finds the daemon of the data folder, or starts it, and shakes hands. Rejects with a NexusError. */
export async function connect(options: ConnectOptions): Promise<ClientConnection> {
  const { name, title, face = "program", start = true, env = process.env, home, capabilities } = options;
  // As on the command line: a program that an agent started may only look.
  const role = process.env[AGENT_VARIABLE] || env[AGENT_VARIABLE] ? "agent" : options.role;
  const client = { name, face, ...(title && { title }), ...(role && { role }), ...(await currentBuild()) };
  return connectToDaemon({
    ...{ client, env, capabilities, startIfNeeded: start },
    home: home ?? dataFolder(env),
    main: fileURLToPath(new URL(MAIN, import.meta.url)),
  });
}

/** A link that lasts: it connects when it is first needed, again after a loss, and goes on with what is watched without a gap. */
export function link(options: ConnectOptions): DaemonLink {
  return createLink({ connect: () => connect(options), clock: systemClock });
}
