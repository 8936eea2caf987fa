/** Carries out an agent's calls: the gate of tools/ with the run's journal, policy, approvals, audit and watchers around it. */
import type { ApprovalSubject, Result } from "../../../protocol/index.ts";
import type { ToolAnswer } from "../../agents/loop.ts";
import type { ToolCall } from "../../models/model.ts";
import type { Access } from "../../security/access.ts";
import type { Judgement } from "../../security/judgement.ts";
import { rootedGlobMatcher } from "../../security/paths/glob.ts";
import { isSecretPath } from "../../security/paths/path-classes.ts";
import type { Delegated, Delegation } from "../../tools/delegation.ts";
import type { GateOptions } from "../../tools/gate/gate.ts";
import type { LockTable } from "../../tools/gate/locks.ts";
import { runTool } from "../../tools/run.ts";
import type { ToolContext } from "../../tools/tool.ts";
import { teamPort } from "../collaborate/team-port.ts";
import { noteWritten } from "../design/documents.ts";
import { effectJournal } from "../journal.ts";
import { askApproval } from "../people/approval-gate.ts";
import { personPort } from "../people/person-port.ts";
import { runPolicy } from "../rights/run-policy.ts";
import type { RunContext } from "../run-context.ts";
import { modelPort } from "./model-port.ts";
import type { Toolbox } from "./toolbox.ts";

/** What the calls of one piece of work have in common. */
export interface CallRules {
  readonly taskId: string;
  readonly agentName: string;
  readonly root: string;
  readonly linked: readonly string[];
  /** Nothing may be changed or run, whatever the session's mode. */
  readonly readOnly: boolean;
  readonly headless: boolean;
  readonly allowedCommands: readonly string[];
  /** Files and globs that may be changed, and no others; left out: what the plan and the policy let it. */
  readonly files?: readonly string[];
  /** Globs from the root: the only files that the agent may write. Left out: what the policy lets through. */
  readonly writes?: readonly string[];
}

/** The policy as it stands for this piece of work, asked anew for each call: rules may have been kept since. */
export function judgeOf(context: RunContext, rules: CallRules): (access: Access) => Promise<Judgement> {
  const { root, linked, readOnly, allowedCommands, files } = rules;
  const narrowed = files === undefined ? {} : { files };
  const mayWrite = (rules.writes ?? []).map(rootedGlobMatcher);
  return async (access) => {
    const isOwn = (path: string) => rules.writes === undefined || mayWrite.some((matches) => matches(path));
    if (access.kind === "write" && !access.paths.every(isOwn)) return notForThisAgent(rules);
    const foreign =
      access.kind === "write" ? access.paths.find((path) => files?.some(fits(path)) === false) : undefined;
    if (foreign !== undefined) return notHandedOver(foreign);
    // No line says for sure which files it changes: who may change some only runs what looks, and what was agreed to.
    const mayOnlyLook = files !== undefined && access.kind === "command" && !allowedCommands.includes(access.command);
    const work = { root, linked, readOnly: readOnly || mayOnlyLook, agreedCommands: allowedCommands, ...narrowed };
    const policy = await runPolicy(context, work);
    const isCommand = access.kind === "command" || access.kind === "test";
    return policy.judge(isCommand ? { ...access, cwd: root } : access, await context.taint.read());
  };
}

function fits(path: string): (file: string) => boolean {
  return (file) => file === path || rootedGlobMatcher(file)(path);
}

function notHandedOver(path: string): Judgement {
  const reason = `${path} is not among the files of the task that was handed to this agent.`;
  return { verdict: "deny", rule: "delegated-files", reason };
}

/** An agent's own bounds come before everybody's rules, and can only take away. */
function notForThisAgent({ agentName, writes = [] }: CallRules): Judgement {
  const reason = `The agent “${agentName}” may write ${writes.join(", ")} and nothing else.`;
  return { verdict: "deny", rule: "agent-writes", reason };
}

export interface CallPlace {
  readonly turn: number;
  readonly index: number;
  /** Aborts when another call of the turn stops the run. */
  readonly signal: AbortSignal;
}

/** Hands a piece of work from the call at this place to another agent. */
export type Delegate = (
  context: RunContext,
  from: { readonly taskId: string; readonly turn: number; readonly index: number },
  piece: Delegation,
) => Promise<Result<Delegated>>;

export interface Caller {
  /** Other agents of the run can be reached. */
  readonly hasTeam: boolean;
  readonly rules: CallRules;
  readonly delegate?: Delegate | undefined;
  readonly toolbox: Toolbox;
  readonly toolContext: ToolContext;
  readonly locks: LockTable;
}

const WANTS: Record<ApprovalSubject["kind"], string> = {
  plan: "wants to carry out a plan",
  command: "wants to run a command",
  read: "wants to read a file that may hold secrets",
  write: "wants to change a protected file",
  network: "wants to fetch a page",
  foreign: "wants to use a tool that others wrote",
  git: "wants to record something in git",
};

export async function callTool(
  context: RunContext,
  { hasTeam, rules, delegate, toolbox, toolContext, locks }: Caller,
  place: CallPlace,
  call: ToolCall,
): Promise<ToolAnswer> {
  const { taskId, agentName, headless } = rules;
  const { turn, index } = place;
  const key = `tool/${taskId}/${turn}/${index}`;
  if (context.recorded !== undefined) {
    const { outcome, live } = await context.recorded.outcome(key, call);
    toolbox.learn(outcome);
    return { text: outcome.output, isError: outcome.status !== "done", changed: outcome.changed, live };
  }
  const spent = new AbortController();
  const signal = AbortSignal.any([context.signal, place.signal, spent.signal]);
  const { journal, isLive } = watched(effectJournal(context, { taskId, turn, callId: call.callId, tool: call.tool }));
  const judgeAccess = judgeOf(context, rules);
  let readsSecrets = false;
  const outcome = await runTool({
    key,
    call,
    tools: toolbox.tools(),
    context: {
      ...toolContext,
      ...(hasTeam ? { team: teamPort(context, { taskId, agent: agentName, turn, key }) } : {}),
      ...personPort({ ...context, signal }, { taskId, agent: agentName, headless }, key),
      signal,
      models: modelPort({ ...context, signal }, { taskId, turn }, key, (error) => spent.abort(error)),
      ...(delegate === undefined
        ? {}
        : { delegate: (piece, own) => delegate({ ...context, signal: own }, { taskId, turn, index }, piece) }),
      onOutput: (text) => context.onDelta({ taskId, turn, text, call: index }),
    },
    judgeAccess(access) {
      readsSecrets ||= access.kind === "read" && access.paths.some(isSecretPath);
      return judgeAccess(access);
    },
    askApproval: (subject, reason, { parts, remember }) => {
      const title = `${agentName} ${WANTS[subject.kind]}`;
      const shown = parts === undefined ? {} : { parts: [...parts] };
      return askApproval({ ...context, signal }, { key, taskId, title, reason, subject, remember, ...shown });
    },
    headless,
    audit: context.audit,
    actor: `agent:${agentName}`,
    runId: context.runId,
    taint: context.taint,
    locks,
    journal,
    redact(text) {
      // A person let the agent see the file, not that its values leave this machine.
      if (readsSecrets) context.learnSecrets(text);
      return context.redact(text);
    },
    log: context.log,
    clock: context.clock,
  });
  toolbox.learn(outcome);
  const { changed } = outcome;
  if (outcome.status === "done") await noteWritten(context, { key, agent: agentName, root: rules.root, changed });
  return { text: outcome.output, isError: outcome.status !== "done", changed, live: isLive() };
}

/** Knows whether the call was carried out now, or its result was recorded earlier. */
function watched(journal: GateOptions["journal"]): { journal: GateOptions["journal"]; isLive: () => boolean } {
  let live = true;
  const recorded: GateOptions["journal"]["recorded"] = async (key) => {
    const outcome = await journal.recorded(key);
    live = outcome === undefined;
    return outcome;
  };
  return { journal: { ...journal, recorded }, isLive: () => live };
}
