/** What a call must pass before anything happens: fence → policy → audit → approval → locks. */

import { type ApprovalSubject, failure, type Result } from "../../../protocol/index.ts";
import { hashOf } from "../../host/files.ts";
import type { Access } from "../../security/access.ts";
import { type Binding, canonicalJson, subjectHash, subjectOf } from "../../security/approvals.ts";
import type { Judgement } from "../../security/judgement.ts";
import { resolveInside } from "../../security/paths/fence.ts";
import { fileHash } from "../files/text-file.ts";
import type { Tool, ToolContext } from "../tool.ts";
import type { GateOptions } from "./gate.ts";
import { AuditFailure } from "./guard.ts";
import { EVERYTHING, type Lock, type Ticket } from "./locks.ts";
import { withWhatRuns } from "./what-runs.ts";

/** So often the world may change while a call is being decided on. */
const MOST_ROUNDS = 3;
/** Of the access in an audit record. */
const MAX_ACTION = 4000;

/** What a call is about to do, and what the policy says to it: what is decided on. */
interface Sight {
  readonly access: Access;
  readonly judgement: Judgement;
  readonly subject: ReturnType<typeof subjectOf> | undefined;
}

/**
 * Resolves when the call may happen and holds its locks: with its access, or with why it may not. What was judged and
 * approved is looked at again once the locks are held, because other calls, or time, may have changed it.
 */
export async function admit(options: GateOptions, tool: Tool, input: unknown, ticket: Ticket): Promise<Result<Sight>> {
  let sight = await look(options, tool, input);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    if (!sight.ok) return refuseOutside(options, tool, sight);
    const locks = tool.locks?.(input) ?? locksOf(sight.value.access);
    const permitted = await permit(options, tool, sight.value, () => ticket.asking(locks));
    if (!permitted.ok) return permitted;
    const hasWaited = await ticket.acquire(locks, options.context.signal);
    if (!hasWaited && sight.value.subject === undefined) return sight;
    const now = await look(options, tool, input);
    if (now.ok && canonicalJson(now.value) === canonicalJson(sight.value)) return now;
    sight = now;
  }
  return failure("tool.denied", "What it would touch keeps changing while it is decided on.");
}

async function look(options: GateOptions, tool: Tool, input: unknown): Promise<Result<Sight>> {
  const { context } = options;
  const confined = await confine(await tool.access(input, context), context);
  if (!confined.ok) return confined;
  const access = { ok: true as const, value: await withWhatRuns(tool, input, confined.value, context) };
  const judgement = strictest(options, tool, await options.judgeAccess(access.value));
  if (judgement.verdict !== "ask" || access.value.kind === "none")
    return { ok: true, value: { access: access.value, judgement, subject: undefined } };
  const binding = await bindingOf(tool, input, access.value, judgement, context);
  const bound = withoutSecrets(subjectOf(access.value, judgement.reason, binding), options.redact);
  const subject = await shown(options, tool, input, withHosts(bound, judgement));
  return subject.ok ? { ok: true, value: { access: access.value, judgement, subject: subject.value } } : subject;
}

function withHosts(subject: ApprovalSubject, { hosts = [] }: Judgement): ApprovalSubject {
  return subject.kind !== "command" || hosts.length === 0 ? subject : { ...subject, hosts: [...hosts] };
}

/** A question is kept and shown to every client. What exactly it is about stands in its binding, so the words may lack a secret. */
function withoutSecrets(subject: ApprovalSubject, redact: (text: string) => string): ApprovalSubject {
  switch (subject.kind) {
    case "command":
      return { ...subject, command: redact(subject.command) };
    case "network":
      return { ...subject, url: redact(subject.url) };
    case "foreign":
      return { ...subject, input: redact(subject.input) };
    case "git":
      return { ...subject, detail: redact(subject.detail) };
    case "plan":
    case "read":
    case "write":
      return subject;
  }
}

/** What a person should see beside the bare call: the wall around a command, the lines that a write changes. */
async function shown(
  { context, redact }: GateOptions,
  tool: Tool,
  input: unknown,
  subject: ApprovalSubject,
): Promise<Result<ApprovalSubject>> {
  if (subject.kind === "command" && context.commands !== undefined)
    return { ok: true, value: { ...subject, sandbox: await context.commands.wall() } };
  if (subject.kind !== "write" || tool.effect !== "verifiable") return { ok: true, value: subject };
  // A change that cannot be made needs nobody's answer.
  const prepared = await tool.prepare(input, context);
  if ("ok" in prepared) return prepared;
  const files = [prepared, ...(prepared.more ?? [])].map(({ path, after }) => ({ path, sha256: after || null }));
  return { ok: true, value: { ...subject, files, diff: redact(await prepared.preview()) } };
}

/** Names every file by its real place as well, so that the policy is not fooled by a link. */
async function confine(access: Access, context: ToolContext): Promise<Result<Access>> {
  if (access.kind === "command" || access.kind === "test") return { ok: true, value: { ...access, cwd: context.root } };
  if (access.kind !== "read" && access.kind !== "write") return { ok: true, value: access };
  const paths = new Set(access.paths);
  for (const path of access.paths) {
    const at = await resolveInside(context.root, path, access.kind === "read" ? context.linked : []);
    if (!at.ok) return at;
    paths.add(at.value.relative);
  }
  return { ok: true, value: { ...access, paths: [...paths] } };
}

/** A foreign tool that is not what it was asks, whatever the policy allows; and nothing without a subject can be asked. */
function strictest({ headless }: GateOptions, { foreign }: Tool, judgement: Judgement): Judgement {
  const wary = judgement.verdict === "allow" ? foreign?.wary?.() : undefined;
  if (wary === undefined) return judgement;
  if (headless !== true) return { ...judgement, verdict: "ask", rule: "changed-tool", reason: wary };
  return { ...judgement, verdict: "deny", rule: "changed-tool", reason: `${wary} Nobody is there to be asked.` };
}

async function bindingOf(
  tool: Tool,
  input: unknown,
  access: Access,
  { files }: Judgement,
  context: ToolContext,
): Promise<Binding> {
  const named = access.kind === "read" || access.kind === "write" ? access.paths : [];
  const paths = [...new Set([...named, ...(files ?? [])])].sort();
  return {
    tool: tool.name,
    arguments: hashOf(canonicalJson(input)),
    cwd: context.root,
    files: await Promise.all(paths.map(async (path) => [path, await hashAt(path, context)] as const)),
    more: (await tool.binds?.(input, context)) ?? {},
  };
}

async function hashAt(path: string, context: ToolContext): Promise<string | null> {
  const at = await resolveInside(context.root, path, context.linked);
  return at.ok ? fileHash(at.value.absolute).catch(() => null) : null;
}

/** What a call holds by what it wants. What runs code, or what nobody here can look into, has everything alone. */
function locksOf(access: Access): readonly Lock[] {
  switch (access.kind) {
    case "read":
    case "write": {
      const { kind, paths } = access;
      return paths.length === 0
        ? [{ on: "tree", use: kind }]
        : paths.map((path) => ({ on: `file:${path}`, use: kind }));
    }
    case "command":
    case "test":
      return EVERYTHING;
    case "git":
      return [
        { on: "git", use: "write" },
        { on: "tree", use: "read" },
      ];
    case "foreign":
      if (access.source === "mcp")
        return [{ on: `server:${access.name.split("/", 1)[0] ?? ""}`, use: access.claimsReadOnly ? "read" : "write" }];
      return [{ on: "tree", use: access.claimsReadOnly ? "read" : "write" }];
    case "network":
    case "none":
      return [];
  }
}

/** Records what the policy decided, and where it says so asks a person. */
async function permit(options: GateOptions, tool: Tool, sight: Sight, onAsk: () => void): Promise<Result<null>> {
  const { verdict, rule, reason } = sight.judgement;
  const hash = sight.subject === undefined ? null : subjectHash(sight.subject);
  const action = actionOf(options, sight.access);
  await audit(options, { event: "tool", actor: options.actor, action, verdict, rule, reason, approvalHash: hash });
  if (verdict === "allow") return { ok: true, value: null };
  if (verdict === "deny" || sight.subject === undefined) return failure("tool.denied", `${reason} (rule ${rule})`);
  onAsk();
  // Whoever takes the answer records it.
  const { decision, feedback } = await options.askApproval(sight.subject, reason, sight.judgement);
  if (decision !== "approve") return failure("tool.denied", `The user said no${feedback ? `: ${feedback}` : "."}`);
  await tool.foreign?.approved?.();
  return { ok: true, value: null };
}

async function refuseOutside(
  options: GateOptions,
  tool: Tool,
  refused: Extract<Result<Sight>, { ok: false }>,
): Promise<Result<Sight>> {
  const { actor, call, redact } = options;
  const action = redact(`${tool.name} ${call.argumentsText}`).slice(0, MAX_ACTION);
  const { message } = refused.error;
  const decision = { verdict: "deny", rule: "fence", reason: redact(message), approvalHash: null } as const;
  await audit(options, { event: "tool", actor, action, ...decision });
  return refused;
}

function actionOf({ call, redact }: GateOptions, access: Access): string {
  return redact(`${call.tool} ${canonicalJson(access)}`).slice(0, MAX_ACTION);
}

type Decision = Omit<Parameters<GateOptions["audit"]["record"]>[0], "runId" | "taint">;

async function audit(options: GateOptions, decision: Decision): Promise<void> {
  try {
    await options.audit.record({ ...decision, runId: options.runId, taint: await options.taint.read() });
  } catch (error) {
    throw new AuditFailure("the audit log could not be written", { cause: error });
  }
}
