/**
 * Run as a program: asks a model once (`provider`, `url` as arguments) and prints, when nothing keeps the process alive
 * any more, every HTTP request it made and every address it connected to, as one line of JSON.
 */
import { subscribe } from "node:diagnostics_channel";
import { Socket } from "node:net";
import { createChatModel } from "../../../daemon/models/create.ts";

const requests: string[] = [];
const connections: string[] = [];

subscribe("undici:request:create", (message) => {
  const { request } = message as { request: { origin: string; path: string } };
  requests.push(`${request.origin}${request.path}`);
});
const { connect } = Socket.prototype;
Socket.prototype.connect = function (this: Socket, ...given: unknown[]) {
  const [options] = Array.isArray(given[0]) ? given[0] : given;
  connections.push(`${options.host ?? options.hostname}:${options.port ?? options.path}`);
  return Reflect.apply(connect, this, given);
} as typeof connect;

const [provider = "", baseUrl = ""] = process.argv.slice(2);
const model = createChatModel({
  provider: provider as "openai" | "anthropic",
  model: "gpt-4o",
  baseUrl,
  apiKey: "sk-test-0123456789abcdef",
  price: null,
  recordFile: null,
  replayFile: null,
});
const tools = [{ name: "edit", description: "Edits.", parameters: { type: "object", properties: {} } }];
const request = { system: "s", messages: [{ role: "user" as const, text: "go" }], tools, maxOutputTokens: 100 };
const { toolCalls } = await model.respond(request, { signal: new AbortController().signal, onText: () => undefined });
process.on("exit", () => {
  process.stdout.write(JSON.stringify({ requests, connections, toolCalls: toolCalls.length }));
});
