/** What the daemon knows of unsaved text, over a real socket: who told it, whether it takes edits, and no longer than it is there. */
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { hashOf } from "../../../daemon/host/files.ts";
import { type AskedServer, startAskedServer } from "../../support/asked-server.ts";

let server: AskedServer;
let workspace: string;

beforeEach(async () => {
  server = await startAskedServer();
  workspace = await realpath(await mkdtemp(join(tmpdir(), "nexus-unsaved-")));
});
afterEach(async () => {
  await server.close();
  await rm(workspace, { recursive: true });
});

const known = () =>
  server.asked.documents
    .unsaved(workspace, ["a.ts", "b.ts"])
    .map(({ path, by, sha256, takesEdits }) => [path, by, sha256 === hashOf("typed"), takesEdits]);

it("knows each client's text until it is saved, and nothing of a client that has gone", async () => {
  const editor = await server.open("editor", ["client/applyEdit"]);
  const plain = await server.open("plain", []);
  await editor.request("memory/unsaved", { workspace, path: "a.ts", text: "typed" });
  await plain.request("memory/unsaved", { workspace, path: "a.ts", text: "other" });
  await plain.request("memory/unsaved", { workspace, path: "b.ts", text: "typed" });
  expect(known()).toEqual([
    ["a.ts", "editor", true, true],
    ["a.ts", "plain", false, false],
    ["b.ts", "plain", true, false],
  ]);
  await plain.request("memory/unsaved", { workspace, path: "a.ts", text: null });
  editor.close();
  await vi.waitFor(() => expect(known()).toEqual([["b.ts", "plain", true, false]]));
  plain.close();
});

// Else a script could keep a person's accept from being written.
it.each(["automation", "agent"] as const)(
  "goes by nothing that a client in the role %s says is unsaved",
  async (role) => {
    const script = await server.openRaw(["client/applyEdit"], role);
    script.send({
      jsonrpc: "2.0",
      id: 5,
      method: "memory/unsaved",
      params: { workspace, path: "a.ts", text: "typed" },
    });
    const answer = await script.next();
    // An agent's command may not even say what is unsaved.
    expect(answer.error?.data?.code).toBe(role === "agent" ? "connection.read_only" : undefined);
    expect(known()).toEqual([]);
    script.socket.destroy();
  },
);

const EDIT = { runId: "r", title: "t", files: [{ path: "a.ts", hunks: [{ line: 0, before: ["a"], after: ["b"] }] }] };

it("asks the client that has the text, and fails when that goes, is silent or answers nonsense", async () => {
  const { documents } = server.asked;
  const editor = await server.open("editor", ["client/applyEdit"]);
  editor.handle("client/applyEdit", ({ files }) => ({ applied: files.length === 1 }));
  await editor.request("memory/unsaved", { workspace, path: "a.ts", text: "typed" });
  const [text] = documents.unsaved(workspace, ["a.ts"]);
  expect(await documents.applyEdit(text?.clientId ?? "", { ...EDIT, workspace })).toEqual({ applied: true });
  editor.close();
  await vi.waitFor(() => expect(known()).toEqual([]));
  await expect(documents.applyEdit(text?.clientId ?? "", { ...EDIT, workspace })).rejects.toMatchObject({
    value: { code: "client.gone" },
  });

  const silent = await server.openRaw(["client/applyEdit"], "human");
  const ask = async () => {
    silent.send({
      jsonrpc: "2.0",
      id: 6,
      method: "memory/unsaved",
      params: { workspace, path: "a.ts", text: "typed" },
    });
    await silent.next();
    const [{ clientId } = { clientId: "" }] = documents.unsaved(workspace, ["a.ts"]);
    return documents.applyEdit(clientId, { ...EDIT, workspace });
  };
  const late = expect(ask()).rejects.toMatchObject({ value: { code: "client.timeout" } });
  const { id } = await silent.next();
  server.clock.advance(20_000);
  await late;
  expect(await silent.next()).toMatchObject({ method: "request/cancelled", params: { id } });
  const nonsense = expect(ask()).rejects.toMatchObject({ value: { code: "client.failed" } });
  silent.send({ jsonrpc: "2.0", id: (await silent.next()).id, result: { applied: "sure" } });
  await nonsense;
  silent.socket.destroy();
});
