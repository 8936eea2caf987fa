/** Whether a new plan does more than the one that was agreed to. */
import type { Plan } from "../../protocol/index.ts";
import { permissionsOf, plannedPath } from "../security/policy/permissions.ts";

/** Dearer by more than this is another decision. */
const MARGIN = 1.25;

/** Why a person should be asked again, one sentence each; empty when the agreed plan covers the new one. */
export function growthOf(before: Plan, after: Plan, run: Parameters<typeof permissionsOf>[1]): string[] {
  const old = permissionsOf(before, run);
  const fresh = permissionsOf(after, run);
  // A plan that names no files may change any.
  const paths = old.paths.length === 0 ? [] : fresh.paths.filter((path) => !plannedPath(old, path));
  const commands = fresh.commands.filter((command) => !old.commands.includes(command));
  return [
    ...(paths.length === 0 ? [] : [`It also changes ${listed(paths)}.`]),
    ...(old.paths.length > 0 && fresh.paths.length === 0 ? ["It names no files any more."] : []),
    ...(commands.length === 0 ? [] : [`It also runs ${listed(commands)}.`]),
    ...dearer(before.estimate, after.estimate),
  ];
}

function dearer(before: Plan["estimate"], after: Plan["estimate"]): string[] {
  if (before === undefined || after === undefined) return [];
  const costs = before.usd === null || after.usd === null ? false : after.usd > before.usd * MARGIN;
  if (costs) return [`It is thought to cost ${after.usd?.toFixed(2)} USD instead of ${before.usd?.toFixed(2)}.`];
  if (after.tokens <= before.tokens * MARGIN) return [];
  return [`It is thought to take ${after.tokens} tokens instead of ${before.tokens}.`];
}

const MOST_LISTED = 6;

function listed(items: readonly string[]): string {
  const more = items.length > MOST_LISTED ? ` and ${items.length - MOST_LISTED} more` : "";
  return `${items.slice(0, MOST_LISTED).join(", ")}${more}`;
}
