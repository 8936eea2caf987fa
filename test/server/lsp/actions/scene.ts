/** A real engine that asks its clients, with a scripted model, behind the real protocol, the LSP face in front of it, and the official language client. */
import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PassThrough } from "node:stream";
import { pathToFileURL } from "node:url";
import type { ClientCapabilities, InitializeResult } from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { systemClock } from "../../../../daemon/host/clock.ts";
import { silentLog } from "../../../../daemon/observability/log-file.ts";
import { createAskedClients } from "../../../../daemon/server/clients/asked.ts";
import { lspFeatures } from "../../../../daemon/server/lsp/features.ts";
import { createPositions } from "../../../../daemon/server/lsp/positions.ts";
import { serveLsp } from "../../../../daemon/server/lsp/serve.ts";
import { createClients } from "../../../../daemon/server/rpc/clients.ts";
import { createHandlers } from "../../../../daemon/server/rpc/handlers.ts";
import { startRpcServer } from "../../../../daemon/server/rpc/server.ts";
import type { ClientConnection } from "../../../../protocol/index.ts";
import { type Engine, type EngineOptions, startEngine } from "../../../support/engine.ts";
import { fakeControl } from "../../../support/fake-control.ts";
import { createFakeMemory } from "../../../support/fake-memory.ts";
import { openClient } from "../../../support/rpc-client.ts";
import type { Reply } from "../../../support/scripted/script.ts";
import { createLanguageClient, type LanguageClient } from "../language-client.ts";

const TOKEN = "2c".repeat(32);

const literals = { codeActionKind: { valueSet: ["quickfix", "refactor", "source"] } };
const edits = { documentChanges: true, resourceOperations: ["create" as const, "rename" as const, "delete" as const] };

/** Asks for the edit of an action when it is chosen. */
export const LAZY: ClientCapabilities = {
  general: { positionEncodings: ["utf-8", "utf-16"] },
  textDocument: {
    codeAction: {
      codeActionLiteralSupport: literals,
      resolveSupport: { properties: ["edit"] },
      dataSupport: true,
      disabledSupport: true,
    },
  },
  workspace: { applyEdit: true, workspaceEdit: edits, workspaceFolders: true },
  window: { showDocument: { support: true }, workDoneProgress: true, showMessage: {} },
};

/** Eglot 1.9: literals, no resolving, nothing but text edits. */
export const EAGER: ClientCapabilities = {
  textDocument: { codeAction: { codeActionLiteralSupport: literals } },
  workspace: { applyEdit: true, workspaceEdit: { documentChanges: true } },
  window: { workDoneProgress: true },
};

/** Whatever the server sends: read as each test expects it. */
type Json = ReturnType<typeof JSON.parse>;

export interface Scene extends LanguageClient<Json> {
  readonly engine: Engine;
  readonly exit: Promise<0 | 1>;
  model: { provider: string | null };
  uri(path: string): string;
  initialize(capabilities: ClientCapabilities, more?: object): Promise<InitializeResult>;
  /** Writes the file, unless it is to be in the editor alone, and opens it. */
  open(path: string, text: string, onDisk?: boolean): Promise<string>;
  /** The whole text of an open document becomes this one. */
  type(uri: string, text: string): Promise<void>;
  textOf(uri: string): string;
  /** As an editor does it; positions as they were negotiated. */
  apply(edit: Json): Promise<void>;
  actions(uri: string, range?: object, context?: object): Promise<Json[]>;
  resolve(action: object): Promise<Json>;
  read(path: string): string | undefined;
  hangUp(): void;
  close(): Promise<void>;
}

export const call = (tool: string, input: unknown): Reply => ({ toolCalls: [{ tool, arguments: input }] });
export const edit = (path: string, search: string, replace: string): Reply =>
  call("edit_file", { path, edits: [{ search, replace }] });

export const at = (line: number, character: number, endLine = line, endCharacter = character) => {
  return { start: { line, character }, end: { line: endLine, character: endCharacter } };
};

export async function createScene(options: EngineOptions): Promise<Scene> {
  const clients = createClients();
  const asked = createAskedClients(clients, { clock: systemClock, newId: randomUUID });
  const engine = await startEngine({ ...options, documents: asked.documents });
  await engine.trust.decide(engine.workspace, { trusted: true, by: "test", why: "test" });
  const memory = createFakeMemory();
  const address = join(engine.home, "d.sock");
  const model = { provider: "openai" as string | null };
  const control = {
    ...{ ...fakeControl(), trust: engine.trust, home: engine.home, status: () => ({ pid: 1 }) as never },
    configureModel: () => ({ provider: model.provider, model: null, hasKey: false }),
  };
  const server = await startRpcServer({
    ...{ address, identity: { token: TOKEN, version: "1", buildTime: 1, pid: 1 }, service: engine.service, memory },
    ...{
      handlers: createHandlers(engine.service, memory, control, asked),
      clients,
      clock: systemClock,
      log: silentLog,
    },
    ...{ limits: {}, onRefused: () => undefined },
  });
  const input = new PassThrough();
  const output = new PassThrough();
  const opened: ClientConnection[] = [];
  const exit = serveLsp({
    ...{ input, output, reportFolder: join(engine.home, "reports"), version: "1.2.3", features: lspFeatures },
    async connect(title) {
      const connection = await openClient(address, TOKEN, title, "human", { requests: ["client/applyEdit"] });
      opened.push(connection);
      return connection;
    },
    isDaemonUp: async () => true,
    runDefaults: async () => ({}),
    clock: { ...systemClock, timer: (ms, callback) => systemClock.timer(Math.min(ms, 5), callback) },
    isAlive: () => true,
  });
  const language = createLanguageClient<Json>(input, output);
  const { client } = language;
  client.listen();
  const texts = new Map<string, TextDocument>();
  let positions = createPositions("utf-16");

  const scene: Scene = {
    ...{ engine, exit, model, ...language },
    uri: (path) => pathToFileURL(join(engine.workspace, path)).href,
    async initialize(capabilities, more = {}) {
      const workspaceFolders = [{ uri: pathToFileURL(engine.workspace).href, name: "work" }];
      const params = { processId: null, rootUri: null, capabilities, workspaceFolders, ...more };
      const result = await client.sendRequest<InitializeResult>("initialize", params);
      positions = createPositions(result.capabilities.positionEncoding === "utf-8" ? "utf-8" : "utf-16");
      await client.sendNotification("initialized", {});
      return result;
    },
    async open(path, text, onDisk = true) {
      const file = join(engine.workspace, path);
      if (onDisk) {
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, text);
      }
      const uri = scene.uri(path);
      texts.set(uri, TextDocument.create(uri, "typescript", 1, text));
      const textDocument = { uri, languageId: "typescript", version: 1, text };
      await client.sendNotification("textDocument/didOpen", { textDocument });
      return uri;
    },
    async type(uri, text) {
      const version = (texts.get(uri)?.version ?? 0) + 1;
      texts.set(uri, TextDocument.create(uri, "typescript", version, text));
      const textDocument = { uri, version };
      await client.sendNotification("textDocument/didChange", { textDocument, contentChanges: [{ text }] });
    },
    textOf: (uri) => texts.get(uri)?.getText() ?? "",
    async apply({ documentChanges = [], changes = {} }) {
      const plain = Object.entries(changes).map(([uri, own]) => ({ textDocument: { uri, version: null }, edits: own }));
      for (const change of [...documentChanges, ...plain]) {
        if (change.kind === "create" || change.kind === "delete") continue;
        const { uri, version } = change.textDocument;
        const document = texts.get(uri);
        if (version !== null && version !== document?.version) throw new Error(`${uri} has another version`);
        const before = document ?? TextDocument.create(uri, "typescript", 0, "");
        const own = change.edits.map(({ range, newText }: Json) => ({
          newText,
          range: {
            start: before.positionAt(positions.offsetAt(before, range.start)),
            end: before.positionAt(positions.offsetAt(before, range.end)),
          },
        }));
        const text = TextDocument.applyEdits(before, own);
        if (document === undefined) await scene.open(uri.slice(scene.uri("").length + 1), text, false);
        else await scene.type(uri, text);
      }
    },
    actions: async (uri, range = at(0, 0), context = {}) =>
      (await client.sendRequest("textDocument/codeAction", {
        textDocument: { uri },
        range,
        context: { diagnostics: [], ...context },
      })) as Json[],
    resolve: (action) => client.sendRequest("codeAction/resolve", action),
    read(path) {
      try {
        return readFileSync(join(engine.workspace, path), "utf8");
      } catch {
        return undefined;
      }
    },
    hangUp: () => void input.end(),
    async close() {
      input.end();
      await exit;
      client.dispose();
      for (const connection of opened) connection.close();
      await server.close();
      await engine.close();
    },
  };
  return scene;
}
