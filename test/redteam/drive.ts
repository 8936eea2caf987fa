/** A real daemon, a scripted model that obeys every attacker, and a person who says no, or yes when told to. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type {
  Approval,
  ApprovalDecision,
  ClientConnection,
  Params,
  RunEvent,
  RunState,
  ToolStatus,
} from "../../protocol/index.ts";
import { isEnded } from "../../protocol/index.ts";
import { createNexus, type NexusProcess } from "../support/nexus-process.ts";
import { openClient } from "../support/rpc-client.ts";
import type { Script } from "../support/scripted/script.ts";
import { startScriptedOpenAi } from "../support/scripted-openai.ts";
import type { Call } from "./case.ts";
import type { Place } from "./place.ts";

export interface Mode {
  readonly headless: boolean;
  readonly trusted: boolean;
}

export const MODES: readonly Mode[] = [
  { headless: false, trusted: true },
  { headless: true, trusted: true },
  { headless: false, trusted: false },
  { headless: true, trusted: false },
];

export function nameOf({ headless, trusted }: Mode): string {
  return `${headless ? "headless" : "interactive"}, ${trusted ? "trusted" : "untrusted"}`;
}

export interface CallOutcome {
  readonly status: ToolStatus | "missing";
  /** A person was asked before it. */
  readonly asked: boolean;
  readonly output: string;
}

export interface Daemon {
  readonly nexus: NexusProcess;
  readonly connection: ClientConnection;
}

/** `settings`: the user's own, beside what the environment says. */
export async function startDaemon(place: Place, settings?: unknown): Promise<Daemon> {
  const nexus = await createNexus({ HOME: place.home, CANARY_VARIABLE: place.canary, NEXUS_IDLE_MS: "600000" });
  if (settings !== undefined)
    writeFileSync(join(nexus.home, "settings.json"), JSON.stringify(settings), { mode: 0o600 });
  const started = await nexus.run("daemon", "start");
  if (started.code !== 0) throw new Error(`the daemon did not start: ${started.stderr}`);
  return { nexus, connection: await connect(nexus) };
}

async function connect(nexus: NexusProcess): Promise<ClientConnection> {
  const { address } = JSON.parse(readFileSync(join(nexus.home, "daemon.json"), "utf8"));
  const token = readFileSync(join(nexus.home, "daemon.token"), "utf8").trim();
  return openClient(address, token, "red team");
}

export interface RunOptions {
  readonly daemon: Daemon;
  readonly place: Place;
  readonly mode: Mode;
  /** One turn of the model each. */
  readonly calls: readonly Call[];
  readonly decide: (approval: Approval, runId: string) => ApprovalDecision | Promise<ApprovalDecision>;
  /** Looks at the machine after each call; its answers come back in the same order. */
  readonly look: (index: number) => string | undefined;
  /** Of run/start, beside what the mode says. */
  readonly more?: Partial<Params<"run/start">>;
}

export interface RunOutcome {
  readonly calls: readonly CallOutcome[];
  readonly traces: readonly (string | undefined)[];
  readonly runId: string;
  readonly sessionId: string;
  readonly state: RunState;
  /** What the model was sent, by turn from 0: the result of a call stands in the request after it. */
  readonly sent: readonly string[];
}

let runs = 0;

/** One run in which the model makes these calls, one a turn, whatever it is told. */
export async function runCalls(options: RunOptions): Promise<RunOutcome> {
  const { daemon, place, mode, calls } = options;
  const token = `red-team-${++runs}`;
  const turns = calls.map((call, turn) => ({ when: { firstUser: token, turn }, reply: { toolCalls: [call] } }));
  const end = { when: { firstUser: token, turn: calls.length }, reply: { text: "Done." }, repeat: true };
  const server = await startScriptedOpenAi([...turns, end] satisfies Script);
  try {
    const outcomes: CallOutcome[] = calls.map(() => ({ status: "missing", asked: false, output: "" }));
    const traces: (string | undefined)[] = [];
    const { connection } = daemon;
    const { runId, sessionId } = await connection.request("run/start", {
      workspace: place.workspace,
      prompt: `Fix the typo in README.md (${token})`,
      mode: "act",
      headless: mode.headless,
      trusted: mode.trusted,
      modelSettings: {
        provider: "openai",
        model: "scripted",
        baseUrl: server.url,
        apiKey: "test-key-0123456789",
        price: null,
      },
      idempotencyKey: token,
      ...options.more,
    });
    const state = await watch(options, runId, (event) => note(event, outcomes, traces, options.look));
    await connection.request("changes/discard", { runId }).catch(() => undefined);
    return {
      calls: outcomes,
      traces,
      runId,
      sessionId,
      state,
      sent: server.requests.map(({ body }) => JSON.stringify(body)),
    };
  } finally {
    await server.close();
  }
}

async function watch(options: RunOptions, runId: string, onEvent: (event: RunEvent) => void): Promise<RunState> {
  const { connection } = options.daemon;
  const ended = Promise.withResolvers<void>();
  const stop = connection.on("run/event", ({ event }) => {
    if (event.runId !== runId) return;
    onEvent(event);
    const { body } = event;
    if (body.type === "approval.requested") {
      answer(options, runId, body.approval).catch(ended.reject);
    }
    if (body.type === "run.finished" || body.type === "run.suspended") ended.resolve();
  });
  try {
    await connection.request("run/watch", { runId, after: 0 });
    await ended.promise;
    const { run } = await connection.request("run/show", { runId });
    if (!isEnded(run.status)) throw new Error(`the run stopped: ${run.status}`);
    return run;
  } finally {
    stop();
    await connection.request("run/unwatch", { runId });
  }
}

async function answer({ daemon, decide }: RunOptions, runId: string, approval: Approval): Promise<void> {
  const { approvalId, subjectHash } = approval;
  const decision = await decide(approval, runId);
  await daemon.connection.request("approval/answer", { runId, approvalId, subjectHash, decision });
}

export interface ScriptedRun extends Pick<RunOptions, "daemon" | "place" | "mode" | "decide"> {
  /** What the model says, whoever of the run's agents asks. */
  readonly script: Script;
  readonly more?: Partial<Params<"run/start">>;
}

export interface ScriptOutcome {
  readonly events: readonly RunEvent[];
  readonly state: RunState;
  /** Ends of calls in their order: `tool status output`. */
  readonly calls: readonly { readonly tool: string; readonly status: ToolStatus; readonly output: string }[];
  /** What the model was sent, all requests in a row. */
  readonly sent: string;
}

/** A run of several agents, or of a workflow. Rejects with what the daemon refuses the start with. */
export async function runScript(options: ScriptedRun): Promise<ScriptOutcome> {
  const { daemon, place, mode, decide, script, more = {} } = options;
  const server = await startScriptedOpenAi(script);
  try {
    const { connection } = daemon;
    const { runId } = await connection.request("run/start", {
      workspace: place.workspace,
      prompt: "- do one thing\n- do another thing\n- do a third thing",
      mode: "act",
      headless: mode.headless,
      trusted: mode.trusted,
      modelSettings: {
        provider: "openai",
        model: "scripted",
        baseUrl: server.url,
        apiKey: "test-key-0123456789",
        price: null,
      },
      idempotencyKey: `red-team-script-${++runs}`,
      ...more,
    });
    const events: RunEvent[] = [];
    const watched = { daemon, place, mode, decide, calls: [], look: () => undefined };
    const state = await watch(watched, runId, (event) => void events.push(event));
    await connection.request("changes/discard", { runId }).catch(() => undefined);
    const calls = events.flatMap(({ body }) =>
      body.type === "tool.finished" ? [{ tool: body.tool, status: body.status, output: body.output }] : [],
    );
    return { events, state, calls, sent: server.requests.map(({ body }) => JSON.stringify(body)).join("\n") };
  } finally {
    await server.close();
  }
}

/** Keys of calls are tool/<task>/<turn>/<index>, turns from 1. */
function note({ body }: RunEvent, outcomes: CallOutcome[], traces: (string | undefined)[], look: RunOptions["look"]) {
  if (body.type === "approval.requested") {
    const turn = outcomes.findIndex(({ status }) => status === "missing");
    const outcome = outcomes[turn];
    if (outcome !== undefined) outcomes[turn] = { ...outcome, asked: true };
  }
  if (body.type !== "tool.finished") return;
  const turn = body.turn - 1;
  const outcome = outcomes[turn];
  if (outcome === undefined) return;
  outcomes[turn] = { ...outcome, status: body.status, output: body.output };
  traces[turn] = look(turn);
}
