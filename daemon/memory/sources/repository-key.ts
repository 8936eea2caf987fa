/** One key for all clones and worktrees of a repository, so that they share what is known of their contents. */
import { hashOf, realPath } from "../../host/files.ts";
import { tryGit } from "../../host/git.ts";
import type { PartStore } from "../code/facts.ts";
import { findGitPlace, unlessCancelled } from "./git-place.ts";

export interface RepositoryKey {
  /** 64 hexadecimal digits. */
  readonly key: string;
  /**
   * What the key stands for: the history's oldest commit; the repository's place on the disk, where its history is
   * shallow, empty or too long to look through in time; or the folder's place, where there is no git.
   */
  readonly kind: "history" | "repository" | "folder";
}

const HISTORY_BUDGET_MS = 5_000;

/**
 * Which branch is checked out makes no difference. The answer is remembered in `store`, beside the repository's place,
 * and asked for again when the commit that it stands for is not there any more.
 */
export async function repositoryKey(
  root: string,
  options: { readonly signal: AbortSignal; readonly store?: PartStore },
): Promise<RepositoryKey> {
  const { signal, store } = options;
  const real = await realPath(root);
  const place = await findGitPlace(real, signal).catch(unlessCancelled(signal));
  if (place === undefined) return { key: hashOf(`folder\0${real}`), kind: "folder" };
  const common = await realPath(place.commonDir);
  const byPlace: RepositoryKey = { key: hashOf(`repository\0${common}`), kind: "repository" };
  const remembered = Buffer.from(store?.get(storeKey(common)) ?? []).toString();
  if (remembered === byPlace.kind) return byPlace;
  if (remembered !== "" && (await hasCommit(real, remembered, signal))) return byHistory(remembered);
  const oldest = await oldestCommit(real, signal);
  if (oldest === undefined) return byPlace;
  store?.set(storeKey(common), Buffer.from(oldest === "unknown" ? byPlace.kind : oldest));
  return oldest === "unknown" ? byPlace : byHistory(oldest);
}

function storeKey(common: string): string {
  return `repository-key/${hashOf(common)}`;
}

function byHistory(commit: string): RepositoryKey {
  return { key: hashOf(`history\0${commit}`), kind: "history" };
}

async function hasCommit(folder: string, commit: string, signal: AbortSignal): Promise<boolean> {
  const answer = await tryGit({ folder, signal }, "cat-file", "-e", `${commit}^{commit}`);
  return answer.exitCode === 0;
}

/**
 * Of all commits without a parent the oldest, by its time and then its name: a clone that lacks some branch has the
 * same. Undefined without any commit; "unknown" where it cannot be told, which must be remembered, as another time it
 * might.
 */
async function oldestCommit(folder: string, signal: AbortSignal): Promise<string | undefined> {
  const call = { folder, signal };
  const shallow = await tryGit(call, "rev-parse", "--is-shallow-repository").catch(unlessCancelled(signal));
  if (shallow?.stdout.toString().trim() !== "false") return "unknown";
  const roots = ["rev-list", "--max-parents=0", "--timestamp", "--branches", "--remotes", "--tags", "HEAD"];
  const found = await tryGit({ ...call, timeoutMs: HISTORY_BUDGET_MS }, ...roots).catch(unlessCancelled(signal));
  // Without a first commit there is no HEAD.
  if (found === undefined || found.exitCode !== 0)
    return (await hasCommit(folder, "HEAD", signal)) ? "unknown" : undefined;
  const commits = found.stdout.toString().trim().split("\n");
  const sorted = commits
    .map((line) => line.split(" "))
    .sort(([oneAt, one = ""], [twoAt, two = ""]) =>
      Number(oneAt) === Number(twoAt) ? (one < two ? -1 : 1) : Number(oneAt) - Number(twoAt),
    );
  return sorted[0]?.[1];
}
