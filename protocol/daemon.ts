import * as z from "zod/mini";
import { notification, request } from "./message.ts";

const Slots = z.object({ limit: z.int(), active: z.int(), queued: z.int() });

export const Scheduling = z.object({
  /** The runs that wait, the next one first, at most 100. */
  runs: z.extend(Slots, { waiting: z.array(z.object({ runId: z.string(), priority: z.string() })) }),
  tasks: Slots,
  /** Those that were asked since the daemon started. `limit` is below `most` after the provider had too much to do. */
  providers: z.array(z.extend(Slots, { provider: z.string(), most: z.int() })),
});
/** Who has slots, and who waits for one. */
export type Scheduling = z.infer<typeof Scheduling>;

export const DaemonStatus = z.object({
  pid: z.int(),
  version: z.string(),
  buildTime: z.int(),
  protocolVersion: z.int(),
  home: z.string(),
  startedAt: z.string(),
  uptimeMs: z.number(),
  rssBytes: z.int(),
  connections: z.int(),
  activeRuns: z.int(),
  /** Left out by older daemons. */
  scheduling: z.optional(Scheduling),
  draining: z.boolean(),
  /** Milliseconds until an idle daemon exits; null while it is busy. */
  idleExitMs: z.nullable(z.number()),
});
export type DaemonStatus = z.infer<typeof DaemonStatus>;

export const daemonStatus = request("daemon/status", "How the daemon is.", z.object({}), DaemonStatus);

export const daemonStop = request(
  "daemon/stop",
  "Drains the daemon: running work is suspended at its next recorded step and goes on at the next start.",
  z.object({
    /** With `ifIdle` a daemon that has active runs or other clients answers false and goes on. */
    ifIdle: z.boolean(),
  }),
  z.object({ stopping: z.boolean() }),
);

export const daemonDraining = notification(
  "daemon/draining",
  "The daemon is about to exit; connect again in a moment.",
  z.object({ reason: z.string() }),
);

export const CheckResult = z.object({
  name: z.string(),
  status: z.enum(["ok", "warning", "error"]),
  message: z.string(),
  hint: z.optional(z.string()),
});
export type CheckResult = z.infer<typeof CheckResult>;

export const daemonCheck = request(
  "daemon/check",
  "Checks the store: integrity, and that every projection equals a replay of the event log.",
  z.object({}),
  z.object({ checks: z.array(CheckResult) }),
);

export const modelConfigure = request(
  "model/configure",
  "Sets model, address and keys for this daemon's life. Keys are kept in memory only and are never logged.",
  z.object({
    provider: z.optional(z.string()),
    model: z.optional(z.string()),
    baseUrl: z.optional(z.string()),
    apiKey: z.optional(z.string()),
  }),
  z.object({ provider: z.nullable(z.string()), model: z.nullable(z.string()), hasKey: z.boolean() }),
);

export const requestCancel = request(
  "request/cancel",
  "Cancels a request of this connection that is not answered yet; it then ends with `request.cancelled`, or with its answer if that was on its way.",
  z.object({
    /** The JSON-RPC id of that request. */
    id: z.union([z.string(), z.number()]),
  }),
  z.object({
    /** False when no such request is under way. */
    cancelled: z.boolean(),
  }),
);
