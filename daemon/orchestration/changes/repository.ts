/** Which repository holds a workspace: the user's own, or a private one for a folder without git. */
import { dirname, join, posix, resolve } from "node:path";
import { nexusError } from "../../../protocol/index.ts";
import { hashOf, makeFolder, readText, realPath, stat, writeAtomically } from "../../host/files.ts";
import { type GitCall, git, splitNul, tryGit, userHome } from "../../host/git.ts";
import { identityOf } from "../../host/place.ts";
import { createKnown } from "./known.ts";

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

type Place = Pick<Repository, "top" | "gitDir" | "commonDir">;

/** What builds and package managers make, which no run should copy from a folder that has no ignore rules. */
const DEFAULT_EXCLUDES = [
  ...["node_modules/", ".venv/", "venv/", "__pycache__/", ".pytest_cache/", ".mypy_cache/", ".tox/", "*.egg-info/"],
  ...["target/", "dist/", "build/", "out/", ".gradle/", ".next/", ".nuxt/", ".cache/", "coverage/", "bin/Debug/"],
  ...["obj/Debug/", ".idea/", ".DS_Store", "Thumbs.db", "*.pyc", "*.class", ".env"],
];

/** By folder: the user's own repositories. */
const opened = createKnown<Repository>();

/**
 * Finds the repository of a workspace (any folder), making a private one where there is none. Rejects with
 * `workspace.missing`, and with `workspace.git_failed` where git refuses the folder (another owner, a bare repository).
 */
export async function openRepository(home: string, workspace: string, signal?: AbortSignal): Promise<Repository> {
  signal?.throwIfAborted();
  const folder = await realFolder(workspace);
  const userFolder = await userHome();
  const before = opened.get(folder, (repository) => stampOf(repository, folder, userFolder));
  if (before !== undefined) return before;
  const call = { folder, ...(signal === undefined ? {} : { signal }) };
  const found = await discover(call);
  if (found === undefined) return openPrivate(home, folder);
  const { top, prefix } = found;
  // A home folder under version control holds settings; the folders in it are not parts of that project.
  if (top === userFolder && prefix !== "") return openPrivate(home, folder);
  if (resolve(top, prefix) !== folder)
    throw nexusError("workspace.git_failed", `The working tree of ${folder} is elsewhere: ${top}.`);
  // Before the settings are read: what changes from here on is not missed.
  const stamp = stampOf(found, folder, userFolder);
  const { config, isWhole } = await filterSettings(call);
  const repository = { kind: "user" as const, ...found, config };
  if (isWhole) opened.keep(folder, stamp, repository);
  return repository;
}

/** Another text whenever another repository may be found for the folder, or other settings in it. */
function stampOf({ top, gitDir, commonDir }: Place, folder: string, userFolder: string | undefined): string {
  const files = [join(commonDir, "config"), join(gitDir, "config"), join(gitDir, "config.worktree")];
  if (join(gitDir) !== join(top, ".git")) files.push(join(top, ".git"));
  for (let level = folder; level !== top && level !== dirname(level); level = dirname(level))
    files.push(join(level, ".git"));
  if (userFolder !== undefined)
    files.push(join(userFolder, ".gitconfig"), join(userFolder, ".config", "git", "config"));
  return files.map((file) => identityOf(file) ?? "").join(" ");
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

interface FilterSettings {
  readonly config: (readonly [string, string])[];
  /** The repository's settings stand in its own files alone: they include no other ones. */
  readonly isWhole: boolean;
}

/**
 * Filters convert content by running programs. Those of the user's own settings stay (git-lfs, say) but may be missing;
 * those that the repository itself names are off: opening a folder must not run its programs.
 */
async function filterSettings(call: GitCall): Promise<FilterSettings> {
  const wanted = "^(filter|include|includeif)\\.";
  const { stdout } = await tryGit(call, "config", "--show-scope", "-z", "--get-regexp", wanted);
  const entries = splitNul(stdout);
  const filters = new Map<string, boolean>();
  let isWhole = true;
  for (let index = 0; index + 1 < entries.length; index += 2) {
    const [key = ""] = (entries[index + 1] ?? "").split("\n", 1);
    const isOwn = ["local", "worktree"].includes(entries[index] ?? "");
    if (key.startsWith("include")) {
      isWhole &&= !isOwn;
      continue;
    }
    const name = key.slice(0, key.lastIndexOf("."));
    filters.set(name, isOwn || filters.get(name) === true);
  }
  const config = [...filters].flatMap(([name, isOff]) => {
    const off = isOff ? ["clean", "smudge", "process"].map((part) => [`${name}.${part}`, ""] as const) : [];
    return [[`${name}.required`, "false"] as const, ...off];
  });
  return { config, isWhole };
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

/** base, start, result, unsaved, kept, before-accept · turns/<number> · rewinds/<number>-copy, -tree, -result. */
export function refOf(runId: string, what: string): string {
  return posix.join("refs/nexus", checkedRunId(runId), what);
}
