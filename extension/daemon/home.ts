/** Where the daemon is to be found: the same places that the daemon itself computes. */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

export interface Discovery {
  /** Unix socket or Windows pipe. */
  readonly address: string;
  /** The secret of the handshake. */
  readonly token: string;
}

/** The data folder: the setting, else NEXUS_HOME, else the platform's own place for application data. */
export function dataFolder(
  setting: string | null,
  env: Environment,
  platform: NodeJS.Platform = process.platform,
): string {
  const chosen = setting ?? env["NEXUS_HOME"];
  if (chosen) return resolve(chosen.replace(/^~(?=$|[/\\])/, homedir()));
  switch (platform) {
    case "win32":
      return join(env["LOCALAPPDATA"] || join(homedir(), "AppData", "Local"), "Nexus");
    case "darwin":
      return join(homedir(), "Library", "Application Support", "Nexus");
    default: {
      const data = env["XDG_DATA_HOME"];
      return join(data && isAbsolute(data) ? data : join(homedir(), ".local", "share"), "nexus");
    }
  }
}

export function logFile(home: string): string {
  return join(home, "logs", "daemon.log");
}

/** What a running daemon wrote down; undefined when there is none, or half of it is not there yet. */
export async function readDiscovery(home: string): Promise<Discovery | undefined> {
  try {
    const [text, token] = await Promise.all([
      readFile(join(home, "daemon.json"), "utf8"),
      readFile(join(home, "daemon.token"), "utf8"),
    ]);
    const found: unknown = JSON.parse(text);
    if (typeof found !== "object" || found === null || !("address" in found)) return undefined;
    return typeof found.address === "string" ? { address: found.address, token: token.trim() } : undefined;
  } catch {
    return undefined;
  }
}
