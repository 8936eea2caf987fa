/** Nobody but the configured address hears of a call: no tokenizer file, no tracer, whatever the environment says. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { PROVIDERS, withModel } from "./ask.ts";

/** Each of these makes a library send something else, or elsewhere. */
const TEMPTATIONS = {
  LANGSMITH_TRACING: "true",
  LANGCHAIN_TRACING_V2: "true",
  LANGSMITH_API_KEY: "lsv2-test",
  LANGSMITH_ENDPOINT: "http://127.0.0.1:9/langsmith",
  LANGSMITH_GATEWAY: "http://127.0.0.1:9/gateway",
  OPENAI_CUSTOM_HEADERS: "X-Leak: 1",
  ANTHROPIC_CUSTOM_HEADERS: "X-Leak: 1",
  ANTHROPIC_AUTH_TOKEN: "sk-ant-from-the-environment",
};

const PROGRAM = fileURLToPath(new URL("../support/scripted/count-requests.ts", import.meta.url));

it.each(PROVIDERS)("$provider: one call is one request to the one address", (provider) => {
  const reply = { text: "Some words.", toolCalls: [{ tool: "edit", arguments: { path: "a" } }] };
  return withModel(provider, [{ reply, misbehave: { noUsage: true } }], async ({ server }) => {
    const env = { ...process.env, ...TEMPTATIONS };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [PROGRAM, provider.provider, server.url], {
      env,
      timeout: 15_000,
    });
    const path = provider.provider === "openai" ? "/chat/completions" : "/v1/messages";
    expect(JSON.parse(stdout)).toEqual({
      requests: [`${server.url}${path}`],
      connections: [new URL(server.url).host],
      toolCalls: 1,
    });
    expect(stderr).toBe("");
    const headers = Object.keys(server.requests[0]?.headers ?? {});
    expect(headers.filter((name) => name === "x-leak" || name.startsWith("x-stainless"))).toEqual([]);
    expect(headers.includes("authorization")).toBe(provider.provider === "openai");
  });
});
