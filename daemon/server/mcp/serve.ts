/** Serves MCP: over standard streams until the client goes, or over HTTP until it is told to stop. */
import type { Readable, Writable } from "node:stream";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import type { ClientConnection, ClientRole } from "../../../protocol/index.ts";
import { createLink } from "../link.ts";
import type { Links } from "./desk.ts";
import { startMcpHttp } from "./http.ts";
import { clientTitle, listenedUris } from "./overheard.ts";
import { type ClientServer, createMcpServer, type ServerOptions } from "./server.ts";
import { createBoundedStdio } from "./stdio.ts";

export interface McpOptions extends Pick<ServerOptions, "allowed" | "clock" | "folders" | "runDefaults" | "version"> {
  /** Finds or starts the daemon; `title` is what the client calls itself, as far as it is known. */
  connect(role: ClientRole, title: string): Promise<ClientConnection>;
}

/** Resolves when the client has gone. */
export async function serveMcpStdio(
  options: McpOptions,
  streams: { input: Readable; output: Writable },
): Promise<void> {
  let title: string | undefined;
  const { links, close } = openLinks(options, () => title ?? "MCP");
  let client: ClientServer | undefined;
  const { transport, closed } = createBoundedStdio({
    ...streams,
    clock: options.clock,
    // The newer revision's subscriptions are answered before the server sees them.
    onMessage(message) {
      title ??= clientTitle(message);
      const listened = listenedUris(message);
      if (listened !== undefined) queueMicrotask(() => void listen(listened));
      if ("method" in message && message.method === "notifications/cancelled")
        endListening(message.params?.["requestId"]);
    },
  });

  async function listen({
    id,
    uris,
  }: {
    readonly id: string | number;
    readonly uris: readonly string[];
  }): Promise<void> {
    await client?.subscriptions?.add(id, uris, { wasToldBefore: true }).catch(() => undefined);
  }

  function endListening(id: unknown): void {
    if (typeof id === "string" || typeof id === "number") client?.subscriptions?.remove(id);
  }

  const handle = serveStdio(
    ({ era }) => {
      // A client that first asks what we speak gets a server for that, which is dropped again.
      client?.close();
      client = createMcpServer({ ...options, links }, era, { lasting: true });
      return client.server;
    },
    { transport, maxSubscriptions: 100 },
  );
  await closed;
  client?.close();
  close();
  await handle.close();
}

/** Rejects with the system's error when the port is taken. */
export async function serveMcpHttp(options: McpOptions, http: { readonly port: number; readonly token: string }) {
  const { links, close } = openLinks(options, () => "MCP over HTTP");
  const { silentLog } = await import("../../observability/log-file.ts");
  try {
    const served = await startMcpHttp({ server: { ...options, links }, ...http, log: silentLog });
    return { url: served.url, close: () => served.close().finally(close) };
  } catch (error) {
    close();
    throw error;
  }
}

/** One connection a right, and each only when it is first needed. */
function openLinks({ connect, clock }: McpOptions, title: () => string): { links: Links; close: () => void } {
  const link = (role: ClientRole) => createLink({ connect: () => connect(role, title()), clock });
  const links: Links = { looking: link("agent"), acting: link("automation"), deciding: link("human") };
  const close = () => {
    for (const each of [links.looking, links.acting, links.deciding]) each.close();
  };
  return { links, close };
}
