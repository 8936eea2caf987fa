/** Keeping an editor's unsaved texts as a commit, so that a run begins with them, also after a restart. */
import { join } from "node:path";
import type { UnsavedPin, UnsavedText } from "../../../protocol/index.ts";
import { nexusError } from "../../../protocol/index.ts";
import { lstat } from "../../host/files.ts";
import { type GitCall, git, splitNul, tryGit } from "../../host/git.ts";
import { resolveInside } from "../../security/paths/fence.ts";
import { isGitPath, isSecretPath } from "../../security/paths/path-classes.ts";
import { judgeParents } from "./present.ts";
import { callOnObjects, type Repository, refOf } from "./repository.ts";
import { commitTree, ownFolderIn, setRef, withIndexCopy } from "./snapshot.ts";

interface Keeping {
  readonly home: string;
  readonly repository: Repository;
  readonly runId: string;
  readonly texts: readonly UnsavedText[];
}

/** The commit holds these files alone, converted as git converts files. Rejects with `unsaved.refused`. */
export async function keepUnsaved({ home, repository, runId, texts }: Keeping): Promise<UnsavedPin> {
  const { top, prefix } = repository;
  const own = await ownFolderIn(top, home);
  const modes = new Map<string, string>();
  for (const text of texts) {
    if (modes.has(text.path)) throw refused(text.path, "it is named twice");
    if (own !== undefined && (prefix + text.path).startsWith(own)) throw refused(text.path, "it is Nexus's own");
    modes.set(text.path, await modeOf(repository, text));
  }
  const paths = [...modes.keys()];
  const nested = paths.find((path) => paths.some((other) => other.startsWith(`${path}/`)));
  if (nested !== undefined) throw refused(nested, "it is a file and a folder at once");
  await refuseIgnored(repository, paths);
  return withIndexCopy(home, join(home, "tmp", "none"), async (indexFile) => {
    const call = { ...callOnObjects(repository), folder: top, workTree: top, indexFile };
    const entries: string[] = [];
    for (const { path, text } of texts) {
      const id = await blobOf(call, prefix + path, text);
      entries.push(`${modes.get(path)} ${id}\t${prefix}${path}\0`);
    }
    await git(call, "read-tree", "--empty");
    await git({ ...call, input: entries.join("") }, "update-index", "-z", "--index-info");
    const commit = await commitTree(call, (await git(call, "write-tree")).toString().trim(), []);
    await setRef(repository, refOf(runId, "unsaved"), commit);
    return { commit, paths };
  });
}

async function blobOf(call: GitCall, path: string, text: string): Promise<string> {
  return (await git({ ...call, input: text }, "hash-object", "-w", "--stdin", `--path=${path}`)).toString().trim();
}

async function modeOf(repository: Repository, { path, text }: UnsavedText): Promise<string> {
  const root = join(repository.top, repository.prefix);
  const inside = await resolveInside(root, path);
  if (!inside.ok) throw refused(path, inside.error.message);
  if (inside.value.relative !== path) throw refused(path, `it is ${inside.value.relative || "the folder itself"}`);
  if (isGitPath(path) || isSecretPath(path)) throw refused(path, "it is git's own, or may hold secrets");
  if (text.includes("\0") || !text.isWellFormed()) throw refused(path, "it is no text");
  const parents = await judgeParents({ repository, root, chosen: new Map() }, path);
  if (parents.kind === "refused") throw refused(path, parents.reason);
  const stats = await lstat(join(root, path));
  if (stats !== undefined && !stats.isFile()) throw refused(path, "what is there is no file");
  return stats !== undefined && (stats.mode & 0o100) !== 0 ? "100755" : "100644";
}

/** A tracked file is never ignored, whatever the rules say. */
async function refuseIgnored(repository: Repository, paths: readonly string[]): Promise<void> {
  const { top, prefix, indexFile } = repository;
  const input = paths.map((path) => `${prefix}${path}\0`).join("");
  const call = { ...callOnObjects(repository), folder: top, workTree: top, indexFile, input, notLiteral: true };
  const { exitCode, stdout, stderr } = await tryGit(call, "check-ignore", "-z", "--stdin");
  if (exitCode > 1) throw nexusError("unsaved.refused", stderr.trim().slice(0, 300));
  const [first] = splitNul(stdout);
  if (first !== undefined) throw refused(first.slice(prefix.length), "it is ignored");
}

function refused(path: string, why: string): Error {
  return nexusError("unsaved.refused", `${path}: ${why}.`);
}
