/** What OpenAI's chat completions are asked for, as a request to the run's model. What the model has no word for is left out. */
import * as z from "zod/mini";
import type { PortMessage, PortRequest } from "../../tools/model-port.ts";

const Part = z.looseObject({ type: z.string(), text: z.optional(z.string()) });
const Content = z.nullish(z.union([z.string(), z.array(Part)]));
const Call = z.object({ id: z.string(), function: z.object({ name: z.string(), arguments: z.string() }) });
const Message = z.object({
  role: z.enum(["system", "developer", "user", "assistant", "tool", "function"]),
  content: Content,
  tool_calls: z.nullish(z.array(Call)),
  tool_call_id: z.nullish(z.string()),
  name: z.nullish(z.string()),
});
const Tool = z.object({
  type: z.literal("function"),
  function: z.object({
    name: z.string(),
    description: z.nullish(z.string()),
    parameters: z.nullish(z.record(z.string(), z.unknown())),
  }),
});
const limit = z.nullish(z.int().check(z.gte(1)));
const Body = z.object({
  messages: z.array(Message).check(z.minLength(1), z.maxLength(2000)),
  tools: z.nullish(z.array(Tool).check(z.maxLength(128))),
  max_tokens: limit,
  max_completion_tokens: limit,
  stream: z.nullish(z.boolean()),
  stream_options: z.nullish(z.looseObject({ include_usage: z.optional(z.boolean()) })),
  n: z.nullish(z.int()),
});

export type ReadRequest =
  | {
      readonly ok: true;
      readonly request: PortRequest;
      readonly stream: boolean;
      /** The stream ends with a piece that says what was used. */
      readonly includeUsage: boolean;
    }
  | { readonly ok: false; readonly problem: string };

const DEFAULT_TOKENS = 4096;
const MOST_TOKENS = 128_000;
const PICTURE = "[A picture stood here; the model was not sent it.]";

export function readRequest(text: string): ReadRequest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { ok: false, problem: "The body is not JSON." };
  }
  const parsed = Body.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { ok: false, problem: `${issue?.path.join(".") ?? "body"}: ${issue?.message ?? "invalid"}` };
  }
  const body = parsed.data;
  if ((body.n ?? 1) !== 1) return { ok: false, problem: "n: one answer is given, not several." };
  const wanted = body.max_completion_tokens ?? body.max_tokens ?? DEFAULT_TOKENS;
  const request = {
    system: systemOf(body.messages),
    messages: messagesOf(body.messages),
    tools: (body.tools ?? []).map((tool) => ({
      name: tool.function.name,
      description: tool.function.description ?? "",
      parameters: tool.function.parameters ?? { type: "object", properties: {} },
    })),
    maxOutputTokens: Math.min(wanted, MOST_TOKENS),
  };
  const includeUsage = body.stream_options?.include_usage === true;
  return { ok: true, request, stream: body.stream === true, includeUsage };
}

type Messages = z.infer<typeof Body>["messages"];

const isSystem = ({ role }: Messages[number]) => role === "system" || role === "developer";

function systemOf(messages: Messages): string {
  // A request of instructions alone still needs somebody who speaks.
  if (messages.every(isSystem)) return "";
  return messages
    .filter(isSystem)
    .map(({ content }) => textOf(content))
    .join("\n\n");
}

function messagesOf(messages: Messages): PortMessage[] {
  if (messages.every(isSystem)) return messages.map(({ content }) => ({ role: "user", text: textOf(content) }));
  const called = new Map<string, string>();
  return messages.filter((message) => !isSystem(message)).map((message) => messageOf(message, called));
}

function messageOf(message: Messages[number], called: Map<string, string>): PortMessage {
  const text = textOf(message.content);
  if (message.role === "assistant") {
    const toolCalls = (message.tool_calls ?? []).map(({ id, function: { name, arguments: argumentsText } }) => {
      called.set(id, name);
      return { callId: id, tool: name, argumentsText };
    });
    return { role: "assistant", text, toolCalls };
  }
  if (message.role !== "tool") return { role: "user", text };
  const callId = message.tool_call_id ?? "";
  return { role: "tool", callId, tool: called.get(callId) ?? message.name ?? "", text, isError: false };
}

function textOf(content: z.infer<typeof Content>): string {
  if (content === null || content === undefined) return "";
  if (typeof content === "string") return content;
  return content.map((part) => (part.type === "text" ? (part.text ?? "") : PICTURE)).join("\n");
}
