/** What messages tell that the library answers by itself and does not pass on: who the client is, and what it listens to. */
import { CLIENT_INFO_META_KEY } from "@modelcontextprotocol/server";
import * as z from "zod/mini";

const Listen = z.object({
  id: z.union([z.string(), z.number()]),
  method: z.literal("subscriptions/listen"),
  params: z.object({
    notifications: z.object({ resourceSubscriptions: z.optional(z.array(z.string().check(z.maxLength(2000)))) }),
  }),
});

/** Undefined for every other message than a request to listen, which the newer revision has. */
export function listenedUris(
  message: unknown,
): { readonly id: string | number; readonly uris: readonly string[] } | undefined {
  const listen = Listen.safeParse(message);
  if (!listen.success) return undefined;
  const { id, params } = listen.data;
  return { id, uris: params.notifications.resourceSubscriptions ?? [] };
}

const Info = z.object({ name: z.string(), title: z.optional(z.string()), version: z.string() });
const Introduction = z.object({
  params: z.object({
    clientInfo: z.optional(Info),
    _meta: z.optional(z.object({ [CLIENT_INFO_META_KEY]: z.optional(Info) })),
  }),
});
const MOST_TITLE = 80;

/** What a client calls itself, in either revision: "Claude Code 2.1". */
export function clientTitle(message: unknown): string | undefined {
  const introduction = Introduction.safeParse(message);
  if (!introduction.success) return undefined;
  const { clientInfo, _meta: meta } = introduction.data.params;
  const info = clientInfo ?? meta?.[CLIENT_INFO_META_KEY];
  return info === undefined ? undefined : `${info.title ?? info.name} ${info.version}`.slice(0, MOST_TITLE);
}
