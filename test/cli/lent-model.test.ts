/** A model that one client lends and another one's run uses, with the real daemon between them. */
import { createHmac, randomBytes } from "node:crypto";
import { mkdtemp, readFile, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { connectSocket } from "../../daemon/host/socket.ts";
import { type ClientConnection, connectClient } from "../../protocol/index.ts";
import { initGit, writeFiles } from "../support/engine.ts";
import { createNexus, type NexusProcess } from "../support/nexus-process.ts";
import { removeFolder } from "../support/remove.ts";

let nexus: NexusProcess;
let repo: string;

afterEach(async () => {
  await nexus.close();
  await removeFolder(repo);
});

async function connect(requests: string[]): Promise<ClientConnection> {
  const { address } = JSON.parse(await readFile(join(nexus.home, "daemon.json"), "utf8"));
  const token = (await readFile(join(nexus.home, "daemon.token"), "utf8")).trim();
  const client = { name: "lender", role: "human", version: "1.0.0", buildTime: 1 } as const;
  const hmac = (text: string) => createHmac("sha256", token).update(text).digest("hex");
  const nonce = randomBytes(32).toString("hex");
  return connectClient(await connectSocket(address, 5000), { client, nonce, hmac, capabilities: { requests } });
}

it("answers the run of one client through another one", async () => {
  repo = await realpath(await mkdtemp(join(tmpdir(), "nexus-lent-")));
  writeFiles(repo, { "README.md": "# Notes\n" });
  initGit(repo);
  nexus = await createNexus({ NEXUS_PROVIDER: "editor", NEXUS_MODEL: "lender/scripted" });
  expect(await nexus.run("daemon", "start")).toMatchObject({ code: 0 });
  const lender = await connect(["client/model"]);
  const asked: string[] = [];
  lender.handle("client/model", ({ model, messages }) => {
    asked.push(model);
    const read = messages.find(({ role }) => role === "tool");
    if (read === undefined)
      return { outcome: "answered", text: "", calls: [{ id: "1", tool: "read_file", input: { path: "README.md" } }] };
    return { outcome: "answered", text: `It says: ${read.text.includes("# Notes")}.`, calls: [] };
  });
  const other = await connect([]);
  const answer = new Promise<string>((resolve, reject) => {
    other.on("run/event", ({ event: { body } }) => {
      if (body.type === "run.answered") resolve(body.text);
      else if (body.type === "run.finished") reject(new Error(body.summary));
    });
  });
  const params = { workspace: repo, prompt: "What does the README say?", headless: true };
  const { runId } = await other.request("run/start", { ...params, idempotencyKey: "a lent model" });
  await other.request("run/watch", { runId, after: 0 });
  expect(await answer).toBe("It says: true.");
  expect(asked).toEqual(["lender/scripted", "lender/scripted"]);
  for (const client of [lender, other]) client.close();
});
