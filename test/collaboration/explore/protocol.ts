/** The real modules as the exploration uses them, and variants with one fault each, which it must find. */

import { type BoardWrite, type Written, writeBoard } from "../../../daemon/collaboration/blackboard.ts";
import { type Acquired, acquire, type LeaseTable, release } from "../../../daemon/collaboration/leases.ts";
import {
  createWaitGraph,
  leaseNode,
  taskNode,
  type Wait,
  type WaitAnswer,
} from "../../../daemon/collaboration/wait-for.ts";
import { type AgentMessage, type BoardEntry, type Lease, unreadMessages } from "../../../protocol/index.ts";
import type { World } from "./world.ts";

export interface Protocol {
  acquire(table: LeaseTable, holder: string, leases: readonly Lease[]): Acquired;
  release(table: LeaseTable, holder: string): LeaseTable;
  /** What becomes of the leases of an agent that crashed. */
  releaseCrashed(table: LeaseTable, holder: string): LeaseTable;
  begin(world: World, waiter: string, wait: Wait): WaitAnswer;
  unread(world: World, agent: string): AgentMessage[];
  /** What becomes of the messages to an agent that crashed. */
  keepMail(world: World, crashed: string): AgentMessage[];
  write(board: readonly BoardEntry[], write: BoardWrite): Written;
  isAwarded(world: World, coordinator: string, round: number): boolean;
  isReported(world: World, round: number): boolean;
}

export const REAL: Protocol = {
  acquire,
  release,
  releaseCrashed: release,
  begin: (world, waiter, wait) => graphOf(world).begin(taskNode(waiter), wait),
  unread: ({ log }, agent) => unreadMessages(log, agent),
  keepMail: ({ log }) => log.messages,
  write: writeBoard,
  isAwarded: ({ log }, _coordinator, round) => log.awards.some((award) => award.round === round),
  isReported: ({ log }, round) => log.reports.some((report) => report.round === round),
};

/** By what is wrong with it: what the exploration must say of it. */
export const FAULTS: Readonly<Record<string, { readonly protocol: Protocol; readonly finds: string }>> = {
  "waits are not checked": {
    protocol: { ...REAL, begin: () => ({ ok: true }) },
    finds: "deadlock",
  },
  "leases are given although they overlap": {
    protocol: {
      ...REAL,
      acquire: (table, holder, leases) => ({ ok: true, table: new Map(table).set(holder, leases) }),
    },
    finds: "lease held by two",
  },
  "a crash leaves leases behind": {
    protocol: { ...REAL, releaseCrashed: (table) => table },
    finds: "lease held by a dead agent",
  },
  "what was read is forgotten": {
    protocol: {
      ...REAL,
      unread: ({ log, agents }, agent) =>
        (agents[agent]?.at ?? 0) > 0 ? unreadMessages(log, agent) : unreadMessages({ messages: log.messages }, agent),
    },
    finds: "message delivered twice",
  },
  "a crash empties the mailbox": {
    protocol: { ...REAL, keepMail: ({ log }, crashed) => log.messages.filter(({ to }) => to !== crashed) },
    finds: "lost message",
  },
  "an award is remembered outside of the log": {
    protocol: { ...REAL, isAwarded: ({ agents }, coordinator) => agents[coordinator]?.awarded === true },
    finds: "double award",
  },
  "a report is not looked for": {
    protocol: { ...REAL, isReported: () => false },
    finds: "work reported twice",
  },
  "the board takes every version": {
    protocol: {
      ...REAL,
      write: (board, write) =>
        writeBoard(board, { ...write, seen: board.find(({ key }) => key === write.key)?.version ?? 0 }),
    },
    finds: "lost update",
  },
};

/** The graph as it stands: leases wait for their holders, agents for what they wait for. */
function graphOf({ leases, waits }: World) {
  const graph = createWaitGraph();
  for (const [holder, held] of leases)
    for (const lease of held)
      graph.begin(leaseNode(lease), { until: "all", targets: [{ node: taskNode(holder), words: "is held by" }] });
  for (const { waiter, wait } of waits) graph.begin(taskNode(waiter), wait);
  return graph;
}
