/**
 * What of the user's repository a copy must see so that `git status`, `log` and `diff` work in it: objects and refs, not
 * the hooks, and of the settings only what says how to read the repository, because others may hold passwords or programs.
 */
import { dirname, join, resolve } from "node:path";
import { listFolder, lstat, readText, realPath } from "../../host/files.ts";

export interface GitView {
  /** Absolute, read-only. */
  readonly readable: readonly string[];
  /** The folder that has the `.git` file: the copy, or one above where the workspace is a part of its repository. */
  readonly top: string;
  /** Stands in for the repository's settings file. */
  readonly config: { readonly at: string; readonly text: string };
}

const PARTS = "HEAD objects refs packed-refs shallow logs info/exclude info/attributes info/grafts".split(" ");
const KEPT =
  /^(repositoryformatversion|filemode|bare|ignorecase|precomposeunicode|autocrlf|eol|symlinks|logallrefupdates)$/i;
const MAX_LEVELS = 40;

/** Undefined where the copy is no worktree of git, or its link is not answered from the other side: then git sees nothing. */
export async function gitView(root: string, excludes: string): Promise<GitView | undefined> {
  const top = await folderWithLink(root);
  const link = top === undefined ? undefined : await readText(join(top, ".git"));
  const target = /^gitdir: (.+)\n?$/.exec(link ?? "")?.[1];
  if (top === undefined || target === undefined) return undefined;
  const own = await realPath(resolve(top, target)).catch(() => undefined);
  if (own === undefined || !(await isAnswered(own, top))) return undefined;
  const common = await realPath(resolve(own, ((await readText(join(own, "commondir"))) ?? ".").trim())).catch(() => "");
  if (common === "" || dirname(own) !== join(common, "worktrees")) return undefined;
  const alternates = await alternatesOf(common);
  const config = settingsFor(excludes, (await readText(join(common, "config"))) ?? "");
  return {
    top,
    readable: [own, ...PARTS.map((name) => join(common, name)), ...alternates],
    config: { at: join(common, "config"), text: config },
  };
}

async function folderWithLink(root: string): Promise<string | undefined> {
  let folder = root;
  for (let level = 0; level < MAX_LEVELS; level++) {
    const stats = await lstat(join(folder, ".git"));
    if (stats !== undefined) return stats.isFile() ? folder : undefined;
    const parent = dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
  return undefined;
}

/** Git's own record of the worktree must name this one: a `.git` file alone could name any folder. */
async function isAnswered(own: string, top: string): Promise<boolean> {
  const back = (await readText(join(own, "gitdir")))?.trim();
  if (back === undefined) return false;
  const folder = await realPath(dirname(resolve(own, back))).catch(() => undefined);
  return folder === top;
}

async function alternatesOf(common: string): Promise<string[]> {
  const text = (await readText(join(common, "objects", "info", "alternates"))) ?? "";
  const folders = text.split("\n").filter((line) => line.trim() !== "");
  const real = folders.map((folder) => realPath(resolve(common, "objects", folder)).catch(() => ""));
  const found = await Promise.all(real);
  const looks = await Promise.all(
    found.map(
      async (folder) =>
        folder !== "" && (await listFolder(folder)).some(({ name }) => /^(pack|[0-9a-f]{2})$/.test(name)),
    ),
  );
  return found.filter((_, index) => looks[index]);
}

/** Of the user's settings file: how the repository is to be read, nothing else. */
export function settingsFor(excludes: string, text: string): string {
  const kept: string[] = [];
  let section = "";
  for (const line of text.split("\n")) {
    const header = /^\s*\[\s*([A-Za-z]+)\s*\]\s*$/.exec(line);
    if (header !== null) section = (header[1] ?? "").toLowerCase();
    else if (/^\s*\[/.test(line)) section = "";
    const pair = /^\s*([A-Za-z]+)\s*=\s*([A-Za-z0-9]+)\s*$/.exec(line);
    if (pair === null || line.trimEnd().endsWith("\\")) continue;
    const [, key = "", value = ""] = pair;
    if (section === "core" && KEPT.test(key)) kept.push(`[core]\n\t${key} = ${value}`);
    if (section === "extensions" && /^(objectformat|refstorage|partialclone|noop)$/i.test(key))
      kept.push(`[extensions]\n\t${key} = ${value}`);
  }
  return [...kept, `[core]\n\texcludesFile = ${excludes}\n\thooksPath = /dev/null\n\tfsmonitor = false`, ""].join("\n");
}
