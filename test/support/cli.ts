/** The command line in this process, with a terminal that the test holds. */

import type { CliContext } from "../../daemon/cli/context.ts";
import { createPaint } from "../../daemon/cli/format.ts";
import type { Terminal } from "../../daemon/host/terminal.ts";
import { BUILT_IN } from "../../daemon/memory/embedding/choice.ts";
import { DEFAULT_SCHEDULING } from "../../daemon/orchestration/scheduling/settings.ts";
import type { ClientConnection, NotificationName, RequestName } from "../../protocol/index.ts";
import { nexusError } from "../../protocol/index.ts";

export interface TestTerminal extends Terminal {
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Questions asked so far; the answers are taken from the front of the list. */
  readonly questions: string[];
  readonly answers: (string | undefined)[];
  interrupt(): void;
}

export function createTestTerminal(
  isInteractive = false,
  input: Iterable<string> | AsyncIterable<string> = [],
): TestTerminal {
  let stdout = "";
  let stderr = "";
  const listeners = new Set<() => void>();
  const terminal: TestTerminal = {
    out: (text) => {
      stdout += text;
    },
    err: (text) => {
      stderr += text;
    },
    isInteractive,
    hasColour: false,
    columns: 120,
    hasStatusLine: isInteractive,
    async *input() {
      yield* input;
    },
    stdout: () => stdout,
    stderr: () => stderr,
    questions: [],
    answers: [],
    ask(question, signal) {
      terminal.questions.push(question);
      if (terminal.answers.length > 0) return Promise.resolve(terminal.answers.shift());
      return new Promise((resolve) => signal?.addEventListener("abort", () => resolve(undefined)));
    },
    onInterrupt(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    interrupt() {
      for (const listener of listeners) listener();
    },
    flush: async () => undefined,
  };
  return terminal;
}

export interface FakeConnection extends ClientConnection {
  readonly requests: { readonly name: RequestName; readonly params: unknown }[];
  notify(name: NotificationName, params: unknown): void;
  /** The daemon goes away. */
  drop(): void;
}

/** A connection whose answers the test gives: a value, a function of the parameters, or an error to throw. */
export function createFakeConnection(answers: Partial<Record<RequestName, unknown>>): FakeConnection {
  const listeners = new Map<string, Set<(params: never) => void>>();
  const onClose = new Set<() => void>();
  let closed = false;
  const connection: FakeConnection = {
    daemon: { version: "1", buildTime: 1, pid: 1 },
    connectionId: "connection-1",
    capabilities: undefined,
    handle: () => () => undefined,
    requests: [],
    async request(name, params) {
      if (closed) throw nexusError("daemon.unreachable");
      connection.requests.push({ name, params });
      const answer = answers[name];
      const value: unknown = typeof answer === "function" ? await answer(params) : answer;
      if (value instanceof Error) throw value;
      return (value ?? {}) as never;
    },
    on(name, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set.add(listener));
      return () => set.delete(listener);
    },
    onClose(listener) {
      if (closed) listener();
      else onClose.add(listener);
    },
    close: () => connection.drop(),
    notify(name, params) {
      for (const listener of listeners.get(name) ?? []) listener(params as never);
    },
    drop() {
      if (closed) return;
      closed = true;
      for (const listener of onClose) listener();
    },
  };
  return connection;
}

export function createTestContext(
  terminal: Terminal,
  connections: readonly ClientConnection[],
  more: Partial<CliContext> = {},
): CliContext {
  const waiting = [...connections];
  return {
    terminal,
    env: {},
    cwd: "/",
    main: "/main.ts",
    serve: async () => 0,
    home: "/home",
    build: { version: "1.2.3", buildTime: 1 },
    paint: createPaint(false),
    settings: async () => ({
      home: "/home",
      model: null,
      budgetUsd: null,
      policy: {},
      idleExitMs: 1000,
      mcpServers: {},
      a2a: null,
      embedding: BUILT_IN,
      checkpoints: { days: 30, maxBytes: 1e9 },
      scheduling: DEFAULT_SCHEDULING,
    }),
    open: async () => {
      throw nexusError("daemon.unreachable");
    },
    async connect() {
      const next = waiting.shift();
      if (next === undefined) throw nexusError("daemon.unreachable");
      return next;
    },
    ...more,
  };
}
