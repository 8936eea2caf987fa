/**
 * Requests that the daemon sends to a client. It asks only for what the client named in the handshake
 * (`capabilities.requests`), so a client that answers none needs to know nothing of this.
 */
import * as z from "zod/mini";
import { clientApplyEdit, clientApproval, clientModel, clientTerminal } from "./client-requests.ts";
import { notification, reverseRequest } from "./message.ts";

export const clientPing = reverseRequest(
  "client/ping",
  "Asks whether the client is alive. Clients made with `connectClient` answer it by themselves.",
  z.object({}),
  z.object({}),
);

export const REVERSE_REQUESTS = [clientPing, clientModel, clientApplyEdit, clientApproval, clientTerminal] as const;

export const requestCancelled = notification(
  "request/cancelled",
  "The daemon gives up a request that it sent to this client; an answer to it changes nothing any more.",
  z.object({
    /** The JSON-RPC id of that request. */
    id: z.string(),
  }),
);

type ReverseUnion = (typeof REVERSE_REQUESTS)[number];

/** A request that the daemon sends and a client answers. */
export type ReverseName = ReverseUnion["name"];
type ReverseOf<Name extends ReverseName> = Extract<ReverseUnion, { name: Name }>;
export type ReverseParams<Name extends ReverseName> = z.output<ReverseOf<Name>["params"]>;
export type ReverseAnswer<Name extends ReverseName> = z.output<ReverseOf<Name>["result"]>;
