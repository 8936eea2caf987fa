/**
 * The one way by which a foreign program reaches a model: OpenAI's chat completions on this machine's loopback address, for
 * whoever has the run's token. Each request is a model call of the run, so its budget, scheduling, redaction and log hold.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { type ErrorValue, errorValue } from "../../../protocol/index.ts";
import type { Clock } from "../../host/clock.ts";
import { hashOf } from "../../host/files.ts";
import { type HttpReply, type HttpRequest, listenHttp } from "../../host/http-server.ts";
import type { ModelPort, PortAnswer } from "../../tools/model-port.ts";
import { answerReply, errorReply, failureReply, jsonReply, streamReply } from "./proxy-reply.ts";
import { readRequest } from "./proxy-request.ts";

export interface ModelProxyOptions {
  /** What every request must bring. */
  readonly token: string;
  readonly models: ModelPort;
  readonly clock: Clock;
  /** Something came: the program is alive. */
  readonly onActivity: () => void;
  /** What MetaGPT 1.0 reports of its work, as it came. */
  readonly onReport: (report: unknown) => void;
  readonly onError: (error: unknown) => void;
}

export interface ModelProxy {
  readonly port: number;
  /** Requests that wait for an answer. */
  readonly open: () => number;
  readonly calls: () => number;
  /** Answers that are kept for who hung up. */
  readonly unread: () => number;
  close(): Promise<void>;
}

const MOST_BODY = 8 * 1024 * 1024;
const MOST_AT_ONCE = 16;
/** A budget says how much may be spent; this only ends what asks without end where calls cost nothing. */
const MOST_CALLS = 3000;
const MOST_UNREAD = 20;
const ALIVE_MS = 15_000;
const BUSY = "The proxy answers as many requests as it can at once. Ask again.";

type Answered = { readonly ok: true; readonly value: PortAnswer } | { readonly ok: false; readonly error: ErrorValue };

/** Rejects with the system's error. */
export async function startModelProxy(options: ModelProxyOptions): Promise<ModelProxy> {
  const { token, clock, onActivity, onReport } = options;
  const asker = createAsker(options);
  let port = 0;

  async function handle(request: HttpRequest): Promise<HttpReply> {
    onActivity();
    const path = request.target.split("?", 1)[0] ?? "";
    if (path.startsWith("/report/")) {
      onReport(jsonIn(request.body));
      return jsonReply(200, {});
    }
    const model = { id: options.models.model, object: "model", created: 0, owned_by: "nexus" };
    if (request.method === "GET" && path === "/v1/models") return jsonReply(200, { object: "list", data: [model] });
    if (request.method === "POST" && path === "/v1/chat/completions") return complete(request);
    return errorReply(404, "invalid_request_error", "not_found", "Only /v1/chat/completions and /v1/models are here.");
  }

  async function complete(request: HttpRequest): Promise<HttpReply> {
    const read = readRequest(request.body);
    if (!read.ok) return errorReply(400, "invalid_request_error", "invalid", read.problem);
    const refused = asker.refusal();
    if (refused !== undefined) return refused;
    const answer = asker.ask(read.request, request.signal);
    const id = `chatcmpl-${hashOf(`${token}${asker.calls()}`).slice(0, 24)}`;
    const named = { id, model: options.models.model, created: Math.floor(clock.now() / 1000) };
    // Refused for want of money before anything is streamed: the status must say so.
    const first = read.stream
      ? await Promise.race([answer, clock.sleep(ALIVE_MS).then(() => undefined)])
      : await answer;
    if (first === undefined) return streamReply(named, answer, read.includeUsage, () => clock.sleep(ALIVE_MS));
    if (!first.ok) return failureReply(first.error);
    if (!read.stream) return answerReply(named, first.value);
    return streamReply(named, Promise.resolve(first), read.includeUsage, () => clock.sleep(ALIVE_MS));
  }

  const server = await listenHttp({
    port: 0,
    maxBodyBytes: MOST_BODY,
    admit: (request) => admit(request, token, port),
    handle,
    onError: options.onError,
  });
  port = server.port;
  return { port, open: asker.open, calls: asker.calls, unread: asker.unread, close: server.close };
}

function createAsker({ models, onActivity }: ModelProxyOptions) {
  /** Answers that nobody read, by their request: who gave up waiting asks the same again, and it is paid for. */
  const unread = new Map<string, Promise<Answered>>();
  let spent: ErrorValue | undefined;
  let open = 0;
  let calls = 0;

  /** Once the money is spent nothing is asked of the run any more. */
  function noteSpent(answer: Answered): Answered {
    if (!answer.ok && answer.error.code.startsWith("budget.")) spent ??= answer.error;
    return answer;
  }

  return {
    open: () => open,
    calls: () => calls,
    unread: () => unread.size,
    refusal(): HttpReply | undefined {
      if (spent !== undefined) return failureReply(spent);
      if (open >= MOST_AT_ONCE) return jsonReply(429, errorBody("rate_limit_exceeded", BUSY), { "retry-after": "1" });
      if (calls < MOST_CALLS) return undefined;
      return errorReply(402, "insufficient_quota", "too_many_calls", `More than ${MOST_CALLS} calls are not made.`);
    },
    async ask(request: Parameters<ModelPort["respond"]>[0], gone: AbortSignal): Promise<Answered> {
      const name = hashOf(JSON.stringify(request));
      const known = unread.get(name);
      unread.delete(name);
      open++;
      if (known === undefined) calls++;
      const answer = known ?? answered(models, request);
      const keep = () => {
        unread.set(name, answer);
        for (const old of [...unread.keys()].slice(0, -MOST_UNREAD)) unread.delete(old);
      };
      gone.addEventListener("abort", keep, { once: true });
      return answer.then(noteSpent).finally(() => {
        open--;
        onActivity();
        gone.removeEventListener("abort", keep);
      });
    },
  };
}

/** A run that stops is no failure of the proxy: the program is being ended. */
async function answered(models: ModelPort, request: Parameters<ModelPort["respond"]>[0]): Promise<Answered> {
  try {
    return await models.respond(request);
  } catch {
    return { ok: false, error: errorValue("run.cancelled") };
  }
}

function errorBody(code: string, message: string) {
  return { error: { message, type: code, param: null, code } };
}

/** Only programs of this machine that know the token, and no web page by way of a browser. */
function admit({ headers, target }: Pick<HttpRequest, "headers" | "target">, token: string, port: number) {
  const host = headers["host"] ?? "";
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`)
    return errorReply(403, "invalid_request_error", "host", "This address is not served.");
  if (headers["origin"] !== undefined)
    return errorReply(403, "invalid_request_error", "origin", "Web pages are not served.");
  // A reporter sends no headers of its own, so the token stands in its address.
  const reported = /^\/report\/([^/?]+)/.exec(target)?.[1];
  const given = reported ?? /^Bearer (.+)$/i.exec(headers["authorization"] ?? "")?.[1] ?? "";
  if (isSame(given, token)) return undefined;
  return errorReply(401, "invalid_request_error", "invalid_api_key", "The token is not that of a run at work.");
}

/** In the same time whatever is given. */
function isSame(given: string, token: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
