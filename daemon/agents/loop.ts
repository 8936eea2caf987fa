/** The one loop that all agents run in: ask the model, carry out its calls, until it has nothing more to do. */
import { nexusError } from "../../protocol/index.ts";
import type { Message, ModelRequest, ModelResponse, ToolCall, ToolSchema } from "../models/model.ts";
import { estimateTokens } from "../models/tokens.ts";
import type { Agent } from "./agent.ts";
import { fitConversation } from "./conversation.ts";
import { createLoopDetector } from "./loop-detector.ts";

export interface ToolAnswer {
  readonly text: string;
  readonly isError: boolean;
  /** False when the result was recorded before a restart. */
  readonly live: boolean;
  /** Ends the loop after this turn: the call handed the work over, as a plan does. */
  readonly handOver?: boolean;
}

export interface LoopPorts {
  /** One model call. `live` is false when the answer was recorded before a restart. */
  respond(turn: number, request: ModelRequest): Promise<{ response: ModelResponse; live: boolean }>;
  callTool(turn: number, index: number, call: ToolCall): Promise<ToolAnswer>;
  /** Prompts that the user sent meanwhile, to be read before this turn. */
  steering(turn: number): Promise<string[]>;
  /** Called when the agent says it is done; what it answers goes back to the agent, undefined ends the loop. */
  accept(text: string, turn: number): Promise<string | undefined>;
}

export interface LoopOptions {
  readonly agent: Agent;
  readonly opening: string;
  readonly tools: readonly ToolSchema[];
  readonly maxTurns: number;
  readonly maxOutputTokens: number;
  readonly windowTokens: number;
}

export type LoopOutcome = { readonly kind: "finished"; readonly text: string } | { readonly kind: "handed_over" };

/**
 * Runs the agent until it finishes. Throws `run.loop` when it goes in circles and `run.too_many_steps` after
 * `maxTurns` live turns; turns that are replayed from the journal do not count.
 */
export async function runAgent(options: LoopOptions, ports: LoopPorts): Promise<LoopOutcome> {
  const messages: Message[] = [{ role: "user", text: options.opening }];
  const detector = createLoopDetector();
  let liveTurns = 0;
  for (let turn = 1; ; turn++) {
    for (const text of await ports.steering(turn)) messages.push({ role: "user", text });
    const { response, live } = await respondWithin(options, ports, turn, messages);
    if (live && ++liveTurns > options.maxTurns) throw nexusError("run.too_many_steps", `(${options.maxTurns} steps)`);
    messages.push({ role: "assistant", text: response.text, toolCalls: response.toolCalls });
    if (response.toolCalls.length > 0) {
      const handedOver = await carryOut(ports, turn, response.toolCalls, messages, detector);
      if (handedOver) return { kind: "handed_over" };
      continue;
    }
    const reply = replyToUnfinished(response) ?? (await ports.accept(response.text, turn));
    if (reply === undefined) return { kind: "finished", text: response.text };
    messages.push({ role: "user", text: reply });
  }
}

/** Asks with as much of the conversation as fits; a model that finds it too long is asked again with less. */
async function respondWithin(options: LoopOptions, ports: LoopPorts, turn: number, messages: readonly Message[]) {
  for (let limit = options.windowTokens; ; limit = Math.floor(limit / 2)) {
    const request: ModelRequest = {
      system: options.agent.system,
      messages: fitConversation(messages, limit, estimateTokens),
      tools: options.tools,
      maxOutputTokens: options.maxOutputTokens,
    };
    try {
      return await ports.respond(turn, request);
    } catch (error) {
      const tooLong = error instanceof Error && "value" in error && errorCodeOf(error.value) === "model.context_full";
      if (!tooLong || limit < 4000) throw error;
    }
  }
}

function errorCodeOf(value: unknown): unknown {
  return typeof value === "object" && value !== null && "code" in value ? value.code : undefined;
}

async function carryOut(
  ports: LoopPorts,
  turn: number,
  calls: readonly ToolCall[],
  messages: Message[],
  detector: ReturnType<typeof createLoopDetector>,
): Promise<boolean> {
  let handedOver = false;
  for (const [index, call] of calls.entries()) {
    const answer = await ports.callTool(turn, index, call);
    const finding = detector.add({ tool: call.tool, argumentsText: call.argumentsText, result: answer.text });
    if (finding.verdict === "stop" && answer.live) throw nexusError("run.loop", finding.explanation);
    const warning = finding.verdict !== "fine" ? `\n\n${finding.explanation} Do something else.` : "";
    const { callId, tool } = call;
    messages.push({ role: "tool", callId, tool, text: answer.text + warning, isError: answer.isError });
    handedOver ||= answer.handOver === true;
  }
  return handedOver;
}

/** What to tell a model that stopped without having finished. */
function replyToUnfinished(response: ModelResponse): string | undefined {
  if (response.stopReason === "length")
    return "Your answer was cut off at its length limit. Go on from where it ended.";
  if (response.stopReason === "refused") throw nexusError("model.refused", response.text.slice(0, 500));
  if (response.text.trim() === "") return "Your answer was empty. Go on with the task, or say what you did.";
  return undefined;
}
