/** Where git keeps what belongs to a workspace, and how it is asked there without running anything of the repository's. */
import { posix } from "node:path";
import { realPath } from "../../host/files.ts";
import { type GitCall, splitNul, tryGit, userHome } from "../../host/git.ts";
import { lookAt, readEnd } from "../../host/source-files.ts";
import type { GitPlace } from "./scan-state.ts";

const LIST_FILTERS = ["config", "-z", "--name-only", "--get-regexp", "^filter\\."];

function filterNames(keys: Uint8Array): string[] {
  return [...new Set(splitNul(keys).map((key) => key.slice(0, key.lastIndexOf("."))))].sort();
}

/** Undefined where there is no working tree of git's, git refuses it, or git is not there. */
export async function findGitPlace(root: string, signal: AbortSignal): Promise<GitPlace | undefined> {
  const call: GitCall = { folder: root, signal };
  const flags = ["--show-toplevel", "--git-dir", "--git-common-dir", "--git-path", "index", "--show-prefix"];
  const wanted = ["--path-format=absolute", ...flags, "--show-object-format"];
  const [found, configured] = await Promise.all([
    tryGit(call, "rev-parse", ...wanted).catch(unlessCancelled(signal)),
    tryGit(call, ...LIST_FILTERS).catch(unlessCancelled(signal)),
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
  return {
    gitDir,
    commonDir,
    indexFile,
    prefix,
    format: format === "sha256" ? "sha256" : "sha1",
    filters: filterNames(configured?.stdout ?? Buffer.alloc(0)),
    settingsStamp: settingsStampOf({ gitDir, commonDir }),
  };
}

export function settingsStampOf(place: Pick<GitPlace, "gitDir" | "commonDir">): string {
  const files = [
    `${place.commonDir}/config`,
    `${place.gitDir}/config.worktree`,
    `${place.commonDir}/info/attributes`,
    `${place.gitDir}/info/sparse-checkout`,
  ];
  return files.map(stampText).join(" ");
}

/**
 * Another text whenever the list of tracked files may have changed: git ends its index with a checksum of it. Where
 * that is switched off (zeros), time and size stand in for it.
 */
export function indexStampOf(place: GitPlace): string {
  const end = readEnd(place.indexFile, place.format === "sha256" ? 32 : 20);
  return end?.some((byte) => byte !== 0) === true ? end.toString("hex") : stampText(place.indexFile);
}

function stampText(path: string): string {
  const { stamp } = lookAt(path);
  return stamp === undefined ? "-" : `${stamp.bytes}:${stamp.mtimeMs}:${stamp.ctimeMs}:${stamp.ino}`;
}

/** How to call git in the workspace. */
export function callAt(root: string, place: GitPlace, signal: AbortSignal): GitCall {
  return { folder: root, signal, config: settingsOff(place.filters) };
}

/** Settings that switch off every filter there is for a folder: looking must start no program. */
export async function filtersOff(call: GitCall): Promise<NonNullable<GitCall["config"]>> {
  return settingsOff(filterNames((await tryGit(call, ...LIST_FILTERS)).stdout));
}

function settingsOff(filters: readonly string[]): NonNullable<GitCall["config"]> {
  return filters.flatMap((filter) => [
    [`${filter}.required`, "false"] as const,
    ...["clean", "smudge", "process"].map((part) => [`${filter}.${part}`, ""] as const),
  ]);
}

/** For failures that are an answer: a cancelled call still throws. */
export function unlessCancelled(signal: AbortSignal): (error: unknown) => undefined {
  return (error) => {
    if (signal.aborted) throw error;
    return undefined;
  };
}
