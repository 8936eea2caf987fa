/** Requests about sessions: conversations in one workspace, whoever began them. */
import * as z from "zod/mini";
import { request } from "./message.ts";
import { SessionMode } from "./run-events.ts";

const sessionId = z.string().check(z.minLength(1), z.maxLength(80));
const title = z.string().check(z.minLength(1), z.maxLength(200));

export const SessionSettings = z.object({
  mode: SessionMode,
  /** The most that each run of it may cost, in USD; null: no limit; left out: what the daemon is set to. */
  budgetUsd: z.optional(z.nullable(z.number().check(z.gte(0)))),
  /** The model of its runs by its name at the provider; left out: what the client uses. */
  model: z.optional(z.string().check(z.minLength(1), z.maxLength(200))),
  /** ask: a person is asked at the end of a run · keep: the change waits until somebody decides · accept: written at once. */
  changes: z.optional(z.enum(["ask", "keep", "accept"])),
  /** Folders beside the workspace that the conversation is about, as absolute paths. */
  directories: z.optional(z.array(z.string().check(z.minLength(1), z.maxLength(4096))).check(z.maxLength(32))),
});
/** What holds for the runs of a session that say nothing else. */
export type SessionSettings = z.infer<typeof SessionSettings>;

/** The settings that a request names; the others stay. */
export const SessionChange = z.partial(SessionSettings);
export type SessionChange = z.infer<typeof SessionChange>;

export const SessionSummary = z.object({
  sessionId,
  workspace: z.string(),
  /** What a person called it, else the beginning of its first prompt; empty before that. */
  title: z.string(),
  settings: SessionSettings,
  createdAt: z.string(),
  /** Of its latest run; without one, of the session. */
  updatedAt: z.string(),
});
export type SessionSummary = z.infer<typeof SessionSummary>;

export const sessionCreate = request(
  "session/create",
  "Makes a session without a run; run/start with its id begins the conversation.",
  z.object({
    workspace: z.string().check(z.minLength(1), z.maxLength(4096)),
    title: z.optional(title),
    settings: z.optional(SessionChange),
  }),
  z.object({ session: SessionSummary }),
);

export const sessionList = request(
  "session/list",
  "Sessions that have a run, the one that was used last first, a page at a time. Deleted ones are left out.",
  z.object({
    workspace: z.optional(z.string()),
    cursor: z.optional(z.string()),
    limit: z.optional(z.int().check(z.gte(1), z.lte(100))),
  }),
  z.object({ sessions: z.array(SessionSummary), nextCursor: z.nullable(z.string()) }),
);

export const sessionShow = request(
  "session/show",
  "One session. Its runs come from run/list.",
  z.object({ sessionId }),
  z.object({ session: SessionSummary }),
);

export const sessionUpdate = request(
  "session/update",
  "Changes a session's title or settings, for the runs that are started from now on.",
  z.object({
    sessionId,
    title: z.optional(title),
    settings: z.optional(SessionChange),
    /** Settings that are taken back. */
    reset: z.optional(z.array(z.enum(["budgetUsd", "model", "changes", "directories"])).check(z.maxLength(4))),
  }),
  z.object({ session: SessionSummary }),
);

export const sessionDelete = request(
  "session/delete",
  "Takes a session out of the list; nothing more can be started in it. Its runs stay in run/list, and what they wrote stays.",
  z.object({ sessionId }),
  z.object({}),
);
