/** Who has still to read what, by the messages and deliveries in a run's state. */
import type { AgentMessage, MessageDelivery } from "./collaboration-events.ts";

export interface Mail {
  readonly messages?: readonly AgentMessage[] | undefined;
  readonly deliveries?: readonly MessageDelivery[] | undefined;
}

/** The tasks that a message is for. */
export function recipientsOf({ to, recipients }: AgentMessage): readonly string[] {
  return recipients ?? [to];
}

/** The messages that this task has still to read, the oldest first. */
export function unreadMessages({ messages = [], deliveries = [] }: Mail, taskId: string): AgentMessage[] {
  const read = new Set(deliveries.flatMap((delivery) => (delivery.taskId === taskId ? [delivery.messageId] : [])));
  return messages.filter((message) => recipientsOf(message).includes(taskId) && !read.has(message.messageId));
}
