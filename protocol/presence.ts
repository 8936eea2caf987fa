/** Who is connected to the daemon now. */
import * as z from "zod/mini";
import { ClientFace, ClientRole } from "./handshake.ts";
import { notification, request } from "./message.ts";

export const PresentClient = z.object({
  connectionId: z.string(),
  /** The program's own name. */
  name: z.string(),
  /** What people call it; null where it said nothing of that. */
  title: z.nullable(z.string()),
  face: ClientFace,
  role: ClientRole,
  /** ISO 8601: when it connected. */
  since: z.string(),
  /** The runs that it watches, at most 20 of them. */
  runs: z.array(z.string()),
  runCount: z.int(),
});
export type PresentClient = z.infer<typeof PresentClient>;

export const presenceList = request(
  "presence/list",
  "The clients that are connected now, in the order in which they came.",
  z.object({
    /** Also asks each of them whether it is alive, for a second at most. */
    ping: z.optional(z.boolean()),
  }),
  z.object({
    /** The connection that asks. */
    you: z.string(),
    clients: z.array(
      z.extend(PresentClient, {
        /** With `ping`: milliseconds to its answer; null where none came, or it cannot be asked. */
        pingMs: z.optional(z.nullable(z.number())),
      }),
    ),
  }),
);

export const presenceWatch = request(
  "presence/watch",
  "From now on this connection is told who is connected (presence/changed): at once all, then what changes.",
  z.object({}),
  z.object({}),
);

export const presenceUnwatch = request("presence/unwatch", "Ends presence/watch.", z.object({}), z.object({}));

export const presenceChanged = notification(
  "presence/changed",
  "Clients came, went, or watch other runs; several changes within a tenth of a second come together.",
  z.object({
    /** True: these are all; whoever was known before and is not among them has gone. */
    whole: z.boolean(),
    /** New ones, and those that changed, as they are now. */
    clients: z.array(PresentClient),
    /** Connections that ended. */
    left: z.array(z.string()),
  }),
);
