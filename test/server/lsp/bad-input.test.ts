/** What no good client sends: the protocol's own errors, nothing else disturbed, and an end in time. */
import { afterEach, describe, expect, it } from "vitest";
import { createFrameReader } from "../../../daemon/server/lsp/frames.ts";
import { createScene, OLD_CLIENT, type Scene, type SceneOptions } from "./scene.ts";

let scene: Scene;
afterEach(() => scene.close());

interface Got {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: { readonly value?: { readonly kind?: string } };
  readonly result?: unknown;
  readonly error?: { readonly code: number };
  readonly problem?: string;
}

/** Speaks over the raw streams. */
async function raw(options: SceneOptions = {}) {
  scene = await createScene({ ...options, listen: false });
  const got: Got[] = [];
  const waiting = new Set<() => void>();
  const push = createFrameReader({
    onText(text) {
      got.push(JSON.parse(text));
      for (const look of [...waiting]) look();
      return true;
    },
    onProblem: (_, message) => void got.push({ problem: message }),
  });
  scene.output.on("data", push);
  const send = (message: unknown) => {
    const body = typeof message === "string" ? message : JSON.stringify(message);
    scene.input.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  const until = (fits: (message: Got) => boolean) =>
    new Promise<Got>((resolve) => {
      const look = () => {
        const found = got.find(fits);
        if (found !== undefined) resolve(found);
      };
      waiting.add(look);
      look();
    });
  let lastId = 1000;
  return {
    got,
    send,
    until,
    async ask(method: string, params?: unknown) {
      lastId += 1;
      const id = lastId;
      send({ jsonrpc: "2.0", id, method, ...(params === undefined ? {} : { params }) });
      return until((message) => message.id === id && message.method === undefined);
    },
    notify: (method: string, params?: unknown) => send({ jsonrpc: "2.0", method, ...(params ? { params } : {}) }),
    start() {
      return this.ask("initialize", { processId: null, rootUri: scene.uri("."), capabilities: OLD_CLIENT });
    },
  };
}

const nested = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;

it("refuses requests before initialize and after shutdown, and a second initialize", async () => {
  const client = await raw();
  expect(await client.ask("textDocument/hover", {})).toMatchObject({ error: { code: -32002 } });
  expect(await client.ask("shutdown")).toMatchObject({ error: { code: -32002 } });
  expect(await client.ask("initialize", { capabilities: 3 })).toMatchObject({ error: { code: -32602 } });
  expect(await client.ask("initialize")).toMatchObject({ error: { code: -32602 } });
  expect(await client.start()).toMatchObject({ result: { serverInfo: { name: "Nexus" } } });
  expect(await client.start()).toMatchObject({ error: { code: -32600 } });
  expect(await client.ask("shutdown")).toMatchObject({ result: null });
  expect(await client.ask("textDocument/hover", {})).toMatchObject({ error: { code: -32600 } });
  client.notify("exit");
  expect(await scene.exit).toBe(0);
});

it.each([
  ["no JSON", "{", null, -32700],
  ["a batch", '[{"jsonrpc":"2.0","id":1,"method":"shutdown"}]', null, -32600],
  ["no object", "5", null, -32600],
  ["another version", '{"jsonrpc":"1.0","id":7,"method":"shutdown"}', 7, -32600],
  ["a method that is no text", '{"jsonrpc":"2.0","id":7,"method":{}}', 7, -32600],
  ["an id that is of no use", '{"jsonrpc":"2.0","id":{},"method":"shutdown"}', null, -32600],
  ["no method and no result", '{"jsonrpc":"2.0","id":7}', 7, -32600],
  ["params that are a text", '{"jsonrpc":"2.0","id":7,"method":"shutdown","params":"x"}', 7, -32600],
  ["too many levels", `{"jsonrpc":"2.0","id":7,"method":"x","params":${nested(64)}}`, 7, -32600],
  ["a million levels", `{"jsonrpc":"2.0","id":7,"method":"x","params":${nested(1_000_000)}}`, 7, -32600],
])("answers a message with %s by the protocol's error, and goes on", async (_, message, id, code) => {
  const client = await raw();
  await client.start();
  client.send(message);
  expect(await client.until(({ error }) => error !== undefined)).toMatchObject({ id, error: { code } });
  expect(await client.ask("workspace/symbol", { query: "\u2028" })).toMatchObject({ result: [{ name: "add" }] });
});

it("takes 63 levels, line separators inside of texts, and null for parameters that are none", async () => {
  const client = await raw();
  await client.start();
  expect(await client.ask("x/y", { a: JSON.parse(nested(62)) })).toMatchObject({ error: { code: -32601 } });
  expect(await client.ask("workspace/symbol", [{ query: "a" }])).toMatchObject({ error: { code: -32602 } });
  client.send('{"jsonrpc":"2.0","id":"s","method":"shutdown","params":null}');
  expect(await client.until(({ id }) => id === "s")).toMatchObject({ result: null });
});

it("ignores notifications and responses that nobody can use", async () => {
  const client = await raw();
  client.notify("textDocument/didOpen", { textDocument: 4 });
  await client.start();
  for (const params of [undefined, {}, { id: null }, [1]]) client.notify("$/cancelRequest", params);
  client.notify("textDocument/didChange", { textDocument: { uri: 4 } });
  client.notify("window/workDoneProgress/cancel", { token: {} });
  client.notify("workspace/didChangeWorkspaceFolders", { event: 1 });
  client.notify("$/setTrace");
  client.notify("no/such/thing", { a: 1 });
  for (const id of [1, null, "x"]) client.send({ jsonrpc: "2.0", id, result: 1 });
  client.send({ jsonrpc: "2.0", id: 5, error: "no object" });
  expect(await client.ask("workspace/symbol", { query: "a" })).toMatchObject({ result: [{ name: "add" }] });
});

it("answers a request whose id is in use already, and both stay apart", async () => {
  const client = await raw();
  const { promise, resolve } = Promise.withResolvers<void>();
  await client.start();
  scene.memory.answers.symbols = async () => {
    await promise;
    return { symbols: [], nextCursor: null };
  };
  client.send({ jsonrpc: "2.0", id: 1, method: "workspace/symbol", params: { query: "a" } });
  client.send({ jsonrpc: "2.0", id: 1, method: "workspace/symbol", params: { query: "b" } });
  expect(await client.until(({ id, error }) => id === 1 && error !== undefined)).toMatchObject({
    error: { code: -32600 },
  });
  resolve();
  expect(await client.until(({ id, result }) => id === 1 && result !== undefined)).toMatchObject({ result: [] });
});

it("cancels what the client cancels, down to the daemon", async () => {
  const client = await raw();
  await client.start();
  const aborted = Promise.withResolvers<void>();
  scene.memory.answers.symbols = (_: never, { signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => {
        aborted.resolve();
        reject(signal.reason);
      });
      client.notify("$/cancelRequest", { id: 1 });
    });
  client.send({ jsonrpc: "2.0", id: 1, method: "workspace/symbol", params: { query: "a" } });
  expect(await client.until(({ id }) => id === 1)).toMatchObject({ error: { code: -32800 } });
  await aborted.promise;
});

it("reads on after more cancelled requests than may wait, as an editor sends them in a day", async () => {
  const client = await raw();
  await client.start();
  const [first, last] = [10_000, 11_100];
  let working = first;
  scene.memory.answers.symbols = (_: never, { signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
      client.notify("$/cancelRequest", { id: working++ });
    });
  for (let id = first; id < last; id++) {
    client.send({ jsonrpc: "2.0", id, method: "workspace/symbol", params: { query: "a" } });
    if (id % 50 === 0) await client.until((message) => message.id === id);
  }
  expect(await client.until(({ id }) => id === last - 1)).toMatchObject({ error: { code: -32800 } });
  delete scene.memory.answers.symbols;
  expect(await client.ask("workspace/symbol", { query: "a" })).toMatchObject({ result: [{ name: "add" }] });
});

it("outlives requests that are cancelled before their turn, and again while they are at work", async () => {
  const client = await raw();
  await client.start();
  for (let id = 1; id <= 50; id++) {
    client.notify("$/cancelRequest", { id });
    client.send({ jsonrpc: "2.0", id, method: "workspace/symbol", params: { query: "a" } });
    client.notify("$/cancelRequest", { id });
  }
  for (let times = 0; times < 20; times++) {
    await new Promise((resolve) => setImmediate(resolve));
    for (let id = 1; id <= 50; id++) client.notify("$/cancelRequest", { id });
  }
  expect(await client.until(({ id }) => id === 50)).toMatchObject({ error: { code: -32800 } });
  expect(await client.ask("workspace/symbol", { query: "a" })).toMatchObject({ result: [{ name: "add" }] });
});

it("forgets a document whose change it cannot read, rather than guess its text", async () => {
  const client = await raw();
  await client.start();
  const uri = scene.uri("a.ts");
  client.notify("textDocument/didOpen", { textDocument: { uri, languageId: "x", version: 1, text: "add" } });
  const place = { textDocument: { uri }, position: { line: 0, character: 1 } };
  expect((await client.ask("textDocument/hover", place)).result).not.toBeNull();
  client.notify("textDocument/didChange", {
    textDocument: { uri, version: 2 },
    contentChanges: [{ range: {}, text: 1 }],
  });
  expect((await client.ask("textDocument/hover", place)).result).toBeNull();
});

it("puts changes at positions that are not there to the nearest that is", async () => {
  const client = await raw();
  await client.start();
  const uri = scene.uri("a.ts");
  client.notify("textDocument/didOpen", { textDocument: { uri, languageId: "x", version: 1, text: "a\nb" } });
  const range = { start: { line: 70, character: 9 }, end: { line: 0, character: 1 } };
  client.notify("textDocument/didChange", {
    textDocument: { uri, version: 9 },
    contentChanges: [{ range, text: "!" }],
  });
  await expect.poll(() => scene.memory.calls.find(({ name }) => name === "unsaved")?.params["text"]).toBe("a!");
});

describe("a client that goes", () => {
  it("without shutdown ends the face with 1", async () => {
    const client = await raw();
    await client.start();
    client.notify("exit");
    expect(await scene.exit).toBe(1);
  });

  it("by closing the stream in the middle of a message ends it, and its connection to the daemon", async () => {
    const client = await raw();
    await client.start();
    client.notify("initialized", {});
    await expect.poll(() => scene.connections()).toBe(1);
    scene.input.write("Content-Length: 100\r\n\r\n{");
    scene.input.end();
    expect(await scene.exit).toBe(1);
    await expect.poll(() => scene.connections()).toBe(0);
  });

  it("by dying ends it, though the stream stays open", async () => {
    let alive = true;
    const client = await raw({ isAlive: () => alive });
    await client.ask("initialize", { processId: 4242, rootUri: null, capabilities: {} });
    alive = false;
    expect(await scene.exit).toBe(1);
  });

  it("leaves its run as it is", async () => {
    const client = await raw();
    await client.start();
    scene.run("run-1");
    client.send({
      ...{ jsonrpc: "2.0", id: 1, method: "workspace/executeCommand" },
      params: { command: "nexus.run", arguments: ["do it"], workDoneToken: "w" },
    });
    await client.until(({ params }) => params?.value?.kind === "begin");
    scene.input.end();
    await scene.exit;
    await expect.poll(() => scene.connections()).toBe(0);
    expect(scene.service.calls.map(({ name }) => name)).not.toContain("cancel");
  });
});

it("is not hurt by 10 000 open files", async () => {
  const client = await raw();
  await client.start();
  const before = process.memoryUsage().heapUsed;
  const text = "export const add = 1;\n".repeat(20);
  for (let index = 0; index < 10_000; index++)
    client.notify("textDocument/didOpen", {
      textDocument: { uri: scene.uri(`f${index}.ts`), languageId: "typescript", version: 1, text },
    });
  const hover = { textDocument: { uri: scene.uri("f9999.ts") }, position: { line: 1, character: 14 } };
  const startedAt = performance.now();
  expect((await client.ask("textDocument/hover", hover)).result).not.toBeNull();
  expect(performance.now() - startedAt).toBeLessThan(15_000);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(150 * 1024 * 1024);
  // What is unsaved in many of them is told one after the other.
  for (let index = 0; index < 300; index++)
    client.notify("textDocument/didChange", {
      ...{ textDocument: { uri: scene.uri(`f${index}.ts`), version: 2 }, contentChanges: [{ text: `// ${index}` }] },
    });
  expect((await client.ask("textDocument/hover", hover)).result).not.toBeNull();
});
