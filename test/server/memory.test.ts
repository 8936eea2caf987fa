/** Code memory over a real socket: what reaches the service, what does not, and how a request is cancelled. */
import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { MemoryCall } from "../../daemon/memory/service.ts";
import type { ClientConnection, RequestName } from "../../protocol/index.ts";
import { type FakeMemory, untilCancelled } from "../support/fake-memory.ts";
import { type MemoryServer, startMemoryServer } from "../support/memory-server.ts";

const PROGRESS = {
  phase: "reading",
  done: 1,
  total: 2,
  filesPerSecond: null,
  bytesPerSecond: null,
  etaMs: null,
} as const;

let server: MemoryServer;
let client: ClientConnection;
let folder: string;
let workspace: string;
let memory: FakeMemory;

beforeEach(async () => {
  server = await startMemoryServer();
  ({ folder, workspace, memory } = server);
  await writeFile(join(folder, "secret.txt"), "secret");
  await symlink(workspace, join(folder, "link"));
  await symlink(folder, join(workspace, "out"));
  client = await server.connect();
});

afterEach(async () => {
  client.close();
  await server.close();
});

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "answered",
    (error: { value?: { code: string } }) => error.value?.code,
  );

describe("the workspace", () => {
  it("is passed on as its real path", async () => {
    const status = await client.request("memory/status", { workspace: join(folder, "link") });
    expect(status.workspace).toBe(workspace);
    expect(memory.calls).toMatchObject([
      { name: "status", params: { workspace }, by: expect.stringMatching(/^test /) },
    ]);
  });

  it.each([
    ["relative", () => "project"],
    ["missing", () => join(folder, "nowhere")],
    ["a file", () => join(folder, "secret.txt")],
    ["not a name", () => `${folder}/a\0b`],
  ])("is refused when it is %s", async (_what, path) => {
    expect(await codeOf(client.request("memory/search", { workspace: path(), query: "x" }))).toBe("workspace.missing");
    expect(memory.calls).toEqual([]);
  });
});

describe("a path", () => {
  it.each([["src/cart.ts"], ["./src/../src/cart.ts"]])(
    "%s is passed on as it is called inside the workspace",
    async (path) => {
      await client.request("memory/file", { workspace, path });
      expect(memory.calls).toMatchObject([{ name: "file", params: { path: "src/cart.ts" } }]);
    },
  );

  it("may be absolute inside the workspace", async () => {
    await client.request("memory/file", { workspace, path: join(workspace, "src/cart.ts") });
    expect(memory.calls).toMatchObject([{ params: { path: "src/cart.ts" } }]);
  });

  const outside: [RequestName, object][] = ["../secret.txt", "/etc/passwd", "out/secret.txt"].flatMap((path) => [
    ["memory/file", { path }],
    ["memory/unsaved", { path, text: "x" }],
    ["memory/symbols", { path }],
    ["memory/uses", { symbol: "a", path }],
    ["memory/impact", { symbol: "a", path }],
    ["memory/map", { focus: ["src/cart.ts", path] }],
    ["memory/connect", { from: { symbol: "a" }, to: { symbol: "b", path } }],
  ]);
  it.each(outside)("outside is refused: %s %j", async (name, params) => {
    expect(await codeOf(client.request(name, { workspace, ...params } as never))).toBe("path.outside");
    expect(memory.calls).toEqual([]);
  });
});

it.each<[RequestName, object]>([
  ["memory/search", { query: "" }],
  ["memory/search", { query: "x", limit: 101 }],
  ["memory/search", { query: "x", limit: 0 }],
  ["memory/search", { query: "x", mode: "magic" }],
  ["memory/impact", { symbol: "x", depth: 11 }],
  ["memory/map", { tokens: 10_000_000 }],
  ["memory/unsaved", { path: "src/cart.ts", text: "x".repeat(250_001) }],
  ["memory/factAdd", { fact: { kind: "rumour", text: "x", scope: "user", cites: [] } }],
])("refuses %s with parameters that do not fit (%#)", async (name, params) => {
  expect(await codeOf(client.request(name, { workspace, ...params } as never))).toBe("request.invalid");
  expect(memory.calls).toEqual([]);
});

describe("cancelling", () => {
  /** The call as the service sees it, once it is there. */
  function untilCalled(): Promise<MemoryCall> {
    return new Promise((resolve) => {
      memory.answers.index = (params: never, call: MemoryCall) => {
        resolve(call);
        return untilCancelled(params, call);
      };
    });
  }

  it("ends the request at once, in the daemon too", async () => {
    const called = untilCalled();
    const cancelling = new AbortController();
    const answer = codeOf(client.request("memory/index", { workspace }, { signal: cancelling.signal }));
    const { signal } = await called;
    expect(signal.aborted).toBe(false);
    cancelling.abort();
    expect(await answer).toBe("request.cancelled");
    await vi.waitFor(() => expect(signal.aborted).toBe(true));
  });

  it("is answered with request.cancelled by the daemon, to those who wait for that", async () => {
    const called = untilCalled();
    const first = codeOf(client.request("memory/index", { workspace }));
    await called;
    // Handshake: 1 and 2; the request: 3.
    expect(await client.request("request/cancel", { id: 3 })).toEqual({ cancelled: true });
    expect(await first).toBe("request.cancelled");
    expect(await client.request("request/cancel", { id: 3 })).toEqual({ cancelled: false });
  });

  it("reaches no request of another connection", async () => {
    const called = untilCalled();
    void codeOf(client.request("memory/index", { workspace }));
    const { signal } = await called;
    const other = await server.connect();
    await other.request("memory/status", { workspace });
    expect(await other.request("request/cancel", { id: 3 })).toEqual({ cancelled: false });
    expect(signal.aborted).toBe(false);
    other.close();
  });

  it("happens by itself when the connection ends", async () => {
    const called = untilCalled();
    const answer = codeOf(client.request("memory/index", { workspace }));
    const { signal } = await called;
    client.close();
    expect(await answer).toBe("daemon.unreachable");
    await vi.waitFor(() => expect(signal.aborted).toBe(true));
  });

  it("sends nothing when it came before the request", async () => {
    const answer = client.request("memory/status", { workspace }, { signal: AbortSignal.abort() });
    expect(await codeOf(answer)).toBe("request.cancelled");
    expect(memory.calls).toEqual([]);
  });

  it("changes nothing after the answer", async () => {
    const cancelling = new AbortController();
    await client.request("memory/status", { workspace }, { signal: cancelling.signal });
    cancelling.abort();
    await client.request("memory/status", { workspace });
    expect(memory.calls).toHaveLength(2);
  });
});

it("forgets what a client has not saved when the client goes", async () => {
  await client.request("memory/unsaved", { workspace, path: "src/cart.ts", text: "new" });
  await client.request("memory/unsaved", { workspace, path: "src/saved.ts", text: "new" });
  await client.request("memory/unsaved", { workspace, path: "src/saved.ts", text: null });
  const before = memory.calls.length;
  client.close();
  await vi.waitFor(() => expect(memory.calls.length).toBe(before + 1));
  expect(memory.calls.at(-1)?.params).toEqual({ workspace, path: "src/cart.ts", text: null });
});

it("tells every connection of progress", async () => {
  const other = await server.connect();
  const told = [client, other].map(
    (each) => new Promise((resolve) => each.on("memory/progress", (params) => resolve(params))),
  );
  memory.progress({ workspace, progress: PROGRESS });
  expect(await Promise.all(told)).toEqual([
    { workspace, progress: PROGRESS },
    { workspace, progress: PROGRESS },
  ]);
  other.close();
});
