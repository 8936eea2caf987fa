/** What `nexus rpc --stdio` understands before the daemon's own messages. */
import * as z from "zod/mini";
import { Client, ClientCapabilities, ClientRole, DaemonCapabilities } from "./handshake.ts";
import { request } from "./message.ts";

export const connectionOpen = request(
  "connection/open",
  "May be the first message over standard streams: the client says who it is and what it can do. `nexus rpc` then shakes hands for it.",
  z.object({
    client: z.optional(z.object({ name: Client.shape.name, title: Client.shape.title, face: Client.shape.face })),
    capabilities: z.optional(ClientCapabilities),
  }),
  z.object({
    connectionId: z.string(),
    /** For whom the connection speaks; `--as` asks for one, an agent's environment lowers it. */
    role: ClientRole,
    protocolVersion: z.int(),
    /** Of the daemon. */
    version: z.string(),
    pid: z.int(),
    capabilities: z.optional(DaemonCapabilities),
  }),
);
/** Who a client on standard streams says that it is; left out: a program without a name. */
export type ConnectionWish = z.infer<typeof connectionOpen.params>;
export type OpenConnection = z.infer<typeof connectionOpen.result>;
