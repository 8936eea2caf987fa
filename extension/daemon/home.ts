/** Where the daemon is to be found: the same places that the daemon itself computes. */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

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

/** Unix socket or Windows pipe of the daemon that announced itself last; it may have died since. */
export async function readAddress(home: string): Promise<string | undefined> {
  try {
    const found: unknown = JSON.parse(await readFile(join(home, "daemon.json"), "utf8"));
    const address = typeof found === "object" && found !== null && "address" in found ? found.address : undefined;
    return typeof address === "string" ? address : undefined;
  } catch {
    return undefined;
  }
}

/** The secret of the handshake. Read after connecting: whoever listens then has written it before. */
export async function readToken(home: string): Promise<string> {
  return (await readFile(join(home, "daemon.token"), "utf8").catch(() => "")).trim();
}
