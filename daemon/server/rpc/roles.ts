/** What a connection may ask for, by the role that its handshake declared and signed. */
import type { ErrorCode } from "../../../protocol/errors.ts";
import type { ClientRole } from "../../../protocol/index.ts";

/** Decisions that need a person. */
const HUMAN_ONLY: ReadonlySet<string> = new Set([
  "approval/answer",
  "workspace/setTrust",
  "policy/remember",
  "plan/edit",
  "design/save",
]);

/** What a command that an agent started may ask for: looking, and nothing that changes what a person sees or decides. */
const AGENT_MAY: ReadonlySet<string> = new Set([
  ...["daemon/status", "request/cancel", "run/list", "run/show", "run/events", "run/watch", "run/unwatch"],
  ...["presence/list", "presence/watch", "presence/unwatch"],
  ...["session/list", "session/show"],
  ...["plan/show", "plan/history", "design/read", "design/picture", "design/export"],
  ...["workspace/trust", "memory/status", "memory/search", "memory/symbols", "memory/uses", "memory/impact"],
  ...["workflow/states", "workflow/compare", "workflow/schedules"],
  ...[
    "agent/list",
    "agent/card",
    "memory/about",
    "memory/connect",
    "memory/map",
    "memory/place",
    "memory/file",
    "memory/hotspots",
  ],
  ...["memory/facts", "approval/list", "changes/diff"],
]);

/** The error for a request that the role may not make; undefined when it may. */
export function refusalOf(role: ClientRole, method: string): ErrorCode | undefined {
  if (role === "agent") return AGENT_MAY.has(method) ? undefined : "connection.read_only";
  return role !== "human" && HUMAN_ONLY.has(method) ? "connection.not_human" : undefined;
}
