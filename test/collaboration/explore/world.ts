/** A small world in which agents follow the collaboration protocol: what is in the log, and what a crash takes away. */
import type { Submission } from "../../../daemon/collaboration/contract-net.ts";
import type { Wait } from "../../../daemon/collaboration/wait-for.ts";
import type { AgentMessage, BoardEntry, Lease, MessageDelivery } from "../../../protocol/index.ts";

/** One thing that an agent's work consists of. Names of leases are files. */
export type Step =
  | { readonly do: "lease"; readonly on: readonly string[] }
  | { readonly do: "release" | "gate" | "count" | "contract" }
  | { readonly do: "send" | "ask"; readonly to: string };

export interface Size {
  readonly name: string;
  readonly programs: Readonly<Record<string, readonly Step[]>>;
  readonly crashes: number;
}

export interface AgentState {
  status: "running" | "crashed" | "ended";
  crashes: number;
  /** Where it is; a crash puts it back to the beginning, and the log says what is done already. */
  at: number;
  /** What it saw of the counter on the board before it writes. */
  seen: { version: number; value: number } | null;
  /** Only used by a faulty variant: an award that is remembered outside of the log. */
  awarded: boolean;
}

export interface World {
  agents: Record<string, AgentState>;
  leases: [string, Lease[]][];
  waits: { waiter: string; wait: Wait }[];
  crashesLeft: number;
  time: number;
  /** What a crash leaves: only this. */
  log: {
    /** “agent/step=outcome”, each once, sorted. */
    facts: string[];
    messages: AgentMessage[];
    deliveries: MessageDelivery[];
    board: BoardEntry[];
    announcement: { round: number; bidders: string[]; deadline: number } | null;
    bids: (Submission & { round: number })[];
    awards: { round: number; agent: string }[];
    reports: { round: number; agent: string }[];
    ended: Record<string, "done" | "failed">;
  };
}

export function firstWorld({ programs, crashes }: Size): World {
  const agent = (): AgentState => ({ status: "running", crashes: 0, at: 0, seen: null, awarded: false });
  return {
    agents: Object.fromEntries(Object.keys(programs).map((name) => [name, agent()])),
    leases: [],
    waits: [],
    crashesLeft: crashes,
    time: 0,
    log: {
      ...{ facts: [], messages: [], deliveries: [], board: [] },
      ...{ announcement: null, bids: [], awards: [], reports: [], ended: {} },
    },
  };
}

/**
 * The same for worlds in which the same can happen: the order of what is independent does not count, and the content of a
 * message or bid follows from whose it is.
 */
export function keyOf({ agents, leases, waits, crashesLeft, time, log }: World): string {
  const list = (parts: readonly string[]) => [...parts].sort().join(",");
  const { announcement } = log;
  return [
    Object.values(agents).map(
      ({ status, crashes, at, seen, awarded }) =>
        `${status[0]}${crashes}.${at}.${seen?.version}.${seen?.value}.${awarded}`,
    ),
    list(leases.map(([holder, held]) => `${holder}:${held.map(({ name }) => name)}`)),
    list(waits.map(({ waiter, wait }) => `${waiter}:${wait.targets.map(({ node }) => node)}`)),
    `${crashesLeft}.${time}`,
    list(log.facts),
    list(log.messages.map(({ messageId }) => messageId)),
    list(log.deliveries.map(({ messageId, taskId }) => `${messageId}>${taskId}`)),
    log.board.map(({ version, value }) => `${version}.${value}`),
    announcement === null ? "" : `${announcement.round}.${announcement.bidders}.${announcement.deadline}`,
    list(log.bids.map(({ bidder, round, at }) => `${bidder}${round}.${at}`)),
    log.awards.map(({ agent, round }) => `${agent}${round}`),
    log.reports.map(({ agent, round }) => `${agent}${round}`),
    Object.entries(log.ended).sort().join(";"),
  ].join("|");
}

/** A world that can be changed without this one. What it holds of the log is only ever added to. */
export function copyOf({ agents, leases, waits, log, ...rest }: World): World {
  return {
    ...rest,
    agents: Object.fromEntries(Object.entries(agents).map(([name, agent]) => [name, { ...agent }])),
    leases: [...leases],
    waits: [...waits],
    log: {
      ...log,
      facts: [...log.facts],
      messages: [...log.messages],
      deliveries: [...log.deliveries],
      bids: [...log.bids],
      awards: [...log.awards],
      reports: [...log.reports],
      ended: { ...log.ended },
    },
  };
}

/** What the modules know as a run's tasks. */
export function tasksOf(world: World): { id: string; status: string }[] {
  return Object.keys(world.agents).map((id) => ({ id, status: world.log.ended[id] ?? "working" }));
}

const lease = (...on: string[]): Step => ({ do: "lease", on });
const send = (to: string): Step => ({ do: "send", to });
const ask = (to: string): Step => ({ do: "ask", to });
const gate: Step = { do: "gate" };
const count: Step = { do: "count" };
const contract: Step = { do: "contract" };

/** Explored in a few seconds, with every kind of step; enough to find each of the faults. */
export const SMALL: readonly Size[] = [
  {
    name: "a counter of two, a message, a crash",
    crashes: 1,
    programs: { a: [count, send("b")], b: [count, count] },
  },
  {
    name: "leases in both orders, a gate, 1 crash",
    crashes: 1,
    programs: { a: [lease("x"), lease("y")], b: [lease("y"), lease("x")], c: [gate, lease("x")] },
  },
  {
    name: "a question and a contract, 1 crash",
    crashes: 1,
    programs: { a: [ask("b"), contract], b: [lease("x")], c: [lease("x")] },
  },
];

export const FULL: readonly Size[] = [
  {
    name: "leases in both orders, a gate, 2 crashes",
    crashes: 2,
    programs: { a: [lease("x"), lease("y")], b: [lease("y"), lease("x")], c: [gate, lease("x")] },
  },
  {
    name: "a question, a contract, a lease, 2 crashes",
    crashes: 2,
    programs: { a: [ask("b"), contract], b: [lease("x")], c: [lease("x")] },
  },
  {
    name: "three who ask each other in a ring, a lease, a gate, 1 crash",
    crashes: 1,
    programs: { a: [lease("x"), ask("b")], b: [lease("x"), ask("c")], c: [gate, ask("a")] },
  },
  {
    name: "a contract, two leases, a gate, two messages, 2 crashes",
    crashes: 2,
    programs: { a: [lease("x"), contract], b: [lease("x", "y"), send("c")], c: [gate, send("a")] },
  },
  {
    name: "a contract, two leases in both orders, a gate, 2 crashes",
    crashes: 2,
    programs: { a: [contract], b: [lease("y"), lease("x")], c: [gate, lease("x", "y")] },
  },
];
