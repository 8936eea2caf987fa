/** What must hold in every state, and in every state in which all agents have ended. */
import { overlapsOf } from "../../../daemon/collaboration/leases.ts";
import { recipientsOf } from "../../../protocol/index.ts";
import type { World } from "./world.ts";

/** What is wrong with this state; undefined: nothing. */
export function violation(world: World): string | undefined {
  const { leases, agents, log } = world;
  for (const [index, [holder, held]] of leases.entries()) {
    if (held.length > 0 && agents[holder]?.status !== "running") return "lease held by a dead agent";
    for (const [, others] of leases.slice(index + 1))
      if (overlapsOf(held, others).length > 0) return "lease held by two";
  }
  const deliveries = log.deliveries.map(({ messageId, taskId }) => `${messageId} ${taskId}`);
  if (new Set(deliveries).size < deliveries.length) return "message delivered twice";
  const rounds = log.awards.map(({ round }) => round);
  if (new Set(rounds).size < rounds.length) return "double award";
  if (log.reports.length > 1) return "work reported twice";
  return isFinal(world) ? finalViolation(world) : undefined;
}

export function isFinal({ agents }: World): boolean {
  return Object.values(agents).every(({ status }) => status === "ended");
}

function finalViolation({ log, leases, waits }: World): string | undefined {
  const readers = log.messages.flatMap((message) => recipientsOf(message).map((id) => `${message.messageId} ${id}`));
  const read = new Set(log.deliveries.map(({ messageId, taskId }) => `${messageId} ${taskId}`));
  const isLost = readers.some((reader) => log.ended[reader.split(" ")[1] ?? ""] === "done" && !read.has(reader));
  const sent = new Set(log.messages.map(({ messageId }) => messageId));
  // What was read must have been kept too: a message that is gone is lost, whoever read it.
  if (isLost || log.deliveries.some(({ messageId }) => !sent.has(messageId))) return "lost message";
  const counted = log.facts.filter((fact) => fact.endsWith("=counted")).length;
  if (Number(log.board[0]?.value ?? 0) !== counted) return "lost update";
  if (leases.some(([, held]) => held.length > 0)) return "lease held by a dead agent";
  return waits.length > 0 ? "somebody who has ended still waits" : undefined;
}
