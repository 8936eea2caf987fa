/** nexus policy check --stdin: JSON Lines in, a verdict for each out, in the order they came. Nothing is executed. */
import { isAbsolute, relative, resolve, sep } from "node:path";
import * as z from "zod/mini";
import { nexusError, ok, type Result } from "../../protocol/index.ts";
import { validate } from "../../protocol/validate.ts";
import { realPathNow, statNow } from "../host/sync-files.ts";
import { compileWasmQuickly } from "../host/wasm.ts";
import type { PolicyPlace } from "../orchestration/rights/policy-place.ts";
import type { Access } from "../security/access.ts";
import type { Judgement } from "../security/judgement.ts";
import { resolveInside } from "../security/paths/fence.ts";
import { isPartlyProtected } from "../security/paths/protected-change.ts";
import { type CliContext, printJson } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { inputLines, MAX_LINE_LENGTH } from "./input-lines.ts";
import type { Arguments } from "./parse.ts";
import { folderPolicy, openPlace } from "./policy-place.ts";

/** Longer input is no command or path that an agent has a reason for. */
const MAX_INPUT_LENGTH = 32 * 1024;

const Line = z.object({
  id: z.union([z.string(), z.number()]),
  kind: z.enum(["command", "write", "read"]),
  input: z.string().check(z.minLength(1), z.maxLength(MAX_INPUT_LENGTH)),
  cwd: z.string(),
  workspace: z.string(),
  mode: z.enum(["interactive", "headless"]),
  trusted: z.boolean(),
  allow: z.optional(z.array(z.string().check(z.maxLength(MAX_INPUT_LENGTH))).check(z.maxLength(500))),
});
type Line = z.infer<typeof Line>;

/** Answers; a slow reader holds up the judging instead of filling the memory. */
const FLUSH_AFTER = 500;

type Verdict = Pick<Judgement, "verdict" | "reason" | "rule">;

export async function checkCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  if (!args.has("stdin")) throw nexusError("usage.invalid", "Give --stdin, and a question a line on standard input.");
  compileWasmQuickly();
  const place = await openPlace(context);
  let unflushed = 0;
  for await (const text of inputLines(context.terminal.input(), MAX_LINE_LENGTH)) {
    printJson(context, await answerLine(place, text));
    unflushed += 1;
    if (unflushed < FLUSH_AFTER) continue;
    await context.terminal.flush();
    unflushed = 0;
  }
  return EXIT.done;
}

/** Never rejects: a line that cannot be answered is denied, and says why. */
async function answerLine(place: PolicyPlace, text: string): Promise<object> {
  const read = readLine(text);
  if ("problem" in read) return { id: read.id, ...deny("bad-request", read.problem) };
  try {
    return { id: read.line.id, ...(await verdictOf(place, read.line)) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { id: read.line.id, ...deny("bad-place", `It could not be judged: ${why}`) };
  }
}

type Read = { readonly line: Line } | { readonly id: string | number | null; readonly problem: string };

function readLine(text: string): Read {
  if (text.length > MAX_LINE_LENGTH) return { id: null, problem: "The line is too long." };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { id: null, problem: "The line is not JSON." };
  }
  const validated = validate(Line, value);
  if (validated.ok) return { line: validated.value };
  const id = z.object({ id: Line.shape.id }).safeParse(value);
  return { id: id.success && isSayable(id.data.id) ? id.data.id : null, problem: validated.problem };
}

function isSayable(id: string | number): boolean {
  return typeof id === "string" || Number.isFinite(id);
}

async function verdictOf(place: PolicyPlace, line: Line): Promise<Verdict> {
  const workspace = folderAt(line.workspace);
  if (workspace === undefined) return deny("bad-place", "workspace is no absolute path of a folder.");
  const cwd = folderAt(line.cwd);
  if (cwd === undefined) return deny("bad-place", "cwd is no absolute path of a folder.");
  const { mode, trusted, allow = [] } = line;
  const policy = await folderPolicy(place, { workspace, headless: mode === "headless", trusted, allow });
  const access: Result<Access> =
    line.kind === "command"
      ? ok({ kind: "command", command: line.input, cwd })
      : await accessOfPath({ kind: line.kind, path: line.input, cwd, workspace });
  if (!access.ok) return deny("outside", access.error.message);
  const { verdict, reason, rule } = await policy.judge(access.value);
  return { verdict, reason, rule };
}

function folderAt(path: string): string | undefined {
  try {
    if (!isAbsolute(path) || path.includes("\0")) return undefined;
    return statNow(path)?.isDirectory() === true ? realPathNow(path) : undefined;
  } catch {
    return undefined;
  }
}

interface PathQuestion {
  readonly kind: "read" | "write";
  /** Absolute, or from `cwd`. */
  readonly path: string;
  readonly cwd: string;
  readonly workspace: string;
}

/** What a file tool would want: past the fence, the path as asked for and as it really is. */
export async function accessOfPath({ kind, path, cwd, workspace }: PathQuestion): Promise<Result<Access>> {
  // Not joined here: what a way up behind a link means is for the fence to say.
  const asked = isAbsolute(path) ? path : `${cwd}${sep}${path}`;
  const at = await resolveInside(workspace, asked);
  if (!at.ok) return at;
  const named = relative(workspace, resolve(asked)).split(sep).join("/");
  const paths = [...new Set(named.startsWith("..") ? [at.value.relative] : [named, at.value.relative])];
  // What would be written is not told, so that a manifest may get other scripts.
  return ok(kind === "read" ? { kind, paths } : { kind, paths, runs: paths.filter(isPartlyProtected) });
}

function deny(rule: string, reason: string): Verdict {
  return { verdict: "deny", reason, rule };
}
