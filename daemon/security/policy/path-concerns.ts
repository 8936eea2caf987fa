/** What is to be said of reading or writing one file: inside the workspace by its class, outside by where it is. */
import { join } from "node:path";
import { lstatNow } from "../../host/sync-files.ts";
import { isGitPath, isProtectedPath, isSecretPath } from "../paths/path-classes.ts";
import { type Concern, concern, type Subject } from "./concern.ts";
import { plannedPath } from "./permissions.ts";
import { isPrivatePlace } from "./private-places.ts";
import type { PolicySetting } from "./setting.ts";
import { isPlanStrict } from "./tiers.ts";

/** `path` is the workspace path of where the file really is. */
export function insideRead(path: string): Concern[] {
  const subject = { kind: "read", path } as const;
  if (isMistakable(path)) return [mistakable(subject)];
  const read = concern({
    rule: "read",
    verdict: "allow",
    reason: "Files of the workspace are read.",
    subject,
    lift: "any",
    key: "read",
  });
  if (!isSecretPath(path)) return [read];
  return [
    concern({
      rule: "secret-file",
      verdict: "ask",
      reason: "The file may hold keys or passwords, which the model would see.",
      subject,
      lift: "exact",
    }),
    read,
  ];
}

/** `isProtected`: also for a reason that its name does not tell. */
export function insideWrite(path: string, setting: PolicySetting, isProtected = isProtectedPath(path)): Concern[] {
  const subject = { kind: "write", path } as const;
  if (isGitPath(path)) return [concern({ rule: "git-is-never-written", verdict: "deny", reason: GIT, subject })];
  if (path === "" || isMistakable(path)) return [mistakable(subject)];
  const isUnplanned =
    setting.permissions !== null &&
    isPlanStrict(setting.tiers, setting.trusted) &&
    !plannedPath(setting.permissions, path);
  const write = concern({
    rule: isUnplanned ? "unplanned-write" : "write",
    verdict: isUnplanned ? "ask" : "allow",
    reason: isUnplanned
      ? `${shown(path)} is not among the files of the plan.`
      : "Files are written in the agent's own copy of the workspace.",
    subject,
    lift: "any",
    key: "write",
    keyLifts: true,
    ...(setting.permissions === null ? {} : { planned: plannedPath(setting.permissions, path) }),
  });
  if (!isProtected) return [write];
  return [
    concern({
      rule: "protected-file",
      verdict: "ask",
      reason: "Editor settings, hooks, CI, agents' rules, start files and keys change only when a person agrees.",
      subject,
      lift: "exact",
      key: "protectedWrite",
      keyLifts: true,
    }),
    write,
  ];
}

/**
 * Names that another reader takes for something else: a home, a variable, an address, ways up in another spelling,
 * characters that cannot be seen. Such a file is there only by accident or on purpose.
 */
const MISTAKABLE =
  /^(~|~[\w-]*\/.*|(\$\{?[A-Z_]+\}?|%[A-Za-z_]+%)(\/.*)?)$|^[a-z]+:\/|\\|%2[eEfF]|%5[cC]|[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\u200b\u2060\ufeff\u00ad]/u;

function isMistakable(path: string): boolean {
  return MISTAKABLE.test(path);
}

function mistakable(subject: Extract<Subject, { kind: "read" | "write" }>): Concern {
  const reason = "The name can be taken for another file than it is.";
  return concern({ rule: "mistakable-name", verdict: "ask", reason, subject, key: subject.kind });
}

const GIT = "Git's own files are never written by a tool.";

/** Reading through a second name of a file shows what may lie outside; not so in linked dependencies, which share files. */
export async function hardLinkConcern(
  use: "read" | "write",
  path: string,
  { root }: PolicySetting,
): Promise<Concern | undefined> {
  if (/(^|\/)node_modules\//.test(path)) return undefined;
  const stats = lookAt(join(root, path));
  if (stats?.isFile() !== true || stats.nlink < 2) return undefined;
  const reason = `${shown(path)} has a second name, which may lie outside of the workspace.`;
  return concern({ rule: "hard-link", verdict: "ask", reason, subject: { kind: use, path }, lift: "exact" });
}

function lookAt(path: string): ReturnType<typeof lstatNow> {
  try {
    return lstatNow(path);
  } catch {
    return undefined;
  }
}

/** Of a command: `absolute` is where it really is, null when nobody can tell. */
export function outsideUse(
  use: "read" | "write",
  written: string,
  absolute: string | null,
  setting: PolicySetting,
): Concern[] {
  if (absolute === null) {
    const reason = `Which file “${shown(written)}” is cannot be told before it runs.`;
    return [concern({ rule: "unclear-path", verdict: "ask", reason, subject: { kind: use, path: "" } })];
  }
  if (isStream(absolute)) return [];
  const subject: Subject = { kind: use, path: absolute };
  if (use === "write") {
    const reason = `${shown(absolute)} is outside of the workspace, where nothing is written.`;
    return [concern({ rule: "outside-write", verdict: "deny", reason, subject })];
  }
  if (isPrivatePlace(absolute, setting)) {
    const reason = `${shown(absolute)} is private: keys, accounts, other users' files, Nexus' own data.`;
    return [concern({ rule: "private-outside", verdict: "deny", reason, subject })];
  }
  const reason = `${shown(absolute)} is outside of the workspace.`;
  return [concern({ rule: "outside-read", verdict: "ask", reason, subject, lift: "any" })];
}

/** What every process has, and what takes everything and keeps nothing. */
export function isStream(absolute: string | null): boolean {
  return absolute !== null && STREAMS.has(absolute);
}

const STREAMS = new Set(["/dev/null", "/dev/stdin", "/dev/stdout", "/dev/stderr", "NUL", "nul"]);

function shown(path: string): string {
  return path.slice(0, 200);
}
