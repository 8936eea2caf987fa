/** One agent at work on one task: the loop of agents/, with the run's journal, gate, policy and steering around it. */
import type { ErrorValue, PolicyRules, RunState, SessionMode } from "../../protocol/index.ts";
import { errorValue } from "../../protocol/index.ts";
import type { Agent, WorkSize } from "../agents/agent.ts";
import { type LoopOutcome, runAgent, type ToolAnswer } from "../agents/loop.ts";
import { matchAgents } from "../agents/match.ts";
import type { Section } from "../memory/context/window.ts";
import type { ToolCall, ToolSchema } from "../models/model.ts";
import { machineRunner } from "../security/sandbox/command-runner.ts";
import { TEAM_TOOLS } from "../tools/catalogue.ts";
import { type BackgroundCommands, createBackgroundCommands } from "../tools/commands/background.ts";
import { delegate } from "../tools/delegate.ts";
import { isFormFor } from "../tools/edits/forms.ts";
import { findAgents } from "../tools/find-agents.ts";
import { findSymbol } from "../tools/find-symbol.ts";
import type { FoundAgent } from "../tools/found-agent.ts";
import { createLockTable, EVERYTHING, type LockTable } from "../tools/gate/locks.ts";
import type { GitPort } from "../tools/git-port.ts";
import { recallFacts } from "../tools/recall.ts";
import { remember } from "../tools/remember.ts";
import { searchCode } from "../tools/search-code.ts";
import type { ToolContext } from "../tools/tool.ts";
import { type Caller, type CallRules, callTool, type Delegate, judgeOf } from "./calls/tool-calls.ts";
import { createToolbox, type Toolbox } from "./calls/toolbox.ts";
import { mailBeforeEnd, takeMail } from "./collaborate/mail.ts";
import { designPlace } from "./design/documents.ts";
import { wholeResult } from "./journal.ts";
import { takeCheckpoint } from "./rewind/take.ts";
import { agentsOf } from "./run-agents.ts";
import { type RunContext, record, stateOf } from "./run-context.ts";
import type { RunMemory } from "./run-memory.ts";
import { createRunWindow } from "./run-window.ts";
import { steeringFor } from "./steering.ts";
import { createMoneyNotes } from "./team/money-notes.ts";
import { holdWhilePaused } from "./team/pause.ts";

/** A call that is no tool: it ends the loop and hands what it carries to the engine. */
export interface HandOver {
  readonly schema: ToolSchema;
  /** What is wrong with the arguments, for the model; undefined accepts them and ends the loop. */
  take(argumentsText: string): Promise<string | undefined>;
}

export interface WorkOptions {
  readonly taskId: string;
  readonly agent: Agent;
  /** What the agent is told at its start. */
  readonly sections: readonly Section[];
  /** Word for word, as they stand in the sections: what must never be left out. */
  readonly projectRules: string;
  readonly openRequest: string;
  readonly root: string;
  readonly linked: readonly string[];
  readonly readOnly: boolean;
  readonly mode: SessionMode;
  readonly headless: boolean;
  /** False: nothing of the workspace is run. */
  readonly trusted: boolean;
  readonly rules: PolicyRules;
  readonly allowedCommands: readonly string[];
  readonly handOvers: readonly HandOver[];
  /** It works beside other tasks of a plan, whose agents it can write to. */
  readonly hasTeam: boolean;
  readonly memory: RunMemory;
  readonly size: WorkSize;
  readonly diff: () => Promise<string>;
  readonly git: () => Promise<GitPort | undefined>;
  /** Judges a finished piece of work; what it answers goes back to the agent. */
  readonly accept: (text: string, turn: number, changed: ReadonlySet<string>) => Promise<string | undefined>;
  /** Files and globs that may be changed, and no others; left out: what the plan and the policy let it. */
  readonly files?: readonly string[];
  readonly delegate?: Delegate;
}

/** The budget says how much a task may cost; this only ends one that gets nowhere without repeating itself. */
const MAX_TURNS = 120;

export async function work(context: RunContext, options: WorkOptions): Promise<LoopOutcome> {
  const { taskId, agent, sections, projectRules, openRequest, handOvers } = options;
  const { writes } = agent;
  const rules: CallRules = { ...options, agentName: agent.name, ...(writes === undefined ? {} : { writes }) };
  const toolbox = await openToolbox(context, options, rules);
  const locks = createLockTable();
  const background = openBackground(context, taskId);
  const toolContext = { ...contextOfTools(context, options), background };
  const { hasTeam } = options;
  const caller: Caller = { hasTeam, rules, toolbox, toolContext, locks, delegate: options.delegate };
  /** Files that it changed, replayed calls included. */
  const changed = new Set<string>();
  const own = handOvers.map((handOver) => handOver.schema);
  const tools = () => [...toolbox.schemas(), ...own];
  const said = { sections, rules: projectRules, openRequest };
  const respond = await createRunWindow(context, { taskId, system: agent.system, tools, ...said });
  const outcome = runAgent(Math.min(MAX_TURNS, agent.limits.maxTurns ?? MAX_TURNS), {
    respond,
    async callTool(turn, index, call, signal) {
      const handOver = handOvers.find((candidate) => candidate.schema.name === call.tool);
      if (handOver === undefined) {
        const answer = await callTool(context, caller, { turn, index, signal }, call);
        for (const path of answer.changed) changed.add(path);
        return answer;
      }
      return take(handOver, call.argumentsText, locks, signal);
    },
    async beforeCalls(turn, calls) {
      await context.beforeCalls?.({ taskId, turn, root: options.root });
      const changing = toolbox.tools().filter((tool) => tool.effect !== "pure");
      const hasEffects = calls.some((call) => changing.some((tool) => tool.name === call.tool));
      // A task in a copy of its own is joined to the run's as a whole, or begun anew.
      const isRunsOwn = context.place === undefined;
      if (hasEffects && !options.readOnly && isRunsOwn) await takeCheckpoint(context, taskId, turn);
    },
    notes: createMoneyNotes(context, taskId),
    async steering(turn) {
      await holdWhilePaused(context, taskId, turn);
      return takeSteering(context, taskId, turn);
    },
    ...(options.hasTeam ? { mail: (turn: number) => takeMail(context, taskId, turn) } : {}),
    async accept(text, turn) {
      const unread = options.hasTeam ? await mailBeforeEnd(context, taskId, turn) : undefined;
      return unread ?? options.accept(text, turn, changed);
    },
  });
  return outcome.finally(background.dispose);
}

/** One call that no model made, through the same gate, policy and journal as an agent's. */
export async function callOnce(context: RunContext, options: WorkOptions, call: ToolCall): Promise<ToolAnswer> {
  const rules: CallRules = { ...options, agentName: options.agent.name };
  const toolbox = await openToolbox(context, options, rules);
  toolbox.learn({ offers: [call.tool] });
  const background = openBackground(context, options.taskId);
  const toolContext = { ...contextOfTools(context, options), background };
  const caller: Caller = { hasTeam: options.hasTeam, rules, toolbox, toolContext, locks: createLockTable() };
  const place = { turn: 0, index: 0, signal: context.signal };
  return callTool(context, caller, place, call).finally(background.dispose);
}

/** What an agent leaves running ends with its work. */
function openBackground({ commands, commandLog, signal }: RunContext, taskId: string): BackgroundCommands {
  const runner = commands ?? machineRunner();
  const openLog = commandLog === undefined ? {} : { openLog: (id: string) => commandLog(`${taskId}-${id}`) };
  return createBackgroundCommands({ runner, signal, ...openLog });
}

/** What the policy would deny in any form, or memory cannot do, is not offered at all. */
async function openToolbox(context: RunContext, options: WorkOptions, rules: CallRules): Promise<Toolbox> {
  const { agent, memory, size, root, allowedCommands } = options;
  const team = new Set(TEAM_TOOLS.map(({ name }) => name));
  const named = new Set([...agent.tools, ...agent.moreTools[size], ...(options.hasTeam ? team : [])]);
  return createToolbox({
    isUseful(tool) {
      if (tool === findAgents) return options.delegate !== undefined && agent.canDelegateTo.length > 0;
      if (!named.has(tool.name) || !isFormFor(tool.name, context.modelName)) return false;
      if (team.has(tool.name) && !options.hasTeam) return false;
      if ("changesSeveral" in tool && context.editJournal === undefined) return false;
      if (tool === delegate) return options.delegate !== undefined;
      if (tool === searchCode || tool === findSymbol || tool === recallFacts) return memory.lookup !== undefined;
      return tool !== remember || memory.note !== undefined;
    },
    own: (await context.design?.())?.tools(await designPlace(context, root)) ?? [],
    foreign: ((await context.foreignTools?.(root)) ?? []).filter(({ name }) => mayUse(agent, name)),
    judgeAccess: judgeOf(context, withoutWrites(rules)),
    allowedCommands,
    count: (await context.window()).counter.count,
  });
}

/** Which files it may write is judged when it names one; a tool is offered for the sake of any. */
function withoutWrites({ writes: _, files: __, ...rules }: CallRules): CallRules {
  return rules;
}

/** An agent that somebody wrote is offered the tools of others that it names: `mcp__server__*` stands for all of one. */
function mayUse({ source, tools }: Agent, name: string): boolean {
  if (source.kind === "built-in") return true;
  return tools.some((tool) => tool === name || (tool.endsWith("*") && name.startsWith(tool.slice(0, -1))));
}

/** Those that this agent may hand work to. */
async function agentsFor(context: RunContext, { name, canDelegateTo }: Agent, query: string): Promise<FoundAgent[]> {
  const { list } = await agentsOf(context);
  const others = list.filter((other) => other.name !== name);
  const allowed = canDelegateTo.includes("*") ? others : others.filter((other) => canDelegateTo.includes(other.name));
  return matchAgents(allowed, query).map(({ name, purpose, capabilities }) => {
    return { name, purpose, capabilities: capabilities.map(({ id }) => id) };
  });
}

function contextOfTools(context: RunContext, options: WorkOptions): ToolContext {
  const { root, linked, diff, git, agent, memory, taskId } = options;
  // Whatever a run reads, the repository included, is not the user's word: its notes wait for a person.
  const note = memory.note?.({ agent: agent.name, runId: context.runId, source: "untrusted" });
  const ports = {
    ...(memory.lookup === undefined ? {} : { code: memory.lookup, recall: memory.knowledge }),
    ...(note === undefined ? {} : { note }),
    ...(context.editJournal === undefined ? {} : { editJournal: context.editJournal }),
    ...(context.commands === undefined ? {} : { commands: context.commands }),
    findAgents: (query: string) => agentsFor(context, agent, query),
    wholeResult: (handle: string) => wholeResult(context, taskId, handle),
  };
  return {
    root,
    linked,
    signal: context.signal,
    seen: new Map(),
    baselines: new Map(),
    diff,
    git,
    actor: agent.name,
    ...ports,
  };
}

/** Comes after all calls that were written before it, and before all after it. */
async function take(
  handOver: HandOver,
  argumentsText: string,
  locks: LockTable,
  signal: AbortSignal,
): Promise<ToolAnswer> {
  const ticket = locks.enter(false);
  try {
    await ticket.acquire(EVERYTHING, signal);
    return answerOf(await handOver.take(argumentsText));
  } finally {
    ticket.leave();
  }
}

function answerOf(problem: string | undefined): ToolAnswer {
  if (problem === undefined) return { text: "Taken.", isError: false, changed: [], live: true, handOver: true };
  return { text: textOfError(errorValue("tool.invalid_input", problem)), isError: true, changed: [], live: true };
}

function textOfError(error: ErrorValue): string {
  return `${error.message} ${error.hint}`;
}

/**
 * Prompts that the user sent into the run. Which turn got which prompt is recorded, so that a replayed conversation has
 * them in the same places.
 */
async function takeSteering(context: RunContext, taskId: string, turn: number): Promise<string[]> {
  const state = await stateOf(context);
  const isReplayed = (await context.store.events.find(context.runId, `model/${taskId}/${turn}`)) !== undefined;
  const fresh = isReplayed ? [] : freshSteering(context, state, taskId);
  const own: { promptId: string }[] = [];
  for (const { promptId } of fresh) {
    const event = await record(context, { type: "prompt.delivered", promptId, taskId, turn }, `delivered/${promptId}`);
    // Another task may have been quicker: a prompt is told once.
    if (event.body.type === "prompt.delivered" && event.body.taskId === taskId && event.body.turn === turn)
      own.push({ promptId });
  }
  const before = state.deliveredPrompts.filter((prompt) => prompt.taskId === taskId && prompt.turn === turn);
  return Promise.all([...before, ...own].map((prompt) => textOfPrompt(context, prompt.promptId)));
}

/** In a replay the log tells which agent got a person's words. */
function freshSteering({ recorded }: RunContext, state: RunState, taskId: string): RunState["pendingPrompts"] {
  if (recorded === undefined) return steeringFor(state, taskId);
  return state.pendingPrompts.filter(({ delivery }) => delivery === "steer");
}

async function textOfPrompt(context: RunContext, promptId: string): Promise<string> {
  const event = await context.store.events.find(context.runId, promptKey(promptId));
  return event?.body.type === "prompt.received" ? event.body.text : "";
}

/** Key of the event that holds a prompt sent into a run. */
export function promptKey(promptId: string): string {
  return `prompt/${promptId}`;
}
