/**
 * Whether git would run something of the repository when it only looks. Git obeys the settings of the repository that it
 * finds, and takes any folder with the right files for one: an agent can write such a folder, a stranger can send one.
 */
import { dirname, isAbsolute, join, resolve } from "node:path";
import { readText, stat } from "../../host/files.ts";
import { lstatNow, statNow } from "../../host/sync-files.ts";
import type { CommandPart } from "../command/facts.ts";
import { isWithin } from "../paths/path-names.ts";
import { type Concern, concern, NOTHING } from "./concern.ts";
import type { PolicySetting } from "./setting.ts";

/** For a part that git would only look with; undefined where there is nothing to say. */
export async function gitConcern(part: CommandPart, setting: PolicySetting): Promise<Concern | undefined> {
  const { words, effect, cwd } = part;
  if (effect !== "reads" || cwd === null || !/^(.*[\\/])?git(\.exe)?$/i.test(words[0] ?? "")) return undefined;
  try {
    return await concernIn(folderOf(words, cwd), setting);
  } catch {
    return wary("The repository cannot be looked into before git does.");
  }
}

async function concernIn(from: string, { root, trusted }: PolicySetting): Promise<Concern | undefined> {
  for (let folder = from; isWithin(root, folder, root.includes("\\") ? "\\" : "/"); folder = dirname(folder)) {
    const own = join(folder, ".git");
    if (lstatNow(own) !== undefined) return trusted ? undefined : await untrustedConcern(own);
    if (isBare(folder)) return wary("Git would take this folder for a repository and obey its settings.");
  }
  return undefined;
}

/** `git -C folder`, as often as it is written. */
function folderOf(words: CommandPart["words"], cwd: string): string {
  let folder = cwd;
  for (let index = 1; words[index] === "-C"; index += 2) folder = resolve(folder, words[index + 1] ?? "");
  return folder;
}

function isBare(folder: string): boolean {
  return lstatNow(join(folder, "HEAD")) !== undefined && statNow(join(folder, "objects"))?.isDirectory() === true;
}

function wary(reason: string): Concern {
  return concern({ rule: "foreign-repository", verdict: "ask", reason, subject: NOTHING, actsOutside: true });
}

async function untrustedConcern(own: string): Promise<Concern | undefined> {
  const folders = await gitFolders(own);
  const texts = await Promise.all(
    folders.flatMap((folder) => ["config", "config.worktree"].map((name) => readText(join(folder, name)))),
  );
  const hooks = await Promise.all(folders.map((folder) => stat(join(folder, "hooks", "post-index-change"))));
  if (!texts.some((text) => RUNS.test(text ?? "")) && hooks.every((hook) => hook === undefined)) return undefined;
  const reason = "The repository's settings let git run programs, and nothing of a workspace that is not trusted runs.";
  return concern({ rule: "untrusted-workspace", verdict: "deny", reason, subject: NOTHING });
}

/** Settings that name a program, or a file with more settings. A monitor that is only switched on or off names none. */
const RUNS =
  /^\s*\[\s*(include|includeif|alias|filter|pager|credential|merge|difftool|mergetool)\b|\b(fsmonitor\s*=\s*(?!\s*(true|false|yes|no|on|off|0|1)\s*$)\S|(hookspath|sshcommand|pager|editor|askpass|external|textconv|command|process|clean|smudge|driver|helper|program|gitproxy|cmd)\s*=)/im;

/** The repository's own folder, and the one it shares with its worktrees. */
async function gitFolders(own: string): Promise<string[]> {
  if ((await stat(own))?.isDirectory() === true) return [own];
  const named = /^gitdir:\s*(.+?)\s*$/m.exec((await readText(own)) ?? "")?.[1];
  if (named === undefined) return [];
  const folder = isAbsolute(named) ? named : resolve(dirname(own), named);
  const shared = (await readText(join(folder, "commondir")))?.trim();
  return shared === undefined ? [folder] : [folder, resolve(folder, shared)];
}
