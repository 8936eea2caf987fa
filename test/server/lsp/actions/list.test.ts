/** What is offered where, to which client; and the actions that only read. */
import { afterEach, expect, it } from "vitest";
import { at, call, createScene, EAGER, LAZY, type Scene } from "./scene.ts";

let scene: Scene;

afterEach(async () => {
  await scene.close();
});

const A = "one\ntwo\nthree\n";
const FILES = { "src/a.ts": A, "src/b.ts": "b\n" };
const problem = (message: string, line = 0) => ({ range: at(line, 0, line, 3), message, severity: 2, source: "lint" });

async function open(capabilities: object, script: Parameters<typeof createScene>[0]["script"] = []) {
  scene = await createScene({ files: FILES, script });
  const { capabilities: server } = await scene.initialize(capabilities);
  return { server, uri: await scene.open("src/a.ts", A) };
}

it("announces its kinds, and offers fixes of each diagnostic and of all", async () => {
  const { server, uri } = await open(LAZY);
  expect(server.codeActionProvider).toEqual({
    codeActionKinds: ["quickfix", "refactor.rewrite", "source", "nexus"],
    resolveProvider: true,
    workDoneProgress: true,
  });
  const diagnostics = [problem("first\nsecond line"), problem("other", 2), { message: "no range" }, 7];
  const actions = await scene.actions(uri, at(0, 0, 2, 0), { diagnostics });
  expect(actions.map(({ title, kind }) => `${kind}: ${title}`)).toEqual([
    "quickfix: Fix with Nexus: first second line",
    "quickfix: Fix with Nexus: other",
    "quickfix: Fix all 2 problems here with Nexus",
    "nexus.explain: Explain with Nexus",
    "refactor.rewrite.nexus.document: Document with Nexus",
    "refactor.rewrite: Refactor to a goal with Nexus…",
    "source.nexus.tests: Write tests with Nexus",
    "source.nexus.review: Review with Nexus",
  ]);
  expect(actions[0]).toMatchObject({ diagnostics: [diagnostics[0]], data: { action: "fix", version: 1 } });
});

it("offers only the kinds that are asked for, and little where the editor asks by itself", async () => {
  const { uri } = await open(LAZY);
  const kinds = async (context: object, range = at(0, 0, 1, 0)) =>
    (await scene.actions(uri, range, context)).map(({ kind }) => kind);
  expect(await kinds({ only: ["refactor"] })).toEqual(["refactor.rewrite.nexus.document", "refactor.rewrite"]);
  expect(await kinds({ only: ["source.fixAll"] })).toEqual([]);
  expect(await kinds({ triggerKind: 2 }, at(0, 1))).toEqual([]);
  expect(await kinds({ triggerKind: 2, diagnostics: [problem("x")] }, at(0, 1))).toEqual(["quickfix"]);
  expect(await kinds({ triggerKind: 1 }, at(0, 1))).toHaveLength(5);
});

it("offers nothing for what is no file of a folder", async () => {
  await open(LAZY);
  for (const uri of ["untitled:Untitled-1", "file:///elsewhere/a.ts", "git:/a.ts", "file:///%00"])
    expect(await scene.actions(uri)).toEqual([]);
  await expect(
    scene.resolve({ title: "x", data: { action: "fix", uri: "file:///elsewhere/a.ts" } }),
  ).rejects.toMatchObject({
    code: -32602,
  });
  const secret = await scene.open(".env", "KEY=1\n");
  expect(await scene.actions(secret)).toEqual([]);
  const asked = scene.resolve({ title: "x", data: { action: "fix", uri: secret } });
  await expect(asked).rejects.toMatchObject({ code: -32602, message: expect.stringContaining("secrets") });
  for (const data of [
    undefined,
    {},
    { action: "delete", uri: "x" },
    { action: "explain", uri: "x" },
    { action: "fix", uri: 7 },
  ])
    await expect(scene.resolve({ title: "x", data })).rejects.toMatchObject({ code: -32602 });
});

it("gives commands to clients that cannot resolve, and bare ones to those that know nothing else", async () => {
  const { uri } = await open(EAGER);
  expect(await scene.actions(uri)).toContainEqual({
    title: "Document with Nexus",
    kind: "refactor.rewrite.nexus.document",
    command: {
      title: "Document with Nexus",
      command: "nexus.document",
      arguments: [{ uri, range: at(0, 0), version: 1 }],
    },
  });
  await scene.close();
  const bare = await open({ workspace: { applyEdit: true } });
  expect((await scene.actions(bare.uri))[0]).toEqual({
    title: "Explain with Nexus",
    command: "nexus.explain",
    arguments: [{ uri: bare.uri, range: at(0, 0), version: 1 }],
  });
});

/** Looked up beside the lists, so that none of them waits for it. */
async function disabledReason(uri: string): Promise<string> {
  for (;;) {
    const [first] = await scene.actions(uri);
    if (first?.disabled !== undefined) return first.disabled.reason;
  }
}

it("says why actions are disabled, and offers none to a client that cannot show it", async () => {
  scene = await createScene({ files: FILES, script: [] });
  scene.model.provider = null;
  await scene.initialize(LAZY);
  expect(await disabledReason(await scene.open("src/a.ts", A))).toContain("No model is configured");
  await scene.close();
  scene = await createScene({ files: FILES, script: [] });
  await scene.engine.trust.decide(scene.engine.workspace, { trusted: false, by: "test", why: "test" });
  await scene.initialize(LAZY);
  expect(await disabledReason(await scene.open("src/a.ts", A))).toContain("nexus.trust");
  await scene.close();
  scene = await createScene({ files: FILES, script: [] });
  scene.model.provider = null;
  await scene.initialize(EAGER);
  const uri = await scene.open("src/a.ts", A);
  for (let actions = [{}]; actions.length > 0; ) actions = await scene.actions(uri);
});

const ANSWER = {
  findings: [
    {
      line: 2,
      severity: "error",
      code: "two",
      message: "It is two.",
      related: [
        { path: "src/b.ts", line: 1, message: "b" },
        { path: "../x", line: 1 },
      ],
    },
    { line: 3, endLine: 3, severity: "strange", message: "Three." },
    { line: 0, message: "nowhere" },
    { line: 900, message: "beyond the end" },
    "no finding",
  ],
};

it("shows a review's findings as diagnostics, which go with their lines", async () => {
  const text = `Here it is:\n\`\`\`json\n${JSON.stringify(ANSWER)}\n\`\`\``;
  const { uri } = await open(LAZY, [{ reply: { text } }]);
  const review = (await scene.actions(uri, at(0, 0, 2, 0))).find(({ kind }) => kind === "source.nexus.review");
  const done = await scene.client.sendRequest("workspace/executeCommand", { ...review.command, workDoneToken: "t" });
  expect(done).toMatchObject({ findings: 4 });
  const isOf = (count: number) => (told: { method: string; params: { diagnostics: unknown[] } }) =>
    told.method === "textDocument/publishDiagnostics" && told.params.diagnostics.length === count;
  const { params } = await scene.until(isOf(4));
  expect(params.diagnostics).toEqual([
    {
      ...{ range: at(1, 0, 2, 0), severity: 1, source: "Nexus", code: "two", message: "It is two." },
      relatedInformation: [{ location: { uri: scene.uri("src/b.ts"), range: at(0, 0) }, message: "b" }],
    },
    { range: at(2, 0, 3, 0), severity: 2, source: "Nexus", message: "Three." },
    { range: at(0, 0, 1, 0), severity: 2, source: "Nexus", message: "nowhere" },
    { range: at(3, 0, 4, 0), severity: 2, source: "Nexus", message: "beyond the end" },
  ]);
  await scene.type(uri, "zero\none\n2\nthree\n");
  const moved = await scene.until(isOf(3));
  expect(moved.params.diagnostics).toMatchObject([
    { range: at(3, 0, 4, 0), message: "Three." },
    { range: at(1, 0, 2, 0), message: "nowhere" },
    { range: at(4, 0, 5, 0), message: "beyond the end" },
  ]);
  await scene.client.sendNotification("textDocument/didClose", { textDocument: { uri } });
  await scene.until(isOf(0));
  expect((await scene.engine.service.list({})).runs[0]).toMatchObject({ status: "done", pendingFiles: 0 });
});

it("shows what a review says when it cannot be placed", async () => {
  const { uri } = await open(LAZY, [{ reply: { text: 'All {"findings": "fine"} here.' } }]);
  scene.replies["window/showDocument"] = () => ({ success: true });
  const wish = { command: "nexus.review", arguments: [{ uri }], workDoneToken: "t" };
  expect(await scene.client.sendRequest("workspace/executeCommand", wish)).toMatchObject({ findings: null });
  await scene.until(({ method }) => method === "window/showDocument");
});

it("explains what is typed, as a document or as a message", async () => {
  const script = [
    { when: { turn: 0 }, reply: call("read_file", { path: "src/a.ts" }) },
    { when: { turn: 1, last: "typed" }, reply: { text: "# It is typed" } },
  ];
  const { uri } = await open(LAZY, script);
  await scene.type(uri, "typed\n");
  scene.replies["window/showDocument"] = () => ({ success: true });
  const wish = { command: "nexus.explain", arguments: [{ uri, range: at(0, 0) }], workDoneToken: "t" };
  const { uri: report } = (await scene.client.sendRequest("workspace/executeCommand", wish)) as { uri: string };
  const { params } = await scene.until(({ method }) => method === "window/showDocument");
  expect(params).toMatchObject({ uri: report });
  const { readFileSync } = await import("node:fs");
  expect(readFileSync(new URL(report), "utf8")).toBe("# It is typed");
  await scene.close();
  const old = await open(EAGER, [{ reply: { text: "It is one." } }]);
  const own = { command: "nexus.explain", arguments: [{ uri: old.uri }] };
  expect(await scene.client.sendRequest("workspace/executeCommand", own)).toBeNull();
  const said = await scene.until(({ method, params: told }) => method === "window/showMessage" && told.type === 3);
  expect(said.params.message).toBe("It is one.");
});

it("lists without asking the daemon: a hundred lists while it does not answer", async () => {
  const { uri } = await open(LAZY);
  const look = scene.engine.trust.look;
  const never = new Promise<never>(() => undefined);
  Object.assign(scene.engine.trust, { look: () => never });
  const diagnostics = Array.from({ length: 200 }, (_, line) => problem(`problem ${line}`, line % 3));
  const started = performance.now();
  for (let count = 0; count < 100; count++) await scene.actions(uri, at(0, 0, 3, 0), { diagnostics });
  // Generous: the machine may be busy. The benchmark measures it.
  expect((performance.now() - started) / 100).toBeLessThan(30);
  Object.assign(scene.engine.trust, { look });
});
