/** The editor's own models (vscode.lm), for runs whose provider is `editor`. Loaded when the daemon first asks. */
import type * as vscode from "vscode";
import type { CancelSignal } from "../../protocol/cancel.ts";
import type { ReverseAnswer, ReverseParams } from "../../protocol/reverse.ts";
import { createPieces } from "./pieces.ts";

/** What of the editor is needed here. */
export type ModelHost = Pick<
  typeof vscode,
  | "lm"
  | "CancellationTokenSource"
  | "LanguageModelChatMessage"
  | "LanguageModelTextPart"
  | "LanguageModelToolCallPart"
  | "LanguageModelToolResultPart"
>;

type Call = ReverseParams<"client/model">;
type Answer = ReverseAnswer<"client/model">;
type Failed = Extract<Answer, { outcome: "failed" }>;
type Answered = Extract<Answer, { outcome: "answered" }>;

interface AnswerOptions {
  readonly signal: CancelSignal;
  /** Tells the daemon a piece; false: nobody waits any more. */
  readonly tell: (text: string) => Promise<boolean>;
}

/** Extensions that bring models may still be starting. */
const APPEAR_MS = 15_000;
/** An answer is one line of at most 1 MiB; what JSON makes longer is in the difference. */
const MAX_CHARACTERS = 400_000;

export async function answerModel(host: ModelHost, call: Call, { signal, tell }: AnswerOptions): Promise<Answer> {
  const source = new host.CancellationTokenSource();
  const cancel = () => source.cancel();
  signal.addEventListener("abort", cancel, { once: true });
  const pieces = createPieces(tell, cancel);
  try {
    const models = await offered(host, signal);
    const model = chosen(models, call.model);
    if (model === undefined) return failed("not_found", missing(models, call.model));
    return await ask(host, model, call, { token: source.token, onText: pieces.add });
  } catch (error) {
    return failureOf(error);
  } finally {
    await pieces.end();
    signal.removeEventListener("abort", cancel);
    source.dispose();
  }
}

/** Waits a little where there is none yet. */
async function offered({ lm }: ModelHost, signal: CancelSignal): Promise<readonly vscode.LanguageModelChat[]> {
  const present = await lm.selectChatModels();
  if (present.length > 0) return present;
  let stop: () => void = () => undefined;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, APPEAR_MS);
    const changed = lm.onDidChangeChatModels(() => resolve());
    const abort = () => resolve();
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) resolve();
    stop = () => {
      clearTimeout(timer);
      changed.dispose();
      signal.removeEventListener("abort", abort);
    };
  });
  stop();
  return lm.selectChatModels();
}

export function modelLabel({ vendor, id }: Pick<vscode.LanguageModelChat, "vendor" | "id">): string {
  return `${vendor}/${id}`;
}

/** `vendor/id`, `vendor/family`, or one of id, family and name; `any` is the first. */
export function chosen<Model extends Pick<vscode.LanguageModelChat, "vendor" | "id" | "family" | "name">>(
  models: readonly Model[],
  wanted: string,
): Model | undefined {
  if (wanted === "any") return models[0];
  const names = (model: Model) => [
    modelLabel(model),
    `${model.vendor}/${model.family}`,
    model.id,
    model.family,
    model.name,
  ];
  // The most exact way to name one that fits any of them.
  const ways = [0, 1, 2, 3, 4].map((way) => models.find((model) => names(model)[way] === wanted));
  return ways.find((model) => model !== undefined);
}

function missing(models: readonly vscode.LanguageModelChat[], wanted: string): string {
  if (models.length === 0) return "This editor offers no model: install an extension that brings one, or sign in.";
  return `This editor has no “${wanted}”; it has ${models.map(modelLabel).slice(0, 20).join(", ")}.`;
}

async function ask(
  host: ModelHost,
  model: vscode.LanguageModelChat,
  call: Call,
  { token, onText }: { token: vscode.CancellationToken; onText: (text: string) => void },
): Promise<Answer> {
  const options = {
    justification: "Nexus carries out your task with this model.",
    tools: call.tools.map(({ name, description, parameters }) => ({ name, description, inputSchema: parameters })),
  };
  const response = await model.sendRequest(messagesOf(host, call), options, token);
  const calls: Answered["calls"] = [];
  let text = "";
  let size = 0;
  for await (const part of response.stream) {
    if (part instanceof host.LanguageModelTextPart) {
      text += part.value;
      size += part.value.length;
      onText(part.value);
    } else if (part instanceof host.LanguageModelToolCallPart) {
      const input: Record<string, unknown> = { ...part.input };
      calls.push({ id: part.callId.slice(0, 200), tool: part.name.slice(0, 200), input });
      size += JSON.stringify(input).length;
    }
    if (size > MAX_CHARACTERS) return failed("failed", "The answer is too large to be handed on.");
  }
  if (token.isCancellationRequested) return failed("failed", "It was cancelled.");
  return { outcome: "answered", text, calls };
}

/** The interface has no place for instructions, so they come first. */
function messagesOf(host: ModelHost, { system, messages }: Call): vscode.LanguageModelChatMessage[] {
  const { LanguageModelChatMessage: Message, LanguageModelTextPart: Text } = host;
  const sent = [Message.User(system)];
  for (const message of messages) {
    if (message.role === "user") sent.push(Message.User(message.text));
    else if (message.role === "tool") {
      const text = message.isError ? `Error: ${message.text}` : message.text;
      sent.push(Message.User([new host.LanguageModelToolResultPart(message.id, [new Text(text)])]));
    } else {
      const calls = message.calls.map(({ id, tool, input }) => new host.LanguageModelToolCallPart(id, tool, input));
      sent.push(Message.Assistant([...(message.text === "" ? [] : [new Text(message.text)]), ...calls]));
    }
  }
  return sent;
}

function failed(reason: Failed["reason"], message: string): Failed {
  return { outcome: "failed", reason, message: message.slice(0, 2000) };
}

/** Providers say in words what the interface has no code for. */
const SIGNS: readonly (readonly [RegExp, Failed["reason"]])[] = [
  [/quota|rate.?limit|too many requests|limit (?:is )?(?:reached|exceeded)|\b429\b/i, "quota"],
  [
    /context (?:length|window)|too (?:long|large|many tokens)|(?:token|prompt).{0,40}exceed|exceeds?.{0,40}token/i,
    "too_long",
  ],
  [/network|fetch failed|ECONN|ENOTFOUND|EAI_AGAIN|timed? ?out|\b50[234]\b/i, "unreachable"],
];

/** The editor's error for models is known by its code: an extension may hold another copy of the class. */
export function failureOf(error: unknown): Failed {
  const words = error instanceof Error ? wordsOf(error) : String(error);
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  const sign = SIGNS.find(([pattern]) => pattern.test(words) || pattern.test(code));
  if (sign !== undefined) return failed(sign[1], words);
  if (/NoPermissions/i.test(code)) return failed("not_allowed", words);
  if (/NotFound/i.test(code)) return failed("not_found", words);
  return failed(/Blocked|filter/i.test(code) ? "blocked" : "failed", words);
}

function wordsOf({ message, name, cause }: Error): string {
  const inner = cause instanceof Error && cause.message !== message ? ` ${cause.message}` : "";
  return `${message === "" ? name : message}${inner}`;
}
