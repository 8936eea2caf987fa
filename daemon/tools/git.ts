import * as z from "zod/mini";
import { failure, ok, type Result } from "../../protocol/index.ts";
import { type GitCall, splitNul, tryGit } from "../host/git.ts";
import type { Access } from "../security/access.ts";
import { resolveInside } from "../security/paths/fence.ts";
import { isSecretPath } from "../security/paths/path-classes.ts";
import type { DirectTool, ToolContext, ToolOutcome } from "./tool.ts";

const MAX_BYTES = 400_000;
const LOG_LINES = 20;
const MOST_LOG_LINES = 200;
const BLAMED_LINES = 200;
/** As many paths as fit a command line everywhere. */
const MOST_PATHS = 400;

const input = z.object({
  action: z.enum(["status", "diff", "log", "blame", "show"]),
  path: z.optional(z.string().check(z.minLength(1))),
  rev: z.optional(z.string().check(z.minLength(1), z.maxLength(200), z.describe("Commit, or a..b for diff and log"))),
  from: z.optional(z.int().check(z.gte(1), z.describe("blame: first line"))),
  to: z.optional(z.int().check(z.gte(1))),
  limit: z.optional(z.int().check(z.gte(1), z.lte(MOST_LOG_LINES))),
  grep: z.optional(z.string().check(z.minLength(1), z.maxLength(200), z.describe("log: text in messages"))),
});
type Input = z.output<typeof input>;

/** What every call of git here has: it runs no program of the repository and stays out of submodules. */
const EXACT = ["--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "--ignore-submodules=all"];

/**
 * Looks at the repository's history and at what has changed in the copy. Never writes, and runs nothing that a repository
 * names. Files that may hold secrets are left out of a diff, and asked for when they are named.
 */
export const gitLook: DirectTool<typeof input> = {
  name: "git",
  description: "Reads git: status, diff, log, blame of a file, show a commit or a file (path) at a commit.",
  input,
  effect: "pure",
  timeoutMs: 60_000,
  access: ({ path }): Access => ({ kind: "read", paths: [path ?? "."] }),
  async execute(asked, context) {
    const port = await context.git?.();
    if (port === undefined) return failure("tool.failed", "This folder is in no git repository.");
    const path = await pathOf(asked, context);
    if (!path.ok) return path;
    const call = { ...port.look, signal: context.signal, firstBytes: MAX_BYTES };
    return ACTIONS[asked.action]({ ...asked, path: path.value }, call);
  },
};

/** As git is to be told: relative to the copy's root, inside it, no option. */
async function pathOf({ path }: Input, context: ToolContext): Promise<Result<string | undefined>> {
  if (path === undefined) return ok(undefined);
  const at = await resolveInside(context.root, path);
  if (!at.ok) return at;
  return ok(at.value.relative === "" ? undefined : at.value.relative);
}

type Asked = Omit<Input, "path"> & { readonly path: string | undefined };

const ACTIONS: Readonly<Record<Input["action"], (asked: Asked, call: GitCall) => Promise<ToolOutcome>>> = {
  status,
  diff,
  log,
  blame,
  show,
};

async function status({ path }: Asked, call: GitCall): Promise<ToolOutcome> {
  const args = ["--short", "--untracked-files=all", "--no-renames", "--ignore-submodules=all", "--", ...only(path)];
  const done = await tryGit(call, "status", ...args);
  return outcome(done, "Nothing has changed.", "looked at git's status");
}

async function diff({ path, rev }: Asked, call: GitCall): Promise<ToolOutcome> {
  const ends = rev === undefined ? ok([await head(call)]) : await commitsOf(call, rev);
  if (!ends.ok) return ends;
  const args = [...EXACT, "--relative", ...ends.value];
  const shown = await withoutSecrets(call, ["diff", ...args], path);
  if (!shown.ok) return shown;
  const done = await tryGit(call, "diff", ...args, "--", ...shown.value.paths);
  return outcome(
    done,
    "No difference.",
    `looked at git's differences${rev === undefined ? "" : ` of ${rev}`}`,
    shown.value.note,
  );
}

async function log({ path, rev, limit = LOG_LINES, grep }: Asked, call: GitCall): Promise<ToolOutcome> {
  const ends = await commitsOf(call, rev ?? "HEAD");
  if (!ends.ok) return ends;
  const range = ends.value.length === 2 ? [`${ends.value[0]}..${ends.value[1]}`] : ends.value;
  const words = grep === undefined ? [] : ["--fixed-strings", "--regexp-ignore-case", `--grep=${grep}`];
  const format = ["--no-show-signature", "--no-color", "--format=%h %as %an: %s", `--max-count=${limit}`];
  const done = await tryGit(call, "log", ...format, ...words, ...range, "--", ...only(path));
  return outcome(done, "No commits.", `looked at git's log${path === undefined ? "" : ` of ${path}`}`);
}

async function blame({ path, rev, from = 1, to }: Asked, call: GitCall): Promise<ToolOutcome> {
  if (path === undefined) return failure("tool.invalid_input", "git: blame needs the path of a file.");
  const commits = rev === undefined ? ok([]) : await commitsOf(call, rev);
  if (!commits.ok) return commits;
  const last = Math.min(to ?? from + BLAMED_LINES - 1, from + BLAMED_LINES - 1);
  if (last < from) return failure("tool.invalid_input", "git: to comes before from.");
  const args = ["--no-textconv", "--date=short", "--abbrev=8", `-L${from},${last}`];
  const done = await tryGit(call, "blame", ...args, ...commits.value.slice(-1), "--", path);
  // Beyond the end of the file git says how many lines there are.
  const lines = Number(/has only (\d+) lines?/.exec(done.stderr)?.[1]);
  if (lines >= from) return blame({ action: "blame", path, rev, from, to: lines }, call);
  return outcome(done, "(no lines)", `looked at who wrote ${path}`);
}

async function show({ path, rev }: Asked, call: GitCall): Promise<ToolOutcome> {
  const commits = await commitsOf(call, rev ?? "HEAD");
  if (!commits.ok) return commits;
  const [commit = ""] = commits.value.slice(-1);
  if (path !== undefined) {
    const done = await tryGit(call, "cat-file", "blob", `${commit}:./${path}`);
    if (done.exitCode === 0 && done.stdout.includes(0)) return failure("tool.failed", `${path} is binary.`);
    return outcome(done, "(empty)", `looked at ${path} in ${rev ?? "HEAD"}`);
  }
  const args = ["--no-show-signature", ...EXACT, "--relative"];
  const shown = await withoutSecrets(call, ["show", "--format=", ...args, commit], undefined);
  if (!shown.ok) return shown;
  const format = "--format=commit %H%nAuthor: %an%nDate: %ad%n%n%B";
  const done = await tryGit(call, "show", format, "--date=iso", ...args, commit, "--", ...shown.value.paths);
  return outcome(done, "(nothing)", `looked at commit ${commit.slice(0, 12)}`, shown.value.note);
}

/**
 * The full ids of what `rev` names, one or, for `a..b`, two. Only commits: the id of a content, or `commit:path`, would
 * lead around the question whether that path may be read.
 */
async function commitsOf(call: GitCall, rev: string): Promise<Result<string[]>> {
  const names = rev.split(/\.{2,3}/);
  if (names.length > 2 || /[:\s\u0000-\u001f]/.test(rev)) return badRev(rev);
  const ids: string[] = [];
  for (const name of names) {
    const named = `${name === "" ? "HEAD" : name}^{commit}`;
    const found = await tryGit(call, "rev-parse", "--verify", "--quiet", "--end-of-options", named);
    const id = found.stdout.toString().trim();
    if (found.exitCode !== 0 || !/^[0-9a-f]{40,64}$/.test(id)) return badRev(rev);
    ids.push(id);
  }
  return ok(ids);
}

function badRev(rev: string): Result<never> {
  return failure("tool.failed", `git: “${rev.slice(0, 100)}” names no commit here.`);
}

async function head(call: GitCall): Promise<string> {
  return (await tryGit(call, "rev-parse", "--verify", "--quiet", "HEAD")).stdout.toString().trim();
}

/** Which paths a difference may show: all of `path`, or each one by name where some may hold secrets. */
async function withoutSecrets(
  call: GitCall,
  command: readonly string[],
  path: string | undefined,
): Promise<Result<{ paths: string[]; note: string }>> {
  // Named itself, it was asked for.
  if (path !== undefined && isSecretPath(path)) return ok({ paths: [path], note: "" });
  const [name = "diff", ...args] = command;
  const listed = await tryGit(call, name, ...args, "--name-only", "-z", "--", ...only(path));
  const names = splitNul(listed.stdout).map((line) => line.replace(/^\n/, ""));
  const secret = names.filter(isSecretPath);
  if (secret.length === 0) return ok({ paths: only(path), note: "" });
  const open = names.filter((candidate) => !isSecretPath(candidate));
  if (open.length > MOST_PATHS || listed.stdout.length >= MAX_BYTES)
    return failure("tool.failed", "Too many files, and some may hold secrets: name a path.");
  const note = `(left out, may hold secrets: ${secret.slice(0, 10).join(", ")})`;
  // A pathspec that nothing matches: none at all would mean all.
  return ok({ paths: open.length === 0 ? [".nexus-none"] : open, note });
}

function only(path: string | undefined): string[] {
  return path === undefined ? ["."] : [path];
}

type Done = Awaited<ReturnType<typeof tryGit>>;

function outcome({ exitCode, stdout, stderr }: Done, empty: string, summary: string, note = ""): ToolOutcome {
  if (exitCode !== 0) return failure("tool.failed", `git: ${stderr.trim().slice(0, 500) || `exit code ${exitCode}`}`);
  const text = stdout.toString().trimEnd();
  const cut = stdout.length >= MAX_BYTES ? "\n… cut here; name a path." : "";
  const output = [text === "" ? empty : `${text}${cut}`, note].filter((part) => part !== "").join("\n");
  return { ok: true, output, summary };
}
