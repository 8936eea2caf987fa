/** The file of a recording: one exchange a line (JSON Lines), found again by the hash of the whole request. */
import * as z from "zod/mini";
import { nexusError, Usage } from "../../protocol/index.ts";
import { hashOf } from "../host/files.ts";
import { parseJson } from "./json-text.ts";
import type { ModelRequest, ModelResponse } from "./model.ts";

const Response = z.object({
  text: z.string(),
  toolCalls: z.array(z.object({ callId: z.string(), tool: z.string(), argumentsText: z.string() })),
  stopReason: z.enum(["end", "tool_calls", "length", "refused"]),
  usage: Usage,
});

const Exchange = z.object({
  requestHash: z.string(),
  /** For people who read the file; only the hash finds an exchange. */
  request: z.object({ system: z.string(), messages: z.int(), last: z.string(), tools: z.array(z.string()) }),
  response: Response,
});
export type Exchange = z.infer<typeof Exchange>;

const SUMMARY_CHARACTERS = 200;

/** SHA-256 over the request with sorted keys; everything that reaches the model counts. */
export function requestHash(request: ModelRequest): string {
  return hashOf(canonicalJson(request));
}

export function exchangeOf(request: ModelRequest, response: ModelResponse): Exchange {
  const { text, stopReason, usage } = response;
  const toolCalls = response.toolCalls.map((call) => ({ ...call }));
  return {
    requestHash: requestHash(request),
    request: {
      system: request.system.slice(0, SUMMARY_CHARACTERS),
      messages: request.messages.length,
      last: request.messages.at(-1)?.text.slice(0, SUMMARY_CHARACTERS) ?? "",
      tools: request.tools.map((tool) => tool.name),
    },
    response: { text, toolCalls, stopReason, usage },
  };
}

/**
 * The responses by request, in the order of recording. A last line that a crash tore off is left out; any other bad line
 * throws `settings.invalid`. Lines end at \n only, because JSON may hold U+2028.
 */
export function parseRecording(text: string, file: string): Map<string, ModelResponse[]> {
  const responses = new Map<string, ModelResponse[]>();
  const lines = text.split("\n");
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const exchange = z.safeParse(Exchange, parseJson(line));
    if (!exchange.success && index === lines.length - 1) continue;
    if (!exchange.success)
      throw nexusError("settings.invalid", `Line ${index + 1} of ${file} is no recorded exchange.`);
    const known = responses.get(exchange.data.requestHash) ?? [];
    responses.set(exchange.data.requestHash, [...known, exchange.data.response]);
  }
  return responses;
}

/** JSON with the keys of every object sorted, so that equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
      : inner,
  );
}
