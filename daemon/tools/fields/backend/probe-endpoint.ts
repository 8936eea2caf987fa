import * as z from "zod/mini";
import { failure } from "../../../../protocol/index.ts";
import { systemClock } from "../../../host/clock.ts";
import type { Door } from "../../../host/door.ts";
import { type LocalAnswer, requestOver } from "../../../host/local-http.ts";
import { asData } from "../../../memory/context/cut.ts";
import type { DirectTool, ToolContext } from "../../tool.ts";
import { withServer } from "./server.ts";

const BODY = 4000;
const HEADERS = 20;
const REQUEST_MS = 15_000;

/** Few bounds stand in the schema, since every agent pays for them at each step; the rest is looked at below. */
const input = z.object({
  command: z.string().check(z.describe("Starts the server")),
  port: z.int().check(z.gte(1024), z.lte(65_535)),
  requests: z.array(
    z.object({
      method: z.optional(z.string()),
      path: z.string().check(z.startsWith("/")),
      headers: z.optional(z.record(z.string(), z.string())),
      body: z.optional(z.string()),
    }),
  ),
});

const MOST_REQUESTS = 20;
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

type Input = z.output<typeof input>;
type Asked = Input["requests"][number];

/** The project's own server, behind the wall that commands have, asked over the loopback interface, and ended again. */
export const probeEndpoint: DirectTool<typeof input> = {
  name: "probe_endpoint",
  description: "Starts the project's server, sends it HTTP requests at 127.0.0.1, shows the answers, stops it.",
  input,
  effect: "unknown",
  timeoutMs: 150_000,
  maxOutput: 16_000,
  access: ({ command }) => ({ kind: "command", command, cwd: "." }),
  async execute({ command, port, requests }, context) {
    const wrong = requests.find(({ method = "GET", path }) => !METHODS.has(method) || /\s/.test(path));
    if (requests.length === 0 || requests.length > MOST_REQUESTS || wrong !== undefined)
      return failure("tool.invalid_input", `probe_endpoint: requests: 1 to ${MOST_REQUESTS}, a usual method, a path.`);
    const told: string[] = [];
    const served = await withServer(context, { command, port }, async (door) => {
      for (const asked of requests) told.push(await answerTo(asked, door, port, context));
    });
    if (!served.ok) return served;
    const output = [...told, `The server printed:\n${asData("output", served.value.output || "(nothing)")}`].join(
      "\n\n",
    );
    return { ok: true, output, summary: `asked ${counted(requests)}: ${told.map(statusOf).join(", ")}` };
  },
};

function counted({ length }: readonly Asked[]): string {
  return `${length} request${length === 1 ? "" : "s"}`;
}

function statusOf(told: string): string {
  return /→ (\d+)/.exec(told)?.[1] ?? "no answer";
}

async function answerTo(asked: Asked, door: Door, port: number, { signal }: ToolContext): Promise<string> {
  const { method = "GET", path, body } = asked;
  const started = systemClock.monotonic();
  const answer = await send(asked, door, port, signal);
  if (typeof answer === "string") return `${method} ${path} → no answer: ${answer}`;
  const took = Math.round(systemClock.monotonic() - started);
  return `${method} ${path}${body === undefined ? "" : ` (${body.length} characters)`} → ${shown(answer, took)}`;
}

/** The answer, or why there is none. */
async function send(asked: Asked, door: Door, port: number, signal: AbortSignal): Promise<LocalAnswer | string> {
  const { method = "GET", path, headers = {}, body } = asked;
  const socket = await door.connect(signal);
  if (socket === undefined) return "the server no longer listens";
  const own = {
    host: `127.0.0.1:${port}`,
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    ...lower(headers),
  };
  const limits = { timeoutMs: REQUEST_MS, maxBytes: BODY, signal };
  try {
    const request = { method, path, headers: own, ...limits, ...(body === undefined ? {} : { body }) };
    return await requestOver(socket, request);
  } catch (error) {
    if (signal.aborted) throw error;
    return error instanceof Error ? error.message : String(error);
  }
}

function lower(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function shown({ status, headers, body, isCut }: LocalAnswer, tookMs: number): string {
  const lines = headers.slice(0, HEADERS).map(([name, value]) => `${name}: ${value.slice(0, 300)}`);
  const isText = !body.subarray(0, 1024).includes(0);
  const text = isText ? body.toString("utf8") : `(${body.length} bytes that are no text)`;
  const cut = isCut ? `\n… more than ${BODY} bytes …` : "";
  return `${status} in ${tookMs} ms\n${asData("answer", `${lines.join("\n")}\n\n${text}${cut}`)}`;
}
