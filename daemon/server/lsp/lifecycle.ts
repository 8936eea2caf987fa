/** Which messages may come when: before initialize, between, and after shutdown. Pure. */
import * as z from "zod/mini";
import { INVALID_REQUEST } from "./frames.ts";
import type { Id, Incoming } from "./incoming.ts";

export type Verdict =
  | { readonly kind: "pass" }
  | { readonly kind: "drop" }
  | { readonly kind: "refuse"; readonly code: number; readonly message: string };

export interface Lifecycle {
  judge(message: Incoming): Verdict;
  /** A request of the client was answered. */
  answered(id: Id, failed: boolean): void;
  /** 0 when the client had shut the server down first. */
  exitCode(): 0 | 1;
}

const NOT_INITIALIZED = -32002;
const INVALID_PARAMS = -32602;
const REQUEST_FAILED = -32803;
/** More requests at once than any editor has; the answers of some are lost when a client sends ids twice. */
const MAX_PENDING = 2000;

const InitializeParams = z.object({ capabilities: z.looseObject({}) });

export function createLifecycle(): Lifecycle {
  let state: "new" | "initializing" | "running" | "shut down" = "new";
  let initializeId: Id | undefined;
  const pending = new Set<Id>();
  const cancelled = new Set<Id>();

  function judgeRequest({ id, method, params }: Extract<Incoming, { kind: "request" }>): Verdict {
    if (pending.has(id)) return refuse(INVALID_REQUEST, `The request “${id}” is not answered yet.`);
    if (pending.size >= MAX_PENDING) return refuse(REQUEST_FAILED, `${MAX_PENDING} requests wait for an answer.`);
    if (state === "shut down") return refuse(INVALID_REQUEST, "The server was shut down.");
    if (method === "initialize") {
      if (state !== "new") return refuse(INVALID_REQUEST, "The server is initialized already.");
      if (!InitializeParams.safeParse(params).success)
        return refuse(INVALID_PARAMS, "initialize needs an object with the client's capabilities.");
      state = "initializing";
      initializeId = id;
    } else if (state !== "running") return refuse(NOT_INITIALIZED, "The server is not initialized.");
    if (method === "shutdown") state = "shut down";
    pending.add(id);
    return { kind: "pass" };
  }

  /** The library falls over a second one of the same request, and keeps for good what was cancelled before it came. */
  function isNews(params: unknown): boolean {
    const cancel = CancelParams.safeParse(params);
    if (!cancel.success || !pending.has(cancel.data.id) || cancelled.has(cancel.data.id)) return false;
    cancelled.add(cancel.data.id);
    return true;
  }

  return {
    judge(message) {
      if (message.kind === "request") return judgeRequest(message);
      if (message.kind === "response") return { kind: "pass" };
      if (message.method === "exit") return { kind: "pass" };
      if (message.method === "$/cancelRequest" && !isNews(message.params)) return { kind: "drop" };
      return state === "running" ? { kind: "pass" } : { kind: "drop" };
    },
    answered(id, failed) {
      pending.delete(id);
      cancelled.delete(id);
      if (id !== initializeId) return;
      initializeId = undefined;
      state = failed ? "new" : "running";
    },
    exitCode: () => (state === "shut down" ? 0 : 1),
  };
}

const CancelParams = z.object({ id: z.union([z.string(), z.number()]) });

function refuse(code: number, message: string): Verdict {
  return { kind: "refuse", code, message };
}
