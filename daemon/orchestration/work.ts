/** One agent at work on one task: the loop of agents/, with the run's journal, gate, policy and steering around it. */
import type { ApprovalSubject, ErrorValue, PolicyRules, SessionMode } from "../../protocol/index.ts";
import { errorValue } from "../../protocol/index.ts";
import type { Agent } from "../agents/agent.ts";
import { type LoopOutcome, runAgent, type ToolAnswer } from "../agents/loop.ts";
import type { Section } from "../memory/context/window.ts";
import type { ToolCall, ToolSchema } from "../models/model.ts";
import type { Access } from "../security/access.ts";
import { judge } from "../security/policy.ts";
import { TOOLS, toolSchemas } from "../tools/catalogue.ts";
import { findSymbol } from "../tools/find-symbol.ts";
import { remember } from "../tools/remember.ts";
import { runTool } from "../tools/run.ts";
import { searchCode } from "../tools/search-code.ts";
import type { ToolContext } from "../tools/tool.ts";
import { askApproval } from "./approval-gate.ts";
import { effectJournal } from "./journal.ts";
import { turnCheckpoints } from "./rewind/take.ts";
import { type RunContext, record, stateOf } from "./run-context.ts";
import type { RunMemory } from "./run-memory.ts";
import { createRunWindow } from "./run-window.ts";

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
  readonly rules: PolicyRules;
  readonly allowedCommands: readonly string[];
  readonly handOvers: readonly HandOver[];
  readonly memory: RunMemory;
  /** It may propose what later work should know. */
  readonly mayNote: boolean;
  readonly diff: () => Promise<string>;
  /** Judges a finished piece of work; what it answers goes back to the agent. */
  readonly accept: (text: string, turn: number) => Promise<string | undefined>;
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

/** The budget says how much a task may cost; this only ends one that gets nowhere without repeating itself. */
const MAX_TURNS = 120;

export async function work(context: RunContext, options: WorkOptions): Promise<LoopOutcome> {
  const { taskId, agent, sections, projectRules, openRequest } = options;
  const tools = offeredTools(options);
  const names = new Set(tools.map((tool) => tool.name));
  const toolContext = contextOfTools(context, options);
  const schemas = [...tools, ...options.handOvers.map((handOver) => handOver.schema)];
  const beforeEffects = turnCheckpoints(context, taskId);
  const said = { sections, rules: projectRules, openRequest };
  const respond = await createRunWindow(context, { taskId, system: agent.system, tools: schemas, ...said });
  return runAgent(MAX_TURNS, {
    respond,
    async callTool(turn, index, call) {
      if (!options.readOnly && names.has(call.tool) && !isPure(call.tool)) await beforeEffects(turn);
      return callTool(context, options, { turn, index, call, names, toolContext });
    },
    steering: (turn) => takeSteering(context, taskId, turn),
    accept: options.accept,
  });
}

function isPure(name: string): boolean {
  return TOOLS.find((tool) => tool.name === name)?.effect === "pure";
}

/** What the policy would deny in any form, or memory cannot do, is not offered at all. */
function offeredTools(options: WorkOptions): ToolSchema[] {
  const { agent, readOnly, mode, headless, rules, allowedCommands, memory, mayNote } = options;
  const commandsPossible = rules.command === "allow" || !headless || allowedCommands.length > 0;
  const mayChange = !readOnly && mode === "act";
  return toolSchemas((tool) => {
    if (!agent.tools.includes(tool.name)) return false;
    if (tool === searchCode || tool === findSymbol) return memory.lookup !== undefined;
    if (tool === remember) return mayNote && memory.note !== undefined;
    if (tool.effect === "verifiable") return mayChange && rules.write !== "deny";
    if (tool.effect === "unknown") return mayChange && commandsPossible && rules.command !== "deny";
    return true;
  });
}

function contextOfTools(context: RunContext, options: WorkOptions): ToolContext {
  const { root, linked, diff, agent, memory } = options;
  // Whatever a run reads, the repository included, is not the user's word: its notes wait for a person.
  const note = memory.note?.({ agent: agent.name, runId: context.runId, source: "untrusted" });
  const ports = {
    ...(memory.lookup === undefined ? {} : { code: memory.lookup }),
    ...(note === undefined ? {} : { note }),
  };
  return { root, linked, signal: context.signal, seen: new Map(), diff, ...ports };
}

interface CallInput {
  readonly turn: number;
  readonly index: number;
  readonly call: ToolCall;
  readonly names: ReadonlySet<string>;
  readonly toolContext: ToolContext;
}

async function callTool(context: RunContext, options: WorkOptions, input: CallInput): Promise<ToolAnswer> {
  const { turn, index, call, names, toolContext } = input;
  const handOver = options.handOvers.find((candidate) => candidate.schema.name === call.tool);
  if (handOver !== undefined) return take(handOver, call.argumentsText);
  const key = `tool/${options.taskId}/${turn}/${index}`;
  const { taskId, mode, headless, rules, allowedCommands } = options;
  const journal = effectJournal(context, { taskId, turn, callId: call.callId, tool: call.tool });
  const live = (await journal.recorded(key)) === undefined;
  const outcome = await runTool({
    key,
    call,
    tools: TOOLS.filter((tool) => names.has(tool.name)),
    context: toolContext,
    judgeAccess: async (access: Access) => judge({ access, mode, headless, rules, allowedCommands }),
    askApproval: (subject, reason) => {
      const title = `${options.agent.name} ${WANTS[subject.kind]}`;
      return askApproval(context, { key, taskId, title, reason, subject });
    },
    journal,
    redact: context.redact,
    log: context.log,
    clock: context.clock,
  });
  return { text: outcome.output, isError: outcome.status !== "done", changed: outcome.changed, live };
}

async function take(handOver: HandOver, argumentsText: string): Promise<ToolAnswer> {
  const problem = await handOver.take(argumentsText);
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
  const fresh = isReplayed ? [] : state.pendingPrompts.filter((prompt) => prompt.delivery === "steer");
  for (const { promptId } of fresh)
    await record(context, { type: "prompt.delivered", promptId, taskId, turn }, `delivered/${promptId}`);
  const before = state.deliveredPrompts.filter((prompt) => prompt.taskId === taskId && prompt.turn === turn);
  return Promise.all([...before, ...fresh].map((prompt) => textOfPrompt(context, prompt.promptId)));
}

async function textOfPrompt(context: RunContext, promptId: string): Promise<string> {
  const event = await context.store.events.find(context.runId, promptKey(promptId));
  return event?.body.type === "prompt.received" ? event.body.text : "";
}

/** Key of the event that holds a prompt sent into a run. */
export function promptKey(promptId: string): string {
  return `prompt/${promptId}`;
}
