/** The Nexus protocol over WebSockets, where the settings say so. */
import { MAX_LINE_BYTES } from "../../../protocol/index.ts";
import type { LineSocket } from "../../host/lines.ts";
import type { ListeningWebSocket } from "../../host/web-socket.ts";
import type { WebSocketSettings } from "../../host/web-socket-settings.ts";
import type { Log } from "../../observability/log.ts";

/** Undefined, with a line in the log, where it cannot be served: a port that is taken must not keep the daemon from its other work. */
export async function openWebSocket(
  wish: WebSocketSettings,
  onSocket: (socket: LineSocket) => void,
  log: Log,
): Promise<ListeningWebSocket | undefined> {
  const { listenWebSocket } = await import("../../host/web-socket.ts");
  try {
    const listening = await listenWebSocket({ ...wish, maxFrameBytes: MAX_LINE_BYTES, onSocket });
    log.write("info", "WebSockets are served", { url: listening.url });
    return listening;
  } catch (error) {
    log.write("error", "WebSockets are not served", { error });
    return undefined;
  }
}
