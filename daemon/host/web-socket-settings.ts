/** The setting `webSocket`. Apart from web-socket.ts, which brings a library. */
import * as z from "zod/mini";

export const WebSocketFile = z.strictObject({
  port: z.int().check(z.gte(0), z.lte(65_535)),
  origins: z.optional(z.array(z.string().check(z.maxLength(300))).check(z.maxLength(20))),
});

export interface WebSocketSettings {
  /** 0: any free one. */
  readonly port: number;
  /** Pages that may connect. */
  readonly origins: readonly string[];
}

export function webSocketSettings(file: z.infer<typeof WebSocketFile> | undefined): { webSocket?: WebSocketSettings } {
  return file === undefined ? {} : { webSocket: { port: file.port, origins: file.origins ?? [] } };
}
