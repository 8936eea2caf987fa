/** A language client of the official library, and what the LSP face told it. */
import { PassThrough } from "node:stream";
import { pathToFileURL } from "node:url";
import { createProtocolConnection, StreamMessageReader, StreamMessageWriter } from "vscode-languageserver/node";
import { systemClock } from "../../daemon/host/clock.ts";
import { lspFeatures } from "../../daemon/server/lsp/features.ts";
import { serveLsp } from "../../daemon/server/lsp/serve.ts";
import type { ClientConnection } from "../../protocol/index.ts";

export interface LspClient {
  /** Questions that are shown and not yet answered or withdrawn. */
  readonly asked: string[];
  readonly withdrawn: string[];
  readonly messages: string[];
  /** Kinds of progress, in order. */
  readonly progress: string[];
  run(goal: string): Promise<{ readonly runId: string; readonly sessionId: string }>;
  close(): Promise<void>;
}

/** The person at it answers nothing. */
export async function openLsp(connect: () => Promise<ClientConnection>, workspace: string): Promise<LspClient> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const exit = serveLsp({
    ...{ input, output, connect, version: "1.2.3", clock: systemClock, features: lspFeatures },
    ...{ isDaemonUp: async () => true, isAlive: () => true, runDefaults: async () => ({}) },
    reportFolder: `${workspace}-reports`,
  });
  const client = createProtocolConnection(new StreamMessageReader(output), new StreamMessageWriter(input));
  const lsp = { asked: [] as string[], withdrawn: [] as string[], messages: [] as string[], progress: [] as string[] };
  client.onRequest("window/showMessageRequest", ({ message }: { message: string }, token) => {
    lsp.asked.push(message);
    const { promise, resolve } = Promise.withResolvers<null>();
    token.onCancellationRequested(() => {
      lsp.withdrawn.push(message);
      resolve(null);
    });
    return promise;
  });
  client.onRequest("window/workDoneProgress/create", () => null);
  client.onNotification("window/showMessage", ({ message }: { message: string }) => void lsp.messages.push(message));
  client.onNotification("$/progress", ({ value }: { value: { kind: string } }) => void lsp.progress.push(value.kind));
  client.listen();
  await client.sendRequest("initialize", {
    processId: null,
    rootUri: null,
    capabilities: { window: { workDoneProgress: true } },
    workspaceFolders: [{ uri: pathToFileURL(workspace).href, name: "workspace" }],
  });
  await client.sendNotification("initialized", {});
  return {
    ...lsp,
    run: (goal) => client.sendRequest("workspace/executeCommand", { command: "nexus.run", arguments: [goal] }),
    async close() {
      input.end();
      await exit;
      client.dispose();
    },
  };
}
