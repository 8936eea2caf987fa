/** `nexus lsp --stdio`: requests of an editor, documents that change meanwhile, positions that are nowhere. */
import { pathToFileURL } from "node:url";
import { damagedBytes } from "./damage.ts";
import type { Face } from "./face.ts";
import type { Method } from "./messages.ts";
import type { Place } from "./place.ts";
import type { Random } from "./random.ts";
import type { Schema } from "./schema-values.ts";
import { openStdio } from "./stdio-session.ts";

const uri: Schema = { type: "string" };
const position: Schema = object({
  line: { type: "integer", maximum: 12 },
  character: { type: "integer", maximum: 40 },
});
const range: Schema = object({ start: position, end: position });
const document: Schema = object({ uri });
const place: Schema = object({ textDocument: document, position });
const diagnostic: Schema = object({
  range,
  message: { type: "string" },
  severity: { enum: [1, 2, 3, 4] },
  source: { type: "string" },
});

function object(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: "object", properties, required: Object.keys(properties) };
}

function list(items: Schema): Schema {
  return { type: "array", items };
}

const NOTIFICATIONS: Readonly<Record<string, Schema>> = {
  initialized: object({}),
  "textDocument/didOpen": object({
    textDocument: object({
      uri,
      languageId: { enum: ["typescript", "python", "none"] },
      version: { type: "integer" },
      text: { type: "string" },
    }),
  }),
  "textDocument/didChange": object({
    textDocument: object({ uri, version: { type: "integer" } }),
    contentChanges: list({
      anyOf: [object({ range, text: { type: "string" } }), object({ text: { type: "string" } })],
    }),
  }),
  "textDocument/didSave": object({ textDocument: document }),
  "textDocument/didClose": object({ textDocument: document }),
  "workspace/didChangeConfiguration": { type: "object", properties: { settings: {} } },
  "workspace/didChangeWatchedFiles": object({ changes: list(object({ uri, type: { enum: [1, 2, 3] } })) }),
  "workspace/didChangeWorkspaceFolders": object({
    event: object({
      added: list(object({ uri: { $ref: "#/folder" }, name: uri })),
      removed: list(object({ uri: { $ref: "#/folder" }, name: uri })),
    }),
  }),
  "window/workDoneProgress/cancel": object({ token: { type: "string" } }),
  "$/setTrace": object({ value: { enum: ["off", "messages", "verbose"] } }),
};

const REQUESTS: Readonly<Record<string, Schema>> = {
  initialize: object({ processId: { type: "null" }, rootUri: uri, capabilities: object({}) }),
  "textDocument/hover": place,
  "textDocument/definition": place,
  "textDocument/references": object({
    textDocument: document,
    position,
    context: object({ includeDeclaration: { type: "boolean" } }),
  }),
  "textDocument/documentSymbol": object({ textDocument: document }),
  "textDocument/codeLens": object({ textDocument: document }),
  "codeLens/resolve": object({ range, data: {} }),
  "textDocument/codeAction": object({
    textDocument: document,
    range,
    context: object({ diagnostics: list(diagnostic), only: list({ enum: ["quickfix", "refactor", "source"] }) }),
  }),
  "codeAction/resolve": object({
    title: { type: "string" },
    kind: { enum: ["quickfix", "refactor.rewrite"] },
    data: {},
  }),
  "textDocument/diagnostic": object({ textDocument: document }),
  "workspace/symbol": object({ query: { type: "string" } }),
  "workspaceSymbol/resolve": object({ name: { type: "string" }, location: object({ uri }) }),
  "workspace/executeCommand": object({
    command: { enum: ["nexus.run", "nexus.cancel", "nexus.ask", "nexus.open", "nexus.runTest", "nexus.runs", "none"] },
    arguments: list({}),
  }),
  "textDocument/completion": place,
  "textDocument/formatting": object({ textDocument: document, options: object({}) }),
};

const METHODS: readonly Method[] = [
  ...Object.entries(REQUESTS).map(([name, params]) => ({
    name,
    params,
    rarity: name === "workspace/executeCommand" ? 5 : 1,
  })),
  // Documents change all the time.
  ...Object.entries(NOTIFICATIONS).map(([name, params]) => ({ name, params, isNotification: true })),
];

export function lspFace(at: Place): Face {
  const uris = ["src/cart.ts", "src/price.ts", "src/wörter.py", "test/cart.test.ts", "none.ts"].map(
    (path) => pathToFileURL(`${at.repo}/${path}`).href,
  );
  const options = {
    place: at,
    words: ["lsp", "--stdio"],
    kind: "headers" as const,
    frame,
    probe: "nexus/probe",
    answer: answerLsp,
    farewell: [
      { jsonrpc: "2.0", id: "bye", method: "shutdown" },
      { jsonrpc: "2.0", method: "exit" },
    ],
  };
  return {
    name: "lsp",
    grammar: {
      methods: METHODS,
      cancel: { method: "$/cancelRequest", field: "id" },
      pools(name, random) {
        if (name === "uri" || name === "rootUri")
          return random.pick([
            ...uris,
            ...uris,
            "untitled:Untitled-1",
            "file:///none/x.ts",
            "http://x/y",
            "file:///%zz",
          ]);
        if (name === "text") return random.pick(TEXTS);
        if (name === "query") return random.pick(["", "Cart", "add", "grüße", "\u2028"]);
        return undefined;
      },
      // Whoever says that it goes must not expect more; a folder that is added is indexed, so it is never one outside.
      isBarred: (json) => /"(shutdown|exit)"|"processId":\d/.test(json),
    },
    strangerEvery: 40,
    frame,
    damaged: damagedHeaders,
    open: (isKnown) =>
      openStdio(
        {
          ...options,
          async greet(channel, send) {
            const folder = pathToFileURL(at.repo).href;
            const workspaceFolders = [{ uri: folder, name: "shop" }];
            await channel.ask("initialize", {
              processId: null,
              rootUri: folder,
              workspaceFolders,
              capabilities: CAPABILITIES,
            });
            send(JSON.stringify({ jsonrpc: "2.0", method: "initialized", params: {} }));
          },
        },
        isKnown,
      ),
    close: async () => undefined,
  };
}

const CAPABILITIES = {
  workspace: { applyEdit: true, workspaceFolders: true, configuration: true },
  textDocument: {
    hover: { contentFormat: ["markdown"] },
    codeAction: {
      codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix"] } },
      resolveSupport: { properties: ["edit"] },
      dataSupport: true,
    },
    publishDiagnostics: {},
  },
  window: { workDoneProgress: true, showDocument: { support: true } },
};
const TEXTS = [
  "",
  "x",
  "class Cart {\r\n add() {}\r\n}\n",
  "𝒳\u2028 = 1\n",
  "\ud800",
  "// ".repeat(30_000),
  "\n".repeat(5000),
];

function answerLsp(method: string): unknown {
  if (method === "workspace/configuration") return [null];
  if (method === "workspace/applyEdit") return { applied: false };
  if (method === "window/showDocument") return { success: false };
  return null;
}

function frame(text: string): Buffer {
  return Buffer.from(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}

function damagedHeaders(whole: Buffer, random: Random): Buffer {
  const body = whole.subarray(whole.indexOf("\r\n\r\n") + 4);
  const length = random.pick(["-1", "0", "1e3", `${body.length + 1}`, `${body.length - 1}`, "99999999999", "NaN", ""]);
  const withHeader = (header: string) => Buffer.concat([Buffer.from(header), body]);
  return random.pick<() => Buffer>([
    () => damagedBytes(whole, random),
    () => whole.subarray(0, random.below(whole.length)),
    () => withHeader(`Content-Length: ${length}\r\n\r\n`),
    () => withHeader(`content-length:${body.length}\n\n`),
    () => withHeader(`Content-Length: ${body.length}\r\nContent-Length: 3\r\n\r\n`),
    () => withHeader(`Content-Type: text/plain; charset=utf-16\r\nContent-Length: ${body.length}\r\n\r\n`),
    () => withHeader(`${"X-Header: x\r\n".repeat(1000)}Content-Length: ${body.length}\r\n\r\n`),
    () => body,
  ])();
}
