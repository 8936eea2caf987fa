/** A scan without git: every folder is read, and every file whose size, times or number changed. */
import { breathe, namesIn, readFileOnce } from "../../host/source-files.ts";
import { createIgnoreRules, type IgnoreRules } from "./ignore-rules.ts";
import { nameByReading } from "./own-names.ts";
import { isDependencyFolder, skipByPath } from "./path-rules.ts";
import type { Scan, ScanRequest } from "./scan-state.ts";
import { byPath, createTally, sameOrNew, type Tally } from "./source.ts";

/** What builds make, in folders that nobody told it by a .gitignore. */
const BUILD_FOLDERS =
  "venv/\n*.egg-info/\ntarget/\ndist/\nbuild/\nout/\n.cache/\ncoverage/\nbin/Debug/\nobj/Debug/\n.DS_Store";
const RULE_FILES = [".gitignore", ".nexusignore"] as const;
const MAX_RULE_BYTES = 1024 * 1024;

export async function scanByWalking(request: ScanRequest): Promise<Scan> {
  const { root, limits, previous } = request;
  const tally = createTally();
  const paths = await walk(request, tally);
  const known = new Map(previous?.engine === "walk" ? previous.entries.map((entry) => [entry.path, entry]) : []);
  const named = (await nameByReading(paths, known, { ...request, format: "sha1", tally })).sort(byPath);
  if (named.length > limits.maxFiles)
    tally.add("too_many", named[limits.maxFiles]?.path ?? "", named.length - limits.maxFiles);
  const entries = sameOrNew(previous?.entries, named.slice(0, limits.maxFiles));
  return {
    ...{ root, branch: null, head: null, engine: "walk" },
    entries,
    skipped: tally.skipped(),
    ignoredFolders: tally.ignoredFolders(),
  };
}

async function walk({ root, signal }: ScanRequest, tally: Tally): Promise<string[]> {
  const rules = RULE_FILES.map(createIgnoreRules);
  rules[0]?.add("", BUILD_FOLDERS);
  const paths: string[] = [];
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    await breathe();
    signal.throwIfAborted();
    const names = namesIn(folder === "" ? root : `${root}/${folder}`);
    if (names === undefined) {
      tally.add("unreadable", `${folder}/`);
      continue;
    }
    readRules(root, folder, new Set(names.map(({ name }) => name)), rules);
    for (const { name, raw, kind } of names) {
      const path = folder === "" ? (name ?? raw.toString()) : `${folder}/${name ?? raw.toString()}`;
      if (name === undefined) tally.add("name", path);
      else if (name === ".git") continue;
      else if (kind === "link" || kind === "special") tally.add(kind, path);
      else if (rules.some((each) => each.ignores(path, kind === "folder")))
        tally.add("ignored", kind === "folder" ? `${path}/` : path);
      else if (kind === "folder" && isDependencyFolder(name)) tally.add("ignored", `${path}/`);
      else if (kind === "folder") folders.push(path);
      else addFile(path, paths, tally);
    }
  }
  return paths;
}

function addFile(path: string, paths: string[], tally: Tally): void {
  const skip = skipByPath(path);
  if (skip === undefined) paths.push(path);
  else tally.add(skip, path);
}

function readRules(
  root: string,
  folder: string,
  names: ReadonlySet<string | undefined>,
  rules: readonly IgnoreRules[],
) {
  for (const [index, file] of RULE_FILES.entries()) {
    if (!names.has(file)) continue;
    const reading = readFileOnce(`${root}/${folder === "" ? "" : `${folder}/`}${file}`, MAX_RULE_BYTES);
    if (reading.ok) rules[index]?.add(folder, reading.bytes.toString("utf8"));
  }
}
