/** Where the daemon's files are, and whether those places are safe: looked at, never assumed. */
import { createHash, randomBytes } from "node:crypto";
import { homedir, tmpdir, userInfo } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { nexusError } from "../../protocol/errors.ts";
import { errorCode, lstat, makeFolder, realPath, type Stats, stat } from "./files.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Unix socket addresses hold 108 bytes on Linux and 104 on macOS, the final zero included. */
const MAX_SOCKET_PATH_BYTES = 100;
const isWindows = process.platform === "win32";

export interface HomePaths {
  readonly home: string;
  /** Where the daemon is (pid, address, version): written when it listens, removed when it ends. */
  readonly discovery: string;
  /** The secret of the handshake: new at each start, readable by the user only. */
  readonly token: string;
  /** Held by the client that starts the daemon, so that many clients at once start one. */
  readonly startLock: string;
  readonly settings: string;
  readonly logs: string;
  readonly log: string;
  /** Standard output and error of a daemon that a client started. */
  readonly output: string;
}

/** The data folder: NEXUS_HOME, else the platform's own place for application data. */
export function dataFolder(env: Environment, platform: NodeJS.Platform = process.platform): string {
  if (env["NEXUS_HOME"]) return resolve(env["NEXUS_HOME"]);
  const home = homedir();
  switch (platform) {
    case "win32":
      return join(env["LOCALAPPDATA"] || join(home, "AppData", "Local"), "Nexus");
    case "darwin":
      return join(home, "Library", "Application Support", "Nexus");
    default: {
      const data = env["XDG_DATA_HOME"];
      return join(data && isAbsolute(data) ? data : join(home, ".local", "share"), "nexus");
    }
  }
}

/** Where an administrator's policy stands; no user can write there. */
export function organisationPolicyFile(env: Environment, platform: NodeJS.Platform = process.platform): string {
  switch (platform) {
    case "win32":
      return join(env["PROGRAMDATA"] || "C:\\ProgramData", "Nexus", "policy.json");
    case "darwin":
      return "/Library/Application Support/Nexus/policy.json";
    default:
      return "/etc/nexus/policy.json";
  }
}

/** The user's home, every link resolved; null when it cannot be told. */
export function userHome(): Promise<string | null> {
  return realPath(homedir()).catch(() => null);
}

export function homePaths(home: string): HomePaths {
  const logs = join(home, "logs");
  return {
    home,
    discovery: join(home, "daemon.json"),
    token: join(home, "daemon.token"),
    startLock: join(home, "daemon.starting"),
    settings: join(home, "settings.json"),
    logs,
    log: join(logs, "daemon.log"),
    output: join(logs, "daemon.output.log"),
  };
}

/**
 * Makes the data folder (0700) and checks it: a folder of the user's own that nobody else can write. It may be a link,
 * because people move their data. Rejects with `daemon.folder_unsafe` or `store.read_only`.
 */
export async function prepareHome(home: string): Promise<HomePaths> {
  await make(home);
  refuseUnsafe(home, await stat(home), 0o022);
  const paths = homePaths(home);
  await make(paths.logs);
  return paths;
}

/**
 * Makes the folder that holds the socket and answers with the socket's address; on Windows the name of a pipe that
 * nobody can guess, because pipes have no folder to protect them. Rejects with `daemon.folder_unsafe`.
 */
export async function prepareSocketAddress(home: string, env: Environment): Promise<string> {
  if (isWindows) return `\\\\.\\pipe\\nexus-${randomBytes(16).toString("hex")}`;
  const folders = await runtimeFolders(await realPath(home), env);
  for (const folder of folders) await prepareRuntimeFolder(folder);
  return join(folders.at(-1) ?? home, "daemon.sock");
}

/** A real folder, not a link, owned by the user, mode 0700: made so, or refused with `daemon.folder_unsafe`. */
async function prepareRuntimeFolder(folder: string): Promise<void> {
  if ((await lstat(folder)) === undefined) await make(folder);
  const stats = await lstat(folder);
  if (stats?.isSymbolicLink()) throw nexusError("daemon.folder_unsafe", `${folder} is a symbolic link.`);
  refuseUnsafe(folder, stats, 0o077);
}

/**
 * Refuses a file or socket that is a link, belongs to somebody else or (with `otherBits`) lets others in. Nothing is
 * said about a file that is not there, and nothing on Windows, where access lists are inherited from the profile.
 */
export async function checkPrivateFile(path: string, otherBits = 0o077): Promise<void> {
  const stats = await lstat(path);
  if (stats === undefined || isWindows) return;
  const problem = ownerProblem(stats) ?? modeProblem(stats, otherBits);
  if (stats.isSymbolicLink()) throw nexusError("daemon.folder_unsafe", `${path} is a symbolic link.`);
  if (problem !== undefined) throw nexusError("daemon.folder_unsafe", `${path} ${problem}.`);
}

/** Refuses an administrator's file that others can write. It may be a link, as configuration tools make them. */
export async function checkManagedFile(path: string): Promise<void> {
  const stats = await stat(path);
  if (stats === undefined || isWindows) return;
  const owner = stats.uid === 0 ? undefined : ownerProblem(stats);
  const problem = owner ?? modeProblem(stats, 0o022);
  if (problem !== undefined) throw nexusError("daemon.folder_unsafe", `${path} ${problem}.`);
}

/** The folders to make, outermost first; the last one holds the socket. */
async function runtimeFolders(home: string, env: Environment): Promise<string[]> {
  const hash = createHash("sha256").update(home).digest("hex").slice(0, 16);
  const runtime = env["XDG_RUNTIME_DIR"];
  const isOwn = runtime !== undefined && isAbsolute(runtime) && (await isPrivateFolder(runtime));
  const candidates = [
    ...(isOwn ? [[join(runtime, "nexus"), join(runtime, "nexus", hash)]] : []),
    [join(home, "run")],
    [join(tmpdir(), `nexus-${userInfo().uid}-${hash}`)],
  ];
  const fitting = candidates.find((folders) => fits(folders.at(-1) ?? ""));
  if (fitting === undefined)
    throw nexusError("daemon.folder_unsafe", `No folder has a path short enough for a socket.`);
  return fitting;
}

function fits(folder: string): boolean {
  return Buffer.byteLength(join(folder, "daemon.sock")) <= MAX_SOCKET_PATH_BYTES;
}

async function isPrivateFolder(folder: string): Promise<boolean> {
  const stats = await stat(folder).catch(() => undefined);
  return stats?.isDirectory() === true && ownerProblem(stats) === undefined && modeProblem(stats, 0o077) === undefined;
}

async function make(folder: string): Promise<void> {
  try {
    await makeFolder(folder, 0o700);
  } catch (error) {
    const code = errorCode(error);
    if (code === "EEXIST" || code === "ENOTDIR")
      throw nexusError("daemon.folder_unsafe", `${folder} cannot be a folder: a file is in its place.`);
    if (code === "ENOSPC") throw nexusError("store.full", `${folder} could not be made.`);
    throw nexusError("store.read_only", `${folder} could not be made (${code ?? String(error)}).`, { cause: error });
  }
}

function refuseUnsafe(folder: string, stats: Stats | undefined, otherBits: number): void {
  if (stats?.isDirectory() !== true) throw nexusError("daemon.folder_unsafe", `${folder} is not a folder.`);
  const problem = ownerProblem(stats) ?? modeProblem(stats, otherBits);
  if (problem !== undefined) throw nexusError("daemon.folder_unsafe", `${folder} ${problem}.`);
}

function ownerProblem(stats: Stats): string | undefined {
  const uid = process.getuid?.();
  return uid === undefined || stats.uid === uid ? undefined : `belongs to user ${stats.uid}, not to you (${uid})`;
}

function modeProblem(stats: Stats, otherBits: number): string | undefined {
  if (isWindows || (stats.mode & otherBits) === 0) return undefined;
  return `has mode 0${(stats.mode & 0o777).toString(8)}, so other users can get in`;
}
