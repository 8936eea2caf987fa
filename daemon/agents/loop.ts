/** The one loop that all agents run in: ask the model, carry out its calls, until it has nothing more to do. */
import { errorValue, nexusError } from "../../protocol/index.ts";
import type { ModelResponse, ToolCall } from "../models/model.ts";
import { createLoopDetector } from "./loop-detector.ts";
import { createTranscript, type Transcript, type TranscriptWriter } from "./transcript.ts";

export interface ToolAnswer {
  readonly text: string;
  readonly isError: boolean;
  /** Paths of the files that it changed. */
  readonly changed: readonly string[];
  /** False when the result was recorded before a restart. */
  readonly live: boolean;
  /** Ends the loop after this turn: the call handed the work over, as a plan does. */
  readonly handOver?: boolean;
}

export interface LoopPorts {
  /** One model call with as much of the conversation as fits. `live` is false when it was recorded before a restart. */
  respond(turn: number, transcript: Transcript): Promise<{ response: ModelResponse; live: boolean }>;
  /**
   * Carries out one call. Those of one turn are started in their order without waiting for each other; what may run side
   * by side is for the port to say. `signal` aborts when another call of the turn stops the run.
   */
  callTool(turn: number, index: number, call: ToolCall, signal: AbortSignal): Promise<ToolAnswer>;
  /** Called before the calls of a turn are carried out, replayed ones too. */
  beforeCalls?(turn: number, calls: readonly ToolCall[]): Promise<void>;
  /** What the agent is told of its own work, such as what is left of its budget, to be read before this turn. */
  notes?(turn: number): Promise<string[]>;
  /** Prompts that the user sent meanwhile, to be read before this turn. */
  steering(turn: number): Promise<string[]>;
  /** What other agents wrote to this one, to be read before this turn. */
  mail?(turn: number): Promise<string[]>;
  /** Called when the agent says it is done; what it answers goes back to the agent, undefined ends the loop. */
  accept(text: string, turn: number): Promise<string | undefined>;
}

export type LoopOutcome =
  | {
      readonly kind: "finished";
      readonly text: string;
      /** Paths of the files that it changed. */
      readonly changed: readonly string[];
    }
  | { readonly kind: "handed_over" };

/**
 * Runs the agent until it finishes. Throws `run.loop` when it goes in circles and `run.too_many_steps` after
 * `maxTurns` live turns; turns that are replayed from the journal do not count.
 */
export async function runAgent(maxTurns: number, ports: LoopPorts): Promise<LoopOutcome> {
  const transcript = createTranscript();
  const detector = createLoopDetector();
  let liveTurns = 0;
  for (let turn = 1; ; turn++) {
    for (const text of await ports.steering(turn)) transcript.say(text, "user");
    for (const text of (await ports.mail?.(turn)) ?? []) transcript.say(text, "nexus");
    for (const text of (await ports.notes?.(turn)) ?? []) transcript.say(text, "nexus");
    const { response, live } = await ports.respond(turn, transcript);
    if (live && ++liveTurns > maxTurns) throw nexusError("run.too_many_steps", `(${maxTurns} steps)`);
    transcript.answer(response.text, response.toolCalls);
    if (response.toolCalls.length > 0) {
      const handedOver = await carryOut(ports, turn, response.toolCalls, transcript, detector);
      if (handedOver) return { kind: "handed_over" };
      continue;
    }
    const unfinished = replyToUnfinished(response);
    const reply = unfinished ?? (await ports.accept(response.text, turn));
    if (reply === undefined) return { kind: "finished", text: response.text, changed: transcript.changed };
    transcript.say(reply, unfinished === undefined ? "check" : "nexus");
  }
}

async function carryOut(
  ports: LoopPorts,
  turn: number,
  calls: readonly ToolCall[],
  transcript: TranscriptWriter,
  detector: ReturnType<typeof createLoopDetector>,
): Promise<boolean> {
  let handedOver = false;
  await ports.beforeCalls?.(turn, calls);
  const answers = await callAll(ports, turn, calls);
  for (const { call, answer } of answers) {
    const finding = detector.add({ tool: call.tool, argumentsText: call.argumentsText, result: answer.text });
    if (finding.verdict === "stop" && answer.live) throw nexusError("run.loop", finding.explanation);
    const { text, isError, changed } = answer;
    const found = finding.verdict === "fine" ? {} : { finding: finding.explanation };
    transcript.result(call, { text, isError, changed, ...found });
    handedOver ||= answer.handOver === true;
  }
  return handedOver;
}

/** Resolves with the answers in the calls' order; rejects with the first failure once every call has come to its end. */
async function callAll(
  ports: LoopPorts,
  turn: number,
  calls: readonly ToolCall[],
): Promise<{ call: ToolCall; answer: ToolAnswer }[]> {
  const stop = new AbortController();
  const failures: unknown[] = [];
  const known = new Set<string>();
  const started = calls.map(async (call, index) => {
    const isRepeated = known.has(call.callId);
    known.add(call.callId);
    if (isRepeated) return { call, answer: repeatedId(call) };
    try {
      return { call, answer: await ports.callTool(turn, index, call, stop.signal) };
    } catch (error) {
      failures.push(error);
      stop.abort(error);
      throw error;
    }
  });
  const settled = await Promise.allSettled(started);
  if (failures.length > 0) throw failures[0];
  return settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}

/** Nobody could tell which of the two an answer belongs to. */
function repeatedId({ callId }: ToolCall): ToolAnswer {
  const { message, hint } = errorValue(
    "tool.invalid_input",
    `Another call of this turn has the id ${callId.slice(0, 80)}.`,
  );
  return { text: `${message} ${hint}`, isError: true, changed: [], live: true };
}

/** What to tell a model that stopped without having finished. */
function replyToUnfinished(response: ModelResponse): string | undefined {
  if (response.stopReason === "length")
    return "Your answer was cut off at its length limit. Go on from where it ended.";
  if (response.stopReason === "refused") throw nexusError("model.refused", response.text.slice(0, 500));
  if (response.text.trim() === "") return "Your answer was empty. Go on with the task, or say what you did.";
  return undefined;
}
