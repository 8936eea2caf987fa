/**
 * Git, through one wrapper: argument vectors only, no hook, no file monitor, no prompt, no network, no recursion into
 * submodules, nothing inherited from the environment but what git needs to find the user's own settings.
 */
import { devNull, homedir } from "node:os";
import { parse } from "node:path";
import { nexusError } from "../../protocol/errors.ts";
import { errorCode, realPath } from "./files.ts";
import { type ProcessOptions, type ProcessResult, runProcess } from "./processes.ts";

export interface GitCall {
  /** Absolute folder to work in. */
  readonly folder: string;
  readonly gitDir?: string;
  readonly workTree?: string;
  readonly indexFile?: string;
  /** Settings for this call, stronger than every file's. */
  readonly config?: readonly (readonly [key: string, value: string])[];
  readonly input?: string | Uint8Array;
  readonly signal?: AbortSignal;
  /** For commands that refuse to take paths literally: check-ignore. */
  readonly notLiteral?: boolean;
  /** Default two minutes. */
  readonly timeoutMs?: number;
  /** Whose commit it is; left out: Nexus's own, with a fixed time. */
  readonly author?: { readonly name: string; readonly email: string };
  /** Bytes of output to keep: the rest of a longer one is dropped. Left out: all of it, or an error. */
  readonly firstBytes?: number;
}

export interface GitOutcome {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

const ALL_OUTPUT_BYTES = 1024 * 1024 * 1024;
const TIMEOUT_MS = 120_000;
const STREAM_KEEPS_BYTES = 64 * 1024;

const SETTINGS: readonly (readonly [string, string])[] = [
  ["core.hooksPath", devNull],
  ["core.fsmonitor", "false"],
  ["core.untrackedCache", "false"],
  ["core.splitIndex", "false"],
  ["index.sparse", "false"],
  ["core.longPaths", "true"],
  // A warning about line endings must not stop a snapshot.
  ["core.safecrlf", "false"],
  ["safe.bareRepository", "explicit"],
  ["submodule.recurse", "false"],
  ["protocol.allow", "never"],
  ["gc.auto", "0"],
  ["maintenance.auto", "false"],
  ["worktree.useRelativePaths", "false"],
];

/** What git may know of the environment: where it is, where the user's settings are, what Windows needs to start. */
const INHERITED = new Set([
  ...["PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR", "USER", "LOGNAME"],
  ...["PATHEXT", "USERPROFILE", "HOMEDRIVE", "HOMEPATH", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "PROGRAMFILES"],
  ...["SYSTEMROOT", "WINDIR", "COMSPEC", "TEMP", "TMP"],
]);

/**
 * Runs git and answers with its standard output. Rejects with `workspace.git_failed` and git's own words when it ends
 * with an error, is not installed or takes too long, and with the signal's reason when cancelled.
 */
export async function git(call: GitCall, ...args: string[]): Promise<Buffer> {
  const { exitCode, stdout, stderr } = await tryGit(call, ...args);
  if (exitCode !== 0) throw gitFailed(args, stderr.trim() || `exit code ${exitCode}`);
  return stdout;
}

/** Like `git`, but an exit code is an answer. */
export async function tryGit(call: GitCall, ...args: string[]): Promise<GitOutcome> {
  const result = await run(call, args, {
    // A capture keeps the first and the last half of its limit.
    maxOutputBytes: 2 * (call.firstBytes ?? ALL_OUTPUT_BYTES),
  });
  if (result.truncated && call.firstBytes === undefined) throw gitFailed(args, "its output is too long");
  const stdout = call.firstBytes === undefined ? result.stdout : result.stdout.subarray(0, call.firstBytes);
  return { exitCode: result.exitCode, stdout, stderr: result.stderr.toString() };
}

type Output = Pick<ProcessOptions, "maxOutputBytes" | "onStdout">;

async function run(
  call: GitCall,
  args: readonly string[],
  output: Output,
): Promise<ProcessResult & { readonly exitCode: number }> {
  const timeoutMs = call.timeoutMs ?? TIMEOUT_MS;
  const result = await runProcess({
    command: { argv: ["git", "--no-pager", "-C", call.folder, ...args] },
    // Not the folder itself: Windows looks for programs in the present folder first.
    cwd: parse(process.execPath).root,
    env: gitEnvironment(call),
    timeoutMs,
    ...output,
    ...(call.input === undefined ? {} : { input: call.input }),
    ...(call.signal === undefined ? {} : { signal: call.signal }),
  }).catch((error: unknown) => {
    if (errorCode(error) === "ENOENT")
      throw nexusError("workspace.git_failed", "Git is not installed, or not in PATH.");
    throw error;
  });
  if (result.timedOut) throw gitFailed(args, `no end after ${timeoutMs} ms`);
  if (result.exitCode === null) throw gitFailed(args, `ended by ${result.signal}`);
  return { ...result, exitCode: result.exitCode };
}

/**
 * Like `git` for output of any length: hands it over as it comes, keeping none. The chunks are cut anywhere. What
 * `onChunk` throws ends git and comes back as the rejection.
 */
export async function streamGit(call: GitCall, onChunk: (chunk: Buffer) => void, ...args: string[]): Promise<void> {
  const stopped = new AbortController();
  const signals = call.signal === undefined ? [stopped.signal] : [call.signal, stopped.signal];
  const { exitCode, stderr } = await run({ ...call, signal: AbortSignal.any(signals) }, args, {
    maxOutputBytes: STREAM_KEEPS_BYTES,
    onStdout(chunk) {
      if (stopped.signal.aborted) return;
      try {
        onChunk(chunk);
      } catch (error) {
        stopped.abort(error);
      }
    },
  });
  if (exitCode !== 0) throw gitFailed(args, stderr.toString().trim() || `exit code ${exitCode}`);
}

/** The entries of a list that git ended with NUL each. */
export function splitNul(bytes: Uint8Array): string[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  return text === "" ? [] : text.replace(/\0$/, "").split("\0");
}

/** The user's home folder with all links resolved; undefined where there is none. */
export async function userHome(): Promise<string | undefined> {
  return realPath(homedir()).catch(() => undefined);
}

function gitFailed(args: readonly string[], words: string): Error {
  return nexusError("workspace.git_failed", `git ${args[0] ?? ""}: ${words.slice(0, 2000)}`);
}

function gitEnvironment(call: GitCall): Record<string, string> {
  const inherited = Object.entries(process.env).filter(([name]) => INHERITED.has(name.toUpperCase()));
  const own: Record<string, string | undefined> = {
    ...Object.fromEntries(inherited),
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_LITERAL_PATHSPECS: call.notLiteral === true ? undefined : "1",
    GIT_NO_LAZY_FETCH: "1",
    // No such protocol, so none is allowed.
    GIT_ALLOW_PROTOCOL: "none",
    GIT_DIR: call.gitDir,
    GIT_WORK_TREE: call.workTree,
    GIT_INDEX_FILE: call.indexFile,
    ...identity(call.author),
    ...settings([...SETTINGS, ...(call.config ?? [])]),
  };
  return Object.fromEntries(
    Object.entries(own).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** Nexus signs its private commits with a fixed name and time, so that the same content gives the same commit. */
function identity(author: GitCall["author"]): Record<string, string> {
  if (author !== undefined)
    return {
      GIT_AUTHOR_NAME: author.name,
      GIT_AUTHOR_EMAIL: author.email,
      GIT_COMMITTER_NAME: author.name,
      GIT_COMMITTER_EMAIL: author.email,
    };
  const at = "946684800 +0000";
  return {
    GIT_AUTHOR_NAME: "Nexus",
    GIT_AUTHOR_EMAIL: "nexus@localhost",
    GIT_AUTHOR_DATE: at,
    GIT_COMMITTER_NAME: "Nexus",
    GIT_COMMITTER_EMAIL: "nexus@localhost",
    GIT_COMMITTER_DATE: at,
  };
}

/** Through the environment rather than `-c`, which cannot carry a key that holds an equals sign. */
function settings(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  const variables = pairs.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key] as const,
    [`GIT_CONFIG_VALUE_${index}`, value] as const,
  ]);
  return { GIT_CONFIG_COUNT: String(pairs.length), ...Object.fromEntries(variables) };
}
