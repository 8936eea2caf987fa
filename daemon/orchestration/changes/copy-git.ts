/** Git for the tools that work in a run's copy: looking, commits on the copy's own HEAD, and branches made from it. */
import { failure, nexusError, ok, type Result } from "../../../protocol/index.ts";
import { type GitCall, git, splitNul, tryGit } from "../../host/git.ts";
import type { GitPort, GitRecorder } from "../../tools/git-port.ts";
import { type Copy, treeOfCopy } from "./change-set.ts";
import { callOnObjects } from "./repository.ts";
import { treeOf } from "./snapshot.ts";
import { adminFolder } from "./worktree.ts";

const PREVIEW_BYTES = 4 * 1024 * 1024;
const BRANCHES = "refs/heads/nexus/";

/** `root` is the workspace in the copy. Undefined when the copy has no entry in the repository any more. */
export async function gitOfCopy(
  home: string,
  copy: Copy,
  root: string,
  signal: AbortSignal,
): Promise<GitPort | undefined> {
  const { repository, place } = copy;
  const gitDir = await adminFolder(repository.commonDir, place.folder);
  if (gitDir === undefined) return undefined;
  const { config } = repository;
  const call = { folder: place.folder, gitDir, workTree: place.folder, config, signal };
  return { look: { ...call, folder: root }, record: createRecorder(home, copy, call) };
}

function createRecorder(home: string, copy: Copy, call: GitCall): GitRecorder {
  const treeNow = () => treeOfCopy(home, copy, call.signal);
  return {
    async preview() {
      const [tree, head] = await Promise.all([treeNow(), headOf(call)]);
      const exact = ["--no-renames", "--no-ext-diff", "--no-textconv", "--no-color", head, tree];
      const names = splitNul(await git(call, "diff-tree", "-r", "-z", "--name-only", ...exact));
      const patch = await git({ ...call, firstBytes: PREVIEW_BYTES }, "diff-tree", "-r", "-p", ...exact);
      return { paths: names, patch: patch.toString(), isCut: patch.length >= PREVIEW_BYTES };
    },
    async commit(message) {
      const [tree, head] = await Promise.all([treeNow(), headOf(call)]);
      const names = splitNul(await git(call, "diff-tree", "-r", "-z", "--name-only", "--no-renames", head, tree));
      if (names.length === 0) return failure("tool.failed", "Nothing has changed since the last commit.");
      const parent = await parentOf(copy, call, head);
      const author = await authorOf(call);
      const made = await git({ ...call, author, input: message }, "commit-tree", tree, "-p", parent, "-F", "-");
      const commit = made.toString().trim();
      // Not half way: that would leave HEAD locked.
      const whole = withoutSignal(call);
      await git(whole, "update-ref", "--no-deref", "-m", "commit by Nexus", "HEAD", commit, head);
      await git(whole, "read-tree", commit);
      return ok({ commit, files: names.length });
    },
    async branch(name) {
      const ref = BRANCHES + name;
      const valid = await tryGit(call, "check-ref-format", ref);
      if (valid.exitCode !== 0) return failure("tool.invalid_input", `“${name}” cannot be the name of a branch.`);
      return makeBranch(copy, await headOf(call), ref);
    },
  };
}

async function makeBranch(
  copy: Copy,
  commit: string,
  ref: string,
): Promise<Result<{ branch: string; commit: string }>> {
  if (commit === copy.baseCommit) return failure("tool.failed", "Nothing was committed yet; commit first.");
  const name = ref.slice("refs/heads/".length);
  // All zeros: only where there is none yet.
  const none = "0".repeat(commit.length);
  const made = await tryGit(callOnObjects(copy.repository), "update-ref", "-m", "branch by Nexus", ref, commit, none);
  if (made.exitCode === 0) return ok({ branch: name, commit });
  const why = /already exists/.test(made.stderr) ? "it exists already; choose another name" : made.stderr.trim();
  return failure("tool.failed", `The branch ${name} was not made: ${why.slice(0, 300)}.`);
}

/** Where the user's tree was clean the snapshot adds nothing, and the user's own commit is the better parent. */
async function parentOf({ repository, baseCommit }: Copy, call: GitCall, head: string): Promise<string> {
  if (head !== baseCommit) return head;
  const before = await tryGit(call, "rev-parse", "--verify", "--quiet", `${baseCommit}^{commit}^`);
  const parent = before.exitCode === 0 ? before.stdout.toString().trim() : undefined;
  if (parent === undefined) return head;
  const trees = await Promise.all([treeOf(repository, baseCommit), treeOf(repository, parent)]);
  return trees[0] === trees[1] ? parent : head;
}

async function headOf(call: GitCall): Promise<string> {
  const { exitCode, stdout, stderr } = await tryGit(call, "rev-parse", "--verify", "HEAD^{commit}");
  if (exitCode !== 0) throw nexusError("workspace.git_failed", stderr.trim());
  return stdout.toString().trim();
}

/** The user's configured name; Nexus's own where there is none. */
async function authorOf(call: GitCall): Promise<{ name: string; email: string }> {
  const read = async (key: string) => (await tryGit(call, "config", "--get", key)).stdout.toString().trim();
  const [name, email] = await Promise.all([read("user.name"), read("user.email")]);
  return name === "" || email === "" ? { name: "Nexus", email: "nexus@localhost" } : { name, email };
}

function withoutSignal({ signal: _, ...call }: GitCall): GitCall {
  return call;
}
