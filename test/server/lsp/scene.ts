/** A daemon with fakes behind its protocol, the face in front of it over streams, and a language client of the official library. */
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PassThrough } from "node:stream";
import { pathToFileURL } from "node:url";
import { expect, vi } from "vitest";
import type { ClientCapabilities, InitializeResult } from "vscode-languageserver/node";
import { systemClock } from "../../../daemon/host/clock.ts";
import { silentLog } from "../../../daemon/observability/log-file.ts";
import type { CreateFeature } from "../../../daemon/server/lsp/feature.ts";
import { lspFeatures } from "../../../daemon/server/lsp/features.ts";
import { serveLsp } from "../../../daemon/server/lsp/serve.ts";
import { type ClientDirectory, createClients } from "../../../daemon/server/rpc/clients.ts";
import { createHandlers } from "../../../daemon/server/rpc/handlers.ts";
import { type RpcServer, startRpcServer } from "../../../daemon/server/rpc/server.ts";
import type { ClientConnection, NexusError, RunEventBody } from "../../../protocol/index.ts";
import { fakeControl } from "../../support/fake-control.ts";
import { createFakeMemory, type FakeMemory } from "../../support/fake-memory.ts";
import { created, createFakeRunService, type FakeRunService, summary } from "../../support/fake-run-service.ts";
import { memoryTrust } from "../../support/guard.ts";
import { removeFolder } from "../../support/remove.ts";
import { openClient } from "../../support/rpc-client.ts";
import { createLanguageClient, type LanguageClient } from "./language-client.ts";

const TOKEN = "1b".repeat(32);

/** Neovim 0.7: UTF-16, nothing registered later, nothing asked for. */
export const OLD_CLIENT: ClientCapabilities = {
  textDocument: {
    documentSymbol: { hierarchicalDocumentSymbolSupport: true },
    hover: { contentFormat: ["markdown", "plaintext"] },
  },
  workspace: { applyEdit: true, workspaceEdit: { documentChanges: true } },
  window: { showDocument: { support: false }, workDoneProgress: true },
};

/** What a recent VS Code sends, as far as it matters here. */
export const NEW_CLIENT: ClientCapabilities = {
  general: { positionEncodings: ["utf-8", "utf-16"] },
  textDocument: {
    documentSymbol: { hierarchicalDocumentSymbolSupport: true, dynamicRegistration: true },
    hover: { contentFormat: ["markdown", "plaintext"], dynamicRegistration: true },
    codeLens: { dynamicRegistration: true },
    references: { dynamicRegistration: true },
    definition: { dynamicRegistration: true },
    diagnostic: { dynamicRegistration: true },
  },
  workspace: {
    applyEdit: true,
    workspaceEdit: { documentChanges: true },
    symbol: { dynamicRegistration: true, resolveSupport: { properties: ["location.range"] } },
    executeCommand: { dynamicRegistration: true },
    diagnostics: { refreshSupport: true },
    codeLens: { refreshSupport: true },
    workspaceFolders: true,
  },
  window: { showDocument: { support: true }, workDoneProgress: true },
};

/** What the server's messages hold; of each only some. */
export interface ToldParams {
  readonly token: string;
  readonly value: { readonly kind: string; readonly title: string; readonly message: string };
  readonly message: string;
  readonly actions: readonly { readonly title: string }[];
  readonly uri: string;
  readonly diagnostics: readonly object[];
  readonly registrations: readonly { readonly method: string; readonly registerOptions: object }[];
  readonly edit: object;
}

export interface Scene extends LanguageClient<ToldParams> {
  readonly folder: string;
  readonly memory: FakeMemory;
  readonly service: FakeRunService;
  /** Of the daemon. */
  readonly clients: ClientDirectory;
  /** Raw streams, for what no client would send. */
  readonly input: PassThrough;
  readonly output: PassThrough;
  readonly exit: Promise<0 | 1>;
  readonly connections: () => number;
  uri(path: string): string;
  /** Writes the file and opens it in the editor. */
  open(path: string, text: string, languageId?: string): Promise<string>;
  initialize(capabilities: ClientCapabilities, more?: object): Promise<InitializeResult>;
  /** The same, and resolves when the face has asked the daemon for the runs of its folders. */
  start(capabilities: ClientCapabilities): Promise<void>;
  run(runId: string, ...bodies: RunEventBody[]): void;
  restartDaemon(): Promise<void>;
  close(): Promise<void>;
}

export interface SceneOptions {
  readonly features?: readonly CreateFeature[];
  /** False: the test speaks over the raw streams. */
  readonly listen?: boolean;
  readonly isAlive?: () => boolean;
  readonly clientPid?: number;
  /** Why there is no daemon to be had. */
  readonly refusal?: NexusError;
}

export async function createScene(options: SceneOptions = {}): Promise<Scene> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "nexus-lsp-")));
  const folder = join(root, "shop");
  mkdirSync(folder);
  const memory = createFakeMemory();
  const service = createFakeRunService();
  const address = join(root, "d.sock");
  const control = { ...fakeControl(), status: () => ({ pid: 1 }) as never, trust: memoryTrust(), home: root };
  const clients = createClients();
  const start = (): Promise<RpcServer> =>
    startRpcServer({
      ...{ address, identity: { token: TOKEN, version: "1", buildTime: 1, pid: 1 }, service, memory },
      ...{ handlers: createHandlers(service, memory, control), clock: systemClock, log: silentLog },
      ...{ limits: {}, onRefused: () => undefined, clients },
    });
  let server: RpcServer | undefined = await start();
  const input = new PassThrough();
  const output = new PassThrough();
  const opened: ClientConnection[] = [];
  const exit = serveLsp({
    input,
    output,
    async connect(title) {
      if (options.refusal !== undefined) throw options.refusal;
      const connection = await openClient(address, TOKEN, title, "human", { requests: ["client/applyEdit"] });
      opened.push(connection);
      return connection;
    },
    isDaemonUp: async () => server !== undefined && options.refusal === undefined,
    reportFolder: join(root, "reports"),
    runDefaults: async () => ({}),
    version: "1.2.3",
    clock: { ...systemClock, timer: (ms, callback) => systemClock.timer(Math.min(ms, 5), callback) },
    isAlive: options.isAlive ?? (() => true),
    features: options.features ?? lspFeatures,
    ...(options.clientPid === undefined ? {} : { clientPid: options.clientPid }),
  });
  const language = createLanguageClient<ToldParams>(input, output);
  const { client } = language;
  if (options.listen !== false) client.listen();

  const scene: Scene = {
    ...{ folder, memory, service, clients, input, output, exit, ...language },
    connections: () => server?.connectionCount() ?? 0,
    uri: (path) => pathToFileURL(join(folder, path)).href,
    async open(path, text, languageId = "typescript") {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
      const uri = scene.uri(path);
      await client.sendNotification("textDocument/didOpen", { textDocument: { uri, languageId, version: 1, text } });
      return uri;
    },
    async initialize(capabilities, more = {}) {
      const workspaceFolders = [{ uri: pathToFileURL(folder).href, name: "shop" }];
      const clientInfo = { name: "Test", version: "1" };
      const params = { processId: null, rootUri: null, capabilities, workspaceFolders, clientInfo, ...more };
      const result = await client.sendRequest<InitializeResult>("initialize", params);
      await client.sendNotification("initialized", {});
      return result;
    },
    async start(capabilities) {
      await scene.initialize(capabilities);
      await vi.waitFor(() => expect(service.calls.map(({ name }) => name)).toContain("list"), { interval: 2 });
    },
    run(runId, ...bodies) {
      const first = { ...created(), workspace: folder, headless: false } as RunEventBody;
      for (const body of [first, ...bodies]) service.emit(runId, body);
      service.changed({ ...summary(runId), workspace: folder });
    },
    async restartDaemon() {
      await server?.close();
      server = undefined;
      server = await start();
    },
    async close() {
      input.end();
      await exit;
      client.dispose();
      for (const connection of opened) connection.close();
      await server?.close();
      await removeFolder(root);
    },
  };
  return scene;
}
