import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { nexusError } from "../../../protocol/index.ts";
import { ABOUT } from "../../support/fake-memory.ts";
import { createScene, NEW_CLIENT, OLD_CLIENT, type Scene, type SceneOptions } from "./scene.ts";
import { SYMBOL_OF_CART } from "./texts.ts";

interface Hover {
  readonly range: object;
  readonly contents: { readonly kind: string; readonly value: string };
}

let scene: Scene;
afterEach(() => scene.close());

async function started(capabilities = OLD_CLIENT, more: object = {}, options: SceneOptions = {}) {
  scene = await createScene(options);
  return scene.initialize(capabilities, more);
}

const at = (uri: string, line: number, character: number) => ({ textDocument: { uri }, position: { line, character } });

describe("what is negotiated", () => {
  it("is static, in UTF-16 and pushed for an old client", async () => {
    const { capabilities, serverInfo } = await started(OLD_CLIENT);
    expect(serverInfo?.name).toBe("Nexus");
    expect(capabilities.positionEncoding).toBeUndefined();
    expect(capabilities.hoverProvider).toEqual({});
    expect(capabilities.codeLensProvider).toEqual({ resolveProvider: true });
    expect(capabilities.diagnosticProvider).toBeUndefined();
    expect(capabilities.executeCommandProvider?.commands).toEqual(
      expect.arrayContaining(["nexus.run", "nexus.cancel", "nexus.accept", "nexus.approvals", "nexus.index"]),
    );
    expect(scene.told.filter(({ method }) => method === "client/registerCapability")).toEqual([]);
  });

  it("is registered later, in UTF-8 and asked for with a new client", async () => {
    const { capabilities } = await started(NEW_CLIENT);
    expect(capabilities.positionEncoding).toBe("utf-8");
    expect(capabilities.hoverProvider).toBeUndefined();
    const { params } = await scene.until(({ method }) => method === "client/registerCapability");
    const methods = params.registrations.map(({ method }) => method);
    expect(methods).toEqual(
      expect.arrayContaining(["textDocument/hover", "textDocument/diagnostic", "workspace/executeCommand"]),
    );
    const hover = params.registrations.find(({ method }) => method === "textDocument/hover");
    expect(hover?.registerOptions).toMatchObject({ documentSelector: [{ scheme: "file" }, { scheme: "untitled" }] });
  });

  it("offers only what initializationOptions want", async () => {
    const options = { hover: false, codeLens: false, references: "never", index: 7 };
    const { capabilities } = await started(OLD_CLIENT, { initializationOptions: options });
    expect(capabilities.hoverProvider).toBeUndefined();
    expect(capabilities.codeLensProvider).toBeUndefined();
    expect(capabilities.referencesProvider).toBeUndefined();
    expect(capabilities.documentSymbolProvider).toBeDefined();
  });

  it("lives with capabilities and folders that make no sense", async () => {
    const strange = { general: { positionEncodings: 8 }, window: 3, textDocument: [], workspace: { symbol: null } };
    await started(strange as never, { workspaceFolders: "none", rootUri: 5, initializationOptions: [1] });
    await expect(scene.client.sendRequest("workspace/symbol", { query: "x" })).resolves.toEqual([]);
  });
});

describe("symbols", () => {
  it("are a tree for who can draw one", async () => {
    await started();
    scene.memory.answers.symbols = () => ({ ...SYMBOL_OF_CART, nextCursor: null });
    const uri = await scene.open("src/cart.ts", "// 🛒\nclass Cart {\n  add() {}\n}\n");
    const symbols = await scene.client.sendRequest("textDocument/documentSymbol", { textDocument: { uri } });
    expect(symbols).toMatchObject([
      {
        name: "Cart",
        range: { start: { line: 1, character: 0 }, end: { line: 3, character: 1 } },
        selectionRange: { start: { line: 1, character: 6 }, end: { line: 1, character: 10 } },
        children: [{ name: "add", selectionRange: { start: { line: 2, character: 2 } } }],
      },
    ]);
  });

  it("are a list for who cannot", async () => {
    await started({});
    scene.memory.answers.symbols = () => ({ ...SYMBOL_OF_CART, nextCursor: null });
    const uri = await scene.open("src/cart.ts", "// x\nclass Cart {\n  add() {}\n}\n");
    const symbols = await scene.client.sendRequest("textDocument/documentSymbol", { textDocument: { uri } });
    expect(symbols).toMatchObject([
      { name: "Cart", location: { uri } },
      { name: "add", containerName: "Cart", location: { uri } },
    ]);
  });

  it("of the workspace come without ranges where they can be resolved later", async () => {
    await started(NEW_CLIENT);
    await scene.open("src/cart.ts", `${"\n".repeat(9)}  🛒.add(item)`);
    const [symbol] = await scene.client.sendRequest<object[]>("workspace/symbol", { query: "add" });
    expect(symbol).toMatchObject({ name: "add", location: { uri: scene.uri("src/cart.ts") } });
    const resolved = await scene.client.sendRequest("workspaceSymbol/resolve", symbol);
    // A cart is four bytes.
    expect(resolved).toMatchObject({ location: { range: { start: { line: 9, character: 7 } } } });
  });

  it("of the workspace come in pieces where the client wants that", async () => {
    await started();
    const whole = await scene.client.sendRequest("workspace/symbol", { query: "add", partialResultToken: "t" });
    expect(whole).toEqual([]);
    const { params } = await scene.until(({ method }) => method === "$/progress");
    expect(params).toMatchObject({ token: "t", value: [{ name: "add", containerName: "Cart in src/cart.ts" }] });
  });
});

describe("hover", () => {
  it("tells who uses it, which tests cover it and what changed with it", async () => {
    await started();
    const uri = await scene.open("src/main.ts", "const x = 🛒; cart.add(1);\n");
    const hover = await scene.client.sendRequest<Hover>("textDocument/hover", at(uri, 0, 20));
    expect(hover.range).toEqual({ start: { line: 0, character: 19 }, end: { line: 0, character: 22 } });
    expect(hover.contents.kind).toBe("markdown");
    for (const told of [
      "3 times in 2 files",
      "`src/checkout.ts:21` in `checkout`",
      "`test/cart.test.ts`",
      "4 commits",
      "Ada",
    ])
      expect(hover.contents.value).toContain(told);
    expect(scene.memory.calls.find(({ name }) => name === "about")?.params).toMatchObject({ line: 1, name: "add" });
  });

  it("counts in UTF-8 where that was agreed on", async () => {
    await started(NEW_CLIENT);
    const uri = await scene.open("src/main.ts", "const x = 🛒; cart.add(1);\n");
    const hover = await scene.client.sendRequest<Hover>("textDocument/hover", at(uri, 0, 22));
    expect(hover.range).toEqual({ start: { line: 0, character: 21 }, end: { line: 0, character: 24 } });
  });

  it("is nothing while the code is read for the first time, which is told as progress", async () => {
    await started();
    const indexed = Promise.withResolvers<void>();
    scene.memory.answers.status = () => ({ state: "none" });
    scene.memory.answers.index = async () => {
      await indexed.promise;
      return { files: 3, symbols: 4 };
    };
    const uri = await scene.open("src/main.ts", "cart.add(1);\n");
    expect(await scene.client.sendRequest("textDocument/hover", at(uri, 0, 6))).toBeNull();
    const begun = await scene.until(({ params }) => params?.value?.kind === "begin");
    expect(begun.params.value.title).toBe("Nexus: reading the code");
    indexed.resolve();
    const end = await scene.until(({ params }) => params?.value?.kind === "end");
    expect(end.params.value.message).toBe("3 files, 4 symbols");
    expect(await scene.client.sendRequest("textDocument/hover", at(uri, 0, 6))).not.toBeNull();
  });

  it("comes once another client had the code read that could not be read here", async () => {
    await started();
    scene.memory.answers.status = () => ({ state: "none" });
    scene.memory.answers.index = () => {
      throw nexusError("memory.index_failed", "no room");
    };
    const uri = await scene.open("src/main.ts", "cart.add(1);\n");
    expect(await scene.client.sendRequest("textDocument/hover", at(uri, 0, 6))).toBeNull();
    await scene.until(({ params }) => params?.value?.message === "not read");
    scene.memory.answers.status = () => ({ state: "ready" });
    scene.memory.progress({ workspace: scene.folder, progress: null });
    await expect.poll(() => scene.client.sendRequest("textDocument/hover", at(uri, 0, 6))).not.toBeNull();
  });

  it("is nothing for positions and documents that are not there", async () => {
    await started();
    const uri = await scene.open("src/main.ts", "add\n");
    for (const [line, character] of [
      [900, 3],
      [1, 0],
    ] as const)
      expect(await scene.client.sendRequest("textDocument/hover", at(uri, line, character))).toBeNull();
    // Behind the end of a line is its end.
    expect(await scene.client.sendRequest("textDocument/hover", at(uri, 0, 900))).not.toBeNull();
    expect(await scene.client.sendRequest("textDocument/hover", at("untitled:x", 0, 0))).toBeNull();
    await expect(scene.client.sendRequest("textDocument/hover", at(uri, -1, 0))).rejects.toMatchObject({
      code: -32602,
    });
    await expect(scene.client.sendRequest("textDocument/hover", { textDocument: 5 })).rejects.toMatchObject({
      code: -32602,
    });
  });
});

describe("unsaved text", () => {
  it("reaches the daemon before a question about it, and counts changes in the agreed units", async () => {
    await started(NEW_CLIENT);
    const uri = await scene.open("src/main.ts", "🛒 = 1\n");
    const range = { start: { line: 0, character: 5 }, end: { line: 0, character: 6 } };
    await scene.client.sendNotification("textDocument/didChange", {
      textDocument: { uri, version: 2 },
      contentChanges: [
        { range, text: "==" },
        { range: { start: { line: 1, character: 0 }, end: { line: 1, character: 0 } }, text: "add\n" },
      ],
    });
    await scene.client.sendRequest("textDocument/hover", at(uri, 1, 1));
    const asked = scene.memory.calls.filter(({ name }) => name === "unsaved" || name === "about");
    expect([asked[0]?.name, asked.at(-1)?.name]).toEqual(["unsaved", "about"]);
    expect(asked[0]?.params).toMatchObject({ path: "src/main.ts", text: "🛒 == 1\nadd\n" });
    await scene.client.sendNotification("textDocument/didClose", { textDocument: { uri } });
    await scene.client.sendRequest("workspace/symbol", { query: "" });
    await expect.poll(() => scene.memory.calls.findLast(({ name }) => name === "unsaved")?.params["text"]).toBeNull();
  });

  it("is none where the file only has other line ends or a byte order mark", async () => {
    await started();
    const files = [
      ["crlf.ts", "a\r\nb\r\n", "a\nb\n"],
      ["mark.ts", "\ufeffa\nb\n", "a\nb\n"],
      ["typed.ts", "a\n", "a\nand more\n"],
    ] as const;
    for (const [path, saved, text] of files) {
      writeFileSync(join(scene.folder, path), saved);
      const textDocument = { uri: scene.uri(path), languageId: "typescript", version: 1, text };
      await scene.client.sendNotification("textDocument/didOpen", { textDocument });
    }
    const told = () => scene.memory.calls.filter(({ name }) => name === "unsaved").map(({ params }) => params["path"]);
    await expect.poll(told).toContain("typed.ts");
    expect(told()).toEqual(["typed.ts"]);
  });

  it("is told again after the daemon was restarted", async () => {
    await started();
    const uri = await scene.open("src/main.ts", "a\n");
    const change = { textDocument: { uri, version: 2 }, contentChanges: [{ text: "b\n" }] };
    await scene.client.sendNotification("textDocument/didChange", change);
    const texts = () => scene.memory.calls.filter(({ params }) => params["text"] === "b\n").length;
    await expect.poll(texts).toBeGreaterThan(0);
    // Whatever was under way is over once a later question is answered.
    await scene.client.sendRequest("textDocument/hover", at(uri, 0, 1));
    const before = texts();
    await scene.restartDaemon();
    await expect.poll(texts, { timeout: 10_000 }).toBeGreaterThan(before);
  });
});

it("says once why there is no daemon, and lets the person work on", async () => {
  const refusal = nexusError("settings.invalid", "The file has no end.");
  await started(OLD_CLIENT, {}, { refusal });
  const uri = await scene.open("src/main.ts", "add\n");
  expect(await scene.client.sendRequest("textDocument/hover", at(uri, 0, 1))).toBeNull();
  expect(await scene.client.sendRequest("textDocument/codeLens", { textDocument: { uri } })).toEqual([]);
  await expect(scene.client.sendRequest("workspace/symbol", { query: "x" })).rejects.toMatchObject({
    ...{ code: -32803, message: expect.stringContaining("The file has no end.") },
  });
  const messages = scene.told.filter(({ method }) => method === "window/showMessage");
  expect(messages.map(({ params }) => params.message)).toEqual([expect.stringContaining("The file has no end.")]);
});

it("takes part in folders that come and go", async () => {
  await started();
  const uri = await scene.open("src/main.ts", "add\n");
  const folders = { added: [], removed: [{ uri: scene.uri("."), name: "shop" }] };
  await scene.client.sendNotification("workspace/didChangeWorkspaceFolders", { event: folders });
  expect(await scene.client.sendRequest("textDocument/hover", at(uri, 0, 1))).toBeNull();
  const back = { added: [{ uri: scene.uri("."), name: "shop" }], removed: [] };
  await scene.client.sendNotification("workspace/didChangeWorkspaceFolders", { event: back });
  await expect.poll(() => scene.client.sendRequest("textDocument/hover", at(uri, 0, 1))).not.toBeNull();
});

it("tells folders apart, the innermost first, and knows a folder by its link", async () => {
  await started();
  const inner = join(scene.folder, "packages", "inner");
  const link = join(scene.folder, "..", "link");
  mkdirSync(inner, { recursive: true });
  symlinkSync(scene.folder, link);
  const added = [inner, link].map((path) => ({ uri: pathToFileURL(path).href, name: "x" }));
  await scene.client.sendNotification("workspace/didChangeWorkspaceFolders", { event: { added, removed: [] } });
  const uri = await scene.open("packages/inner/a.ts", "add\n");
  // The folder itself is known already, so a question may come before the news of the inner one.
  const asked = async () => {
    await scene.client.sendRequest("textDocument/hover", at(uri, 0, 1));
    return scene.memory.calls.findLast(({ name }) => name === "about")?.params;
  };
  await expect.poll(asked).toMatchObject({ workspace: inner, path: "a.ts" });
  expect(scene.service.calls.filter(({ name }) => name === "list").map(({ params }) => params)).toContainEqual(
    expect.objectContaining({ workspace: scene.folder }),
  );
});

it("answers references where the language has no better server, and always when it is told to", async () => {
  await started();
  const shell = await scene.open("run.sh", "add\n", "shellscript");
  await scene.open("src/checkout.ts", `${"\n".repeat(20)}  cart.add(item);\n`);
  const context = { includeDeclaration: true };
  const found = await scene.client.sendRequest("textDocument/references", { ...at(shell, 0, 1), context });
  expect(found).toMatchObject([
    { uri: scene.uri("src/cart.ts") },
    {
      uri: scene.uri("src/checkout.ts"),
      range: { start: { line: 20, character: 7 }, end: { line: 20, character: 10 } },
    },
  ]);
  const typescript = await scene.open("src/main.ts", "add\n");
  expect(await scene.client.sendRequest("textDocument/references", { ...at(typescript, 0, 1), context })).toEqual([]);
  expect(await scene.client.sendRequest("textDocument/definition", at(shell, 0, 1))).toMatchObject([
    { uri: scene.uri("src/cart.ts"), range: { start: { line: 9 } } },
  ]);
});

it("says once that a folder is not trusted, and asks before it trusts", async () => {
  await started();
  await scene.open("a.ts", "a\n");
  await scene.open("b.ts", "b\n");
  await scene.until(({ method, params }) => method === "window/showMessage" && params.message.includes("not trusted"));
  await scene.client.sendRequest("workspace/symbol", { query: "x" });
  expect(scene.told.filter(({ params }) => params?.message?.includes?.("is not trusted yet"))).toHaveLength(1);
  scene.replies["window/showMessageRequest"] = ({ actions }) => actions[0];
  const answer = await scene.client.sendRequest("workspace/executeCommand", { command: "nexus.trust" });
  expect(answer).toEqual({ workspace: scene.folder, state: "trusted" });
});

it("lets nobody trust files that could not all be shown, and hides nothing in their names", async () => {
  await started(NEW_CLIENT);
  const names = Array.from({ length: 35 }, (_, index) => `.nexus/rules/${index}.md`);
  for (const name of [...names, ".nexus/rules/z\u200b.md"]) await scene.open(name, "x\n");
  scene.replies["window/showMessageRequest"] = ({ actions }) => actions[0];
  const command = { command: "nexus.trust" };
  const trust = () => scene.client.sendRequest("workspace/executeCommand", command);
  expect(await trust()).toMatchObject({ state: "untrusted" });
  scene.replies["window/showDocument"] = () => ({ success: true });
  expect(await trust()).toMatchObject({ state: "trusted" });
  const shown = await scene.until(({ method }) => method === "window/showDocument");
  const text = readFileSync(fileURLToPath(shown.params.uri), "utf8");
  for (const name of [...names, "z⟨U+200B⟩.md"]) expect(text).toContain(name);
});

it("lets nobody trust files that the editor could not show all", async () => {
  await started();
  for (let index = 0; index < 35; index++) await scene.open(`.nexus/rules/${index}.md`, "x\n");
  scene.replies["window/showMessageRequest"] = ({ actions }) => actions[0];
  const answer = await scene.client.sendRequest("workspace/executeCommand", { command: "nexus.trust" });
  expect(answer).toMatchObject({ state: "untrusted" });
  const { params } = await scene.until(({ method }) => method === "window/showMessageRequest");
  expect(params.actions).toEqual([{ title: "Do not trust it" }]);
});

it("shows lenses at once and what they say when they are resolved", async () => {
  await started();
  scene.memory.answers.symbols = () => ({ ...SYMBOL_OF_CART, nextCursor: null });
  const uri = await scene.open("src/cart.ts", "// x\nclass Cart {\n  add() {}\n}\n");
  await scene.client.sendRequest("textDocument/hover", at(uri, 1, 7));
  const lenses = await scene.client.sendRequest<object[]>("textDocument/codeLens", { textDocument: { uri } });
  expect(lenses).toHaveLength(2);
  expect(lenses[0]).not.toHaveProperty("command");
  const resolved = await scene.client.sendRequest("codeLens/resolve", lenses[1]);
  expect(resolved).toMatchObject({ command: { title: "3 uses · 1 test", command: "nexus.showTests" } });
});

it("asks for lenses again when memory did not know all yet", async () => {
  await started(NEW_CLIENT);
  const uri = await scene.open("src/cart.ts", "// x\nclass Cart {\n  add() {}\n}\n");
  await scene.client.sendRequest("textDocument/hover", at(uri, 1, 7));
  const refreshed = () => scene.told.filter(({ method }) => method === "workspace/codeLens/refresh").length;
  await scene.until(({ method }) => method === "workspace/codeLens/refresh");
  const before = refreshed();
  scene.memory.answers.about = () => ({ ...ABOUT, tests: [], knowsTests: false });
  const start = { line: 1, character: 6 };
  const lens = { range: { start, end: start }, data: { uri, line: 2, name: "Cart" } };
  await scene.client.sendRequest("codeLens/resolve", lens);
  await expect.poll(refreshed).toBe(before + 1);
  delete scene.memory.answers.about;
  expect(await scene.client.sendRequest("codeLens/resolve", lens)).toMatchObject({
    command: { title: "3 uses · 1 test" },
  });
});
