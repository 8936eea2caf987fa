/** A conversation made acceptable to the providers, whatever a model or a crash left in it. */
import { parseObject } from "./json-text.ts";
import type { ImageInput, Message, ToolCall } from "./model.ts";

interface HistoryCall {
  readonly id: string;
  readonly tool: string;
  /** The arguments, `{}` where the model wrote no JSON object. */
  readonly input: Record<string, unknown>;
}

export type HistoryMessage =
  | { readonly role: "user"; readonly text: string; readonly images?: readonly ImageInput[] }
  | { readonly role: "assistant"; readonly text: string; readonly calls: readonly HistoryCall[] }
  | { readonly role: "tool"; readonly id: string; readonly text: string; readonly isError: boolean };

const INTERRUPTED = "Interrupted: no result of this call is known. Check what it did before repeating it.";

interface OpenCall {
  readonly callId: string;
  readonly id: string;
}

/**
 * Providers refuse a conversation in which a call has no result or a result no call, in which ids repeat, names or ids
 * hold unusual characters, arguments are no JSON object, texts are empty or hold half a surrogate pair, or which does
 * not begin with the user. Neighbouring user messages become one, because some servers' templates demand alternation.
 */
export function acceptableHistory(messages: readonly Message[]): HistoryMessage[] {
  const history: HistoryMessage[] = [];
  const usedIds = new Set<string>();
  let open: OpenCall[] = [];

  function addUser(text: string, images: readonly ImageInput[] = []): void {
    const last = history.at(-1);
    const clean = text.trim() === "" ? "(empty)" : text.toWellFormed();
    if (last?.role === "user") history[history.length - 1] = { ...last, text: `${last.text}\n\n${clean}` };
    else history.push({ role: "user", text: clean, ...(images.length === 0 ? {} : { images }) });
  }

  function closeCalls(): void {
    for (const { id } of open) history.push({ role: "tool", id, text: INTERRUPTED, isError: true });
    open = [];
  }

  for (const message of messages) {
    if (message.role === "tool") {
      const call = open.find((candidate) => candidate.callId === message.callId);
      if (call === undefined) {
        closeCalls();
        addUser(`Result of ${message.tool}:\n${message.text}`);
        continue;
      }
      open = open.filter((candidate) => candidate !== call);
      const text = message.text === "" ? "(no output)" : message.text.toWellFormed();
      history.push({ role: "tool", id: call.id, text, isError: message.isError });
      continue;
    }
    closeCalls();
    if (message.role === "user") {
      addUser(message.text, message.images);
      continue;
    }
    if (history.length === 0) addUser("Go on.");
    const calls = message.toolCalls.map((call) => historyCall(call, usedIds));
    open = message.toolCalls.map(({ callId }, index) => ({ callId, id: calls[index]?.id ?? callId }));
    const text = message.text.trim() === "" ? "" : message.text.toWellFormed();
    history.push({ role: "assistant", text: text === "" && calls.length === 0 ? "(nothing)" : text, calls });
  }
  closeCalls();
  if (history.length === 0) addUser("");
  return history;
}

function historyCall(call: ToolCall, usedIds: Set<string>): HistoryCall {
  const id = uniqueId(cleanName(call.callId, "call"), usedIds);
  return { id, tool: cleanName(call.tool, "unknown"), input: parseObject(call.argumentsText.toWellFormed()) ?? {} };
}

/** Takes the id, or the id with the first number that makes it new. */
export function uniqueId(wanted: string, usedIds: Set<string>): string {
  let id = wanted;
  for (let number = 2; usedIds.has(id); number++) id = `${wanted}-${number}`;
  usedIds.add(id);
  return id;
}

function cleanName(name: string, fallback: string): string {
  const clean = name.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 60);
  return clean === "" ? fallback : clean;
}
