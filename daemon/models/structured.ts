/** An answer that fits a schema: one tool to hand it in, checked here, corrected by the model at most twice. */

import * as z from "zod/mini";
import en from "zod/v4/locales/en.js";
import { type ErrorCode, nexusError } from "../../protocol/index.ts";
import { isRecord, objectsIn, parseObject } from "./json-text.ts";
import type { Message, ModelRequest, ModelResponse } from "./model.ts";

export interface StructuredOptions<Schema extends z.ZodMiniType> {
  readonly schema: Schema;
  /** Of the tool that takes the answer. */
  readonly name: string;
  readonly description: string;
  /** Thrown when the third answer does not fit either. */
  readonly failure: ErrorCode;
  readonly request: ModelRequest;
  /** JSON Schema that the model is shown; left out: that of `schema`, which may accept more than need be told. */
  readonly parameters?: Record<string, unknown>;
  readonly respond: (request: ModelRequest) => Promise<ModelResponse>;
  /** What makes a value that fits the schema unusable all the same; empty when it is fine. */
  readonly check?: (value: z.output<Schema>) => string[] | Promise<string[]>;
  /** Told of every rejected answer, 1 to 3. */
  readonly onRejected?: (attempt: number, problems: string[]) => Promise<void> | void;
}

const ATTEMPTS = 3;
const MAX_PROBLEMS = 20;
const errorMap = en().localeError;

/**
 * Accepts the tool call, or a JSON object in the text: fenced or bare, with words around it, in a string inside a string,
 * or inside `{name, arguments}`. What fits is taken; nothing is ever guessed or evaluated.
 */
export async function respondStructured<Schema extends z.ZodMiniType>(
  options: StructuredOptions<Schema>,
): Promise<z.output<Schema>> {
  let request = structuredRequest(options);
  for (let attempt = 1; ; attempt++) {
    const response = await options.respond(request);
    const result = await readAnswer(response, options);
    if (result.ok) return result.value;
    await options.onRejected?.(attempt, result.problems);
    if (attempt === ATTEMPTS) throw nexusError(options.failure, result.problems.join("; ").slice(0, 1000));
    request = { ...request, messages: [...request.messages, ...correction(response, result.problems, options.name)] };
  }
}

function structuredRequest<Schema extends z.ZodMiniType>(options: StructuredOptions<Schema>): ModelRequest {
  const { request, name, description } = options;
  const instruction = `Answer by calling the tool ${name} exactly once, with arguments that fit its schema.`;
  const system = request.system === "" ? instruction : `${request.system}\n\n${instruction}`;
  const tool = { name, description, parameters: options.parameters ?? parametersOf(options.schema) };
  return { ...request, system, tools: [...request.tools, tool] };
}

/** The schema as providers take it: a plain JSON Schema without its own address. */
function parametersOf(schema: z.ZodMiniType): Record<string, unknown> {
  const { $schema: _address, ...parameters } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return parameters;
}

type Reading<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problems: string[] };

async function readAnswer<Schema extends z.ZodMiniType>(
  response: ModelResponse,
  options: StructuredOptions<Schema>,
): Promise<Reading<z.output<Schema>>> {
  const calls = response.toolCalls.filter((call) => call.tool === options.name);
  const texts = [...calls.map((call) => call.argumentsText), response.text];
  const candidates = texts.flatMap((text) => objectsIn(text).flatMap((value) => [value, ...unwrapped(value)]));
  let first: string[] | undefined;
  for (const candidate of candidates) {
    const parsed = options.schema.safeParse(candidate, { error: errorMap });
    const problems = parsed.success ? ((await options.check?.(parsed.data)) ?? []) : issuesOf(parsed.error);
    if (parsed.success && problems.length === 0) return { ok: true, value: parsed.data };
    first ??= problems;
  }
  const problems = (first ?? [whyNothing(response, options.name)]).slice(0, MAX_PROBLEMS);
  return {
    ok: false,
    problems: response.stopReason === "length" ? ["the answer was cut off; be briefer", ...problems] : problems,
  };
}

/** Models that write their call as text put it into an envelope. */
function unwrapped(value: Record<string, unknown>): Record<string, unknown>[] {
  const inner = value["arguments"] ?? value["parameters"] ?? value["input"];
  const object = typeof inner === "string" ? parseObject(inner) : inner;
  return isRecord(object) ? [object] : [];
}

function whyNothing({ toolCalls, text }: ModelResponse, name: string): string {
  const call = toolCalls[0];
  if (call !== undefined && call.tool !== name) return `there is no tool ${call.tool.slice(0, 60)}; call ${name}`;
  if (call !== undefined) return "the arguments are not a JSON object";
  return text.trim() === "" ? `the answer was empty; call ${name}` : `the answer holds no JSON object; call ${name}`;
}

function issuesOf(error: z.core.$ZodError): string[] {
  return error.issues.map((issue) =>
    issue.path.length === 0 ? issue.message : `${issue.path.join(".")}: ${issue.message}`,
  );
}

function correction(response: ModelResponse, problems: readonly string[], name: string): Message[] {
  const text = `That cannot be used:\n${problems.map((problem) => `- ${problem}`).join("\n")}\nCall ${name} again with all of it corrected.`;
  const assistant: Message = { role: "assistant", text: response.text, toolCalls: response.toolCalls };
  if (response.toolCalls.length === 0) return [assistant, { role: "user", text }];
  const results = response.toolCalls.map(
    ({ callId, tool }): Message => ({ role: "tool", callId, tool, text, isError: true }),
  );
  return [assistant, ...results];
}
