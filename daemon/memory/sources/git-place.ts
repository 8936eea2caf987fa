/** Where git keeps what belongs to a workspace, and how it is asked there without running anything of the repository's. */
import { posix } from "node:path";
import { lstat, readSlice, realPath } from "../../host/files.ts";
import { type GitCall, splitNul, tryGit, userHome } from "../../host/git.ts";
import type { GitPlace } from "./scan-state.ts";

/** Undefined where there is no working tree of git's, git refuses it, or git is not there. */
export async function findGitPlace(root: string, signal: AbortSignal): Promise<GitPlace | undefined> {
  const call: GitCall = { folder: root, signal };
  const flags = ["--show-toplevel", "--git-dir", "--git-common-dir", "--git-path", "index", "--show-prefix"];
  const wanted = ["--path-format=absolute", ...flags, "--show-object-format"];
  const [found, configured] = await Promise.all([
    tryGit(call, "rev-parse", ...wanted).catch(unlessCancelled(signal)),
    tryGit(call, "config", "-z", "--name-only", "--get-regexp", "^filter\\.").catch(unlessCancelled(signal)),
  ]);
  if (found === undefined || found.exitCode !== 0) return undefined;
  const lines = found.stdout.toString().split("\n");
  // A line break in a folder's name: such a folder is walked.
  if (lines.length !== 7) return undefined;
  const [top = "", gitDir = "", commonDir = "", indexFile = "", prefix = "", format = ""] = lines;
  // A home folder under version control holds settings; the folders in it are not parts of that project.
  if (prefix !== "" && (await realPath(top)) === (await userHome())) return undefined;
  if (
    posix.join((await realPath(top)).replaceAll("\\", "/"), prefix, ".") !== posix.join(root.replaceAll("\\", "/"), ".")
  )
    return undefined;
  const filters = splitNul(configured?.stdout ?? Buffer.alloc(0)).map((key) => key.slice(0, key.lastIndexOf(".")));
  return {
    gitDir,
    commonDir,
    indexFile,
    prefix,
    format: format === "sha256" ? "sha256" : "sha1",
    filters: [...new Set(filters)].sort(),
    settingsStamp: await settingsStampOf({ gitDir, commonDir }),
  };
}

export async function settingsStampOf(place: Pick<GitPlace, "gitDir" | "commonDir">): Promise<string> {
  const files = [
    `${place.commonDir}/config`,
    `${place.gitDir}/config.worktree`,
    `${place.commonDir}/info/attributes`,
    `${place.gitDir}/info/sparse-checkout`,
  ];
  const looks = await Promise.all(files.map((file) => lstat(file).catch(() => undefined)));
  return looks.map((look) => (look === undefined ? "-" : `${look.size}:${look.mtimeMs}:${look.ino}`)).join(" ");
}

/**
 * Another text whenever the list of tracked files may have changed: git ends its index with a checksum of it. Where
 * that is switched off (zeros) or kept in two files, time and size stand in for it.
 */
export async function indexStampOf(place: GitPlace): Promise<string> {
  const look = await lstat(place.indexFile).catch(() => undefined);
  if (look === undefined) return "none";
  const length = place.format === "sha256" ? 32 : 20;
  const end = await readSlice(place.indexFile, Math.max(0, look.size - length), length).catch(() => Buffer.alloc(0));
  const isChecksum = end.length === length && end.some((byte) => byte !== 0);
  return isChecksum ? end.toString("hex") : `${look.size}:${look.mtimeMs}:${look.ctimeMs}:${look.ino}`;
}

/** How to call git in the workspace. */
export function callAt(root: string, place: GitPlace, signal: AbortSignal): GitCall {
  const off = place.filters.flatMap((filter) => [
    [`${filter}.required`, "false"] as const,
    ...["clean", "smudge", "process"].map((part) => [`${filter}.${part}`, ""] as const),
  ]);
  return { folder: root, signal, config: off };
}

/** For failures that are an answer: a cancelled call still throws. */
export function unlessCancelled(signal: AbortSignal): (error: unknown) => undefined {
  return (error) => {
    if (signal.aborted) throw error;
    return undefined;
  };
}
