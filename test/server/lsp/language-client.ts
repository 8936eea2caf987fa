/** A language client of the official library over two streams: what the server told it, and what it answers. */
import type { Readable, Writable } from "node:stream";
import {
  createProtocolConnection,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";

export interface Told<Params> {
  readonly method: string;
  readonly params: Params;
}

export interface LanguageClient<Params> {
  readonly client: ProtocolConnection;
  /** Every request and notification of the server, in order. */
  readonly told: Told<Params>[];
  /** Answers to the server's requests, by method; null where none is given. */
  readonly replies: Record<string, (params: Params) => unknown>;
  /** Resolves with the first message that the server sent, or sends, which fits. */
  until(fits: (told: Told<Params>) => boolean): Promise<Told<Params>>;
}

const NOTIFICATIONS = ["window/showMessage", "window/logMessage", "textDocument/publishDiagnostics", "$/progress"];
const REQUESTS = [
  ...["window/showMessageRequest", "window/showDocument", "window/workDoneProgress/create", "workspace/applyEdit"],
  ...["client/registerCapability", "workspace/diagnostic/refresh", "workspace/codeLens/refresh"],
];

/** It begins to read when it is told to listen. */
export function createLanguageClient<Params>(input: Writable, output: Readable): LanguageClient<Params> {
  const told: Told<Params>[] = [];
  const waiting = new Set<() => void>();
  const replies: LanguageClient<Params>["replies"] = {};
  const client = createProtocolConnection(new StreamMessageReader(output), new StreamMessageWriter(input));
  const note = (method: string, params: Params) => {
    told.push({ method, params });
    for (const look of [...waiting]) look();
  };
  for (const method of NOTIFICATIONS) client.onNotification(method, (params: Params) => note(method, params));
  for (const method of REQUESTS)
    client.onRequest(method, async (params: Params) => {
      note(method, params);
      return ((await replies[method]?.(params)) ?? null) as never;
    });
  return {
    ...{ client, told, replies },
    until(fits) {
      const { promise, resolve } = Promise.withResolvers<Told<Params>>();
      const look = () => {
        const found = told.find(fits);
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
      return promise;
    },
  };
}
