/**
 * `node test/run.mjs test/chroma/run.ts`: the suite of every vector store against a real Chroma server, and what happens
 * when that server goes and comes back. Brings the server by an npm ci of its own.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../daemon/host/clock.ts";
import { createMemory } from "../../daemon/memory/create.ts";
import { BUILT_IN } from "../../daemon/memory/embedding/choice.ts";
import {
  type ChromaServer,
  chromaOfBinding,
  findOrStartChroma,
  startChroma,
} from "../../daemon/memory/vector/chroma-server.ts";
import { openChromaStore } from "../../daemon/memory/vector/chroma-store.ts";
import type { VectorStore } from "../../daemon/memory/vector/vector-store.ts";
import { silentLog } from "../../daemon/observability/log-file.ts";
import { commandEnvironment } from "../../daemon/security/environment.ts";
import { openStore } from "../../daemon/store/sqlite.ts";
import { CONFORMANCE, must } from "../memory/vector/conformance.ts";
import { startScriptedEmbeddings } from "../support/scripted-embeddings.ts";
import { createReport } from "../vscode/report.ts";

const BINDING = "chromadb-js-bindings-linux-x64-gnu";
const folder = fileURLToPath(new URL(".", import.meta.url));
const MAIN = fileURLToPath(new URL("../../daemon/main.ts", import.meta.url));
const binding = join(folder, "node_modules", BINDING, "chromadb-js-bindings.linux-x64-gnu.node");
const data = mkdtempSync(join(tmpdir(), "nexus-chroma-"));

install();
const report = createReport();
let server = await start();
for (const [name, check] of CONFORMANCE)
  await report.scenario(name, () => check({ open: async (model, dimensions) => open(name, model, dimensions) }));
await report.scenario("says that the server is gone, and finds it and its vectors again", losesTheServer);
await report.scenario("serves code memory, and leaves it to the table when it is gone", servesMemory);
await report.scenario("uses a server that runs already, and leaves it running", findsTheServer);
await server.stop();
await report.scenario("says why no server could be started", startsNothing);
rmSync(data, { recursive: true, force: true });
process.exitCode = report.end() ? 0 : 1;

function install(): void {
  if (existsSync(binding)) return;
  process.stdout.write("# installing the Chroma server (440 MB)\n");
  const npm = process.env["npm_execpath"];
  const [program, ...first] = npm?.endsWith(".js") ? [process.execPath, npm] : ["npm"];
  const { status } = spawnSync(program ?? "npm", [...first, "ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: folder,
    stdio: "inherit",
  });
  if (status !== 0 || !existsSync(binding)) throw new Error("npm ci in test/chroma failed");
}

function options() {
  const { signal } = new AbortController();
  return { folder: data, env: commandEnvironment(process.env), clock: systemClock, signal };
}

async function start(port?: number): Promise<ChromaServer> {
  const given = port === undefined ? {} : { port };
  return must(await startChroma({ ...options(), programs: [chromaOfBinding(binding)], ...given }));
}

function open(repository: string, model = "m", dimensions = 16): VectorStore {
  return must(openChromaStore({ address: server.address, repository, model, dimensions, clock: systemClock }));
}

async function losesTheServer(): Promise<void> {
  const store = open("lost");
  const vector = new Float32Array(16).fill(1);
  must(await store.add(["kept"], [vector]));
  await server.stop();
  const lost = await store.search(vector, 1);
  assert.equal(lost.ok ? "found" : lost.error.code, "vectors.unavailable");
  assert.equal(must(await store.stats()).problems.length, 1);
  server = await start(Number(new URL(server.address).port));
  assert.equal(must(await store.search(vector, 1))[0]?.key, "kept");
  assert.deepEqual(must(await store.stats()).problems, []);
}

async function servesMemory(): Promise<void> {
  const embeddings = await startScriptedEmbeddings();
  const [home, root] = [mkdtempSync(join(data, "home-")), realpathSync(mkdtempSync(join(data, "root-")))];
  writeFileSync(join(root, "wombat.ts"), "export const animal = wombat();\n");
  writeFileSync(join(root, "other.ts"), "export const other = 1;\n");
  const store = await openStore({ home, log: silentLog });
  const chosen = { provider: "openai-compatible", model: "m", baseUrl: embeddings.url, store: "chroma" } as const;
  const memory = createMemory({
    ...{ home, main: MAIN, store, clock: systemClock, log: silentLog, newId: randomUUID },
    embedding: { ...BUILT_IN, ...chosen, chroma: { address: server.address, headers: {} } },
  });
  const call = { name: "test", signal: new AbortController().signal };
  const search = async () => memory.search({ workspace: root, query: "wombat please" }, call);
  const isIdle = async () => (await memory.status({ workspace: root }, call)).vectors?.state === "idle";
  await memory.embedding({ workspace: root, action: "start" }, call);
  for (;;) {
    // Heard from before it is asked, so that no end is missed.
    const told = new Promise<void>((resolve) => memory.onProgress(() => resolve()));
    if (await isIdle()) break;
    await told;
  }
  const found = await search();
  assert.ok(found.results[0]?.why.includes("close in meaning (m)"), JSON.stringify(found));
  const { port } = new URL(server.address);
  await server.stop();
  const alone = await search();
  assert.equal(alone.results[0]?.path, "wombat.ts");
  assert.match(alone.degraded.join(), /Chroma at .*built-in table/);
  server = await start(Number(port));
  await memory.close();
  await store.close();
  await embeddings.close();
}

async function findsTheServer(): Promise<void> {
  const found = must(await findOrStartChroma({ ...options(), programs: [] }, server.address));
  assert.equal(found.address, server.address);
  await found.stop();
  assert.equal(must(await open("found").count()), 0);
}

async function startsNothing(): Promise<void> {
  const result = await startChroma({
    ...options(),
    programs: [["nexus-has-no-such-program"], [process.execPath, "-e", "console.error('no luck'); process.exit(3)"]],
  });
  assert.ok(!result.ok && /no-such-program.*code 3: no luck/s.test(result.error.message), JSON.stringify(result));
}
