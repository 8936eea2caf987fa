/** Which repository holds a workspace: the user's own, or a private one for a folder without git. */
import { join, posix, resolve } from "node:path";
import { nexusError } from "../../../protocol/index.ts";
import { hashOf, makeFolder, readText, realPath, stat, writeAtomically } from "../../host/files.ts";
import { type GitCall, git, splitNul, tryGit, userHome } from "../../host/git.ts";

export interface Repository {
  readonly kind: "user" | "private";
  readonly gitDir: string;
  /** Where objects and refs are, for a linked worktree too. */
  readonly commonDir: string;
  /** Absolute real path of the working tree's root. */
  readonly top: string;
  /** The workspace inside it: "" or "a/b/". */
  readonly prefix: string;
  /** The user's index, which is only ever copied; for a private repository, ours. */
  readonly indexFile: string;
  readonly config: readonly (readonly [key: string, value: string])[];
}

/** What builds and package managers make, which no run should copy from a folder that has no ignore rules. */
const DEFAULT_EXCLUDES = [
  ...["node_modules/", ".venv/", "venv/", "__pycache__/", ".pytest_cache/", ".mypy_cache/", ".tox/", "*.egg-info/"],
  ...["target/", "dist/", "build/", "out/", ".gradle/", ".next/", ".nuxt/", ".cache/", "coverage/", "bin/Debug/"],
  ...["obj/Debug/", ".idea/", ".DS_Store", "Thumbs.db", "*.pyc", "*.class", ".env"],
];

/**
 * Finds the repository of a workspace (any folder), making a private one where there is none. Rejects with
 * `workspace.missing`, and with `workspace.git_failed` where git refuses the folder (another owner, a bare repository).
 */
export async function openRepository(home: string, workspace: string, signal?: AbortSignal): Promise<Repository> {
  const folder = await realFolder(workspace);
  const call = { folder, ...(signal === undefined ? {} : { signal }) };
  const [found, config] = await Promise.all([discover(call), filterSettings(call)]);
  if (found === undefined) return openPrivate(home, folder);
  const { top, prefix } = found;
  // A home folder under version control holds settings; the folders in it are not parts of that project.
  if (top === (await userHome()) && prefix !== "") return openPrivate(home, folder);
  if (resolve(top, prefix) !== folder)
    throw nexusError("workspace.git_failed", `The working tree of ${folder} is elsewhere: ${top}.`);
  return { kind: "user", ...found, config };
}

/** How to call git on the user's own tree with an index that is not the user's. */
export function callOn(repository: Repository, indexFile: string, signal?: AbortSignal): GitCall {
  const { top, gitDir, config } = repository;
  const call = { folder: top, gitDir, workTree: top, indexFile, config };
  return signal === undefined ? call : { ...call, signal };
}

/** How to call git on the repository's objects and refs, with no tree at hand. */
export function callOnObjects(repository: Repository): GitCall {
  return { folder: repository.commonDir, gitDir: repository.commonDir, config: repository.config };
}

async function realFolder(workspace: string): Promise<string> {
  const folder = await realPath(workspace).catch(() => undefined);
  if (folder === undefined || !(await stat(folder))?.isDirectory()) throw nexusError("workspace.missing", workspace);
  return folder;
}

async function discover(call: GitCall): Promise<Omit<Repository, "kind" | "config"> | undefined> {
  const flags = [["--show-toplevel"], ["--git-dir"], ["--git-common-dir"], ["--git-path", "index"], ["--show-prefix"]];
  const ask = (wanted: string[]) => tryGit(call, "rev-parse", "--path-format=absolute", ...wanted);
  const { exitCode, stdout, stderr } = await ask(flags.flat());
  if (/not a git repository/i.test(stderr)) return undefined;
  if (exitCode !== 0) throw nexusError("workspace.git_failed", stderr.trim());
  const lines = stdout.toString().split("\n");
  // A line break in a folder's name: ask for one thing at a time.
  const answers =
    lines.length === flags.length + 1 ? lines : await Promise.all(flags.map(async (flag) => lineOf(await ask(flag))));
  const [top = "", gitDir = "", commonDir = "", indexFile = "", prefix = ""] = answers;
  return { top: await realPath(top), gitDir, commonDir, indexFile, prefix };
}

function lineOf(outcome: { stdout: Buffer }): string {
  return outcome.stdout.toString().replace(/\n$/, "");
}

/**
 * Filters convert content by running programs. Those of the user's own settings stay (git-lfs, say) but may be missing;
 * those that the repository itself names are off: opening a folder must not run its programs.
 */
async function filterSettings(call: GitCall): Promise<(readonly [string, string])[]> {
  const { stdout } = await tryGit(call, "config", "--show-scope", "-z", "--get-regexp", "^filter\\.");
  const entries = splitNul(stdout);
  const filters = new Map<string, boolean>();
  for (let index = 0; index + 1 < entries.length; index += 2) {
    const [key = ""] = (entries[index + 1] ?? "").split("\n", 1);
    const name = key.slice(0, key.lastIndexOf("."));
    const isOwn = ["local", "worktree"].includes(entries[index] ?? "");
    filters.set(name, isOwn || filters.get(name) === true);
  }
  return [...filters].flatMap(([name, isOff]) => {
    const off = isOff ? ["clean", "smudge", "process"].map((part) => [`${name}.${part}`, ""] as const) : [];
    return [[`${name}.required`, "false"] as const, ...off];
  });
}

async function openPrivate(home: string, folder: string): Promise<Repository> {
  const gitDir = join(home, "repos", `${hashOf(folder).slice(0, 24)}.git`);
  const excludes = join(gitDir, "info", "exclude");
  // Written last, so its presence says that the repository is whole.
  if ((await readText(excludes)) === undefined) {
    await makeFolder(join(home, "repos"), 0o700);
    await git({ folder: join(home, "repos") }, "init", "--quiet", "--bare", "--template=", gitDir);
    await makeFolder(join(gitDir, "info"));
    await writeAtomically(excludes, `${DEFAULT_EXCLUDES.join("\n")}\n`);
  }
  const real = await realPath(gitDir);
  return {
    kind: "private",
    gitDir: real,
    commonDir: real,
    top: folder,
    prefix: "",
    indexFile: join(real, "nexus.index"),
    // Nobody chose a conversion of line endings for a folder without git.
    config: [["core.autocrlf", "false"]],
  };
}

/** A run's id becomes part of a ref and of a path. Throws where it cannot. */
export function checkedRunId(runId: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$/.test(runId)) throw new Error(`“${runId}” cannot be the name of a copy`);
  return runId;
}

/** base, start, result, kept, before-accept · turns/<number> · rewinds/<number>-copy, -tree, -result. */
export function refOf(runId: string, what: string): string {
  return posix.join("refs/nexus", checkedRunId(runId), what);
}
