/** Changes in git's folder that mean another branch, commit, index or rule. */

const FILES = new Set(["HEAD", "index", "logs/HEAD", "packed-refs", "config", "config.worktree", "info/exclude"]);
const MORE_FILES = new Set([
  "info/sparse-checkout",
  "info/attributes",
  "MERGE_HEAD",
  "REBASE_HEAD",
  "CHERRY_PICK_HEAD",
]);

/** `path` is relative to git's folder. */
export function isGitSign(path: string): boolean {
  if (path.endsWith(".lock")) return false;
  return path === "" || FILES.has(path) || MORE_FILES.has(path) || path.startsWith("refs/heads/");
}
