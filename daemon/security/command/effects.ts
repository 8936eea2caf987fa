/** Which of two effects weighs more. */
import type { CommandEffect } from "./facts.ts";

const ORDER: readonly CommandEffect[] = [
  "reads",
  "changes",
  "project",
  "network",
  "unknown",
  "destructive",
  "forbidden",
];

export function worst(first: CommandEffect, second: CommandEffect): CommandEffect {
  return ORDER.indexOf(second) > ORDER.indexOf(first) ? second : first;
}
