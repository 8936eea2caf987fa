/** What a client of the newer revision wants to hear of. The library answers the request itself and does not tell. */
import * as z from "zod/mini";

const Listen = z.object({
  id: z.union([z.string(), z.number()]),
  method: z.literal("subscriptions/listen"),
  params: z.object({
    notifications: z.object({ resourceSubscriptions: z.optional(z.array(z.string().check(z.maxLength(2000)))) }),
  }),
});

export function listenedUris(
  message: unknown,
): { readonly id: string | number; readonly uris: readonly string[] } | undefined {
  const listen = Listen.safeParse(message);
  if (!listen.success) return undefined;
  const { id, params } = listen.data;
  return { id, uris: params.notifications.resourceSubscriptions ?? [] };
}
