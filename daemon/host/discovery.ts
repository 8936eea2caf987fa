/** How clients find the daemon: two files in the data folder that only the user can read. */
import { randomBytes } from "node:crypto";
import { readText, removeFile, writeAtomically } from "./files.ts";
import { checkPrivateFile, type HomePaths } from "./paths.ts";

export interface Discovery {
  readonly pid: number;
  /** Path of the Unix socket, or name of the Windows pipe. */
  readonly address: string;
  readonly version: string;
  readonly buildTime: number;
  readonly protocolVersion: number;
  readonly startedAt: string;
  /** Where WebSockets are taken too; left out: nowhere. */
  readonly webSocketUrl?: string;
}

/** A fresh token of 32 bytes in hexadecimal digits; written before the daemon listens. */
export async function writeToken(paths: HomePaths): Promise<string> {
  const token = randomBytes(32).toString("hex");
  await writeAtomically(paths.token, token, 0o600);
  await checkPrivateFile(paths.token);
  return token;
}

/** Rejects with `daemon.folder_unsafe` when the file could have been read or made by somebody else. */
export async function readToken(paths: HomePaths): Promise<string | undefined> {
  await checkPrivateFile(paths.token);
  return (await readText(paths.token))?.trim();
}

/** Written when the daemon listens, so that whoever reads it can connect. */
export async function writeDiscovery(paths: HomePaths, discovery: Discovery): Promise<void> {
  await writeAtomically(paths.discovery, `${JSON.stringify(discovery)}\n`, 0o600);
}

/** Undefined when no daemon has announced itself. The daemon it names may have died since. */
export async function readDiscovery(paths: HomePaths): Promise<Discovery | undefined> {
  await checkPrivateFile(paths.discovery);
  const text = await readText(paths.discovery);
  try {
    const value: Partial<Discovery> | null = text === undefined ? null : JSON.parse(text);
    const { pid, address, version, buildTime, protocolVersion, startedAt, webSocketUrl } = value ?? {};
    if (typeof pid !== "number" || typeof address !== "string" || typeof version !== "string") return undefined;
    if (typeof buildTime !== "number" || typeof protocolVersion !== "number") return undefined;
    const more = typeof webSocketUrl === "string" ? { webSocketUrl } : {};
    return { pid, address, version, buildTime, protocolVersion, startedAt: String(startedAt), ...more };
  } catch {
    return undefined;
  }
}

/** Removes the files unless another daemon has written them since. */
export async function removeDiscovery(paths: HomePaths, pid: number): Promise<void> {
  const present = await readDiscovery(paths);
  if (present?.pid !== pid) return;
  await removeFile(paths.discovery);
  await removeFile(paths.token);
}
