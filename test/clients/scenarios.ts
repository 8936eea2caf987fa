/** Clients that are not ours: the example in Python, and a program on the package's export, each against the real program. */
import { execFile, spawn, spawnSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { connect } from "../../daemon/client.ts";
import { clientTypes } from "../../docs/generate/client-types.ts";
import { initGit, writeFiles } from "../support/engine.ts";
import { createNexus } from "../support/nexus-process.ts";
import { removeFolder } from "../support/remove.ts";
import type { Script } from "../support/scripted/script.ts";
import { startScriptedOpenAi } from "../support/scripted-openai.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);

const SCRIPT: Script = [
  { when: { turn: 0, tool: "edit_file" }, reply: { toolCalls: [{ tool: "read_file", arguments: { path: "a.txt" } }] } },
  {
    when: { turn: 1 },
    reply: {
      toolCalls: [{ tool: "edit_file", arguments: { path: "a.txt", edits: [{ search: "old", replace: "new" }] } }],
    },
  },
  { when: { turn: 2 }, reply: { text: "Done." } },
];

interface Place {
  readonly repo: string;
  readonly home: string;
  /** Of a process that is to find the program and the scripted model. */
  readonly env: Record<string, string>;
}

/** A workspace, a scripted model and a data folder; the daemon is started by whoever needs it first. */
async function withPlace<Value>(work: (place: Place) => Promise<Value>): Promise<Value> {
  const repo = await mkdtemp(join(tmpdir(), "nexus-repo-"));
  writeFiles(repo, { "a.txt": "old\n" });
  initGit(repo);
  const model = await startScriptedOpenAi(SCRIPT);
  const settings = { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: "k", NEXUS_MODEL: "scripted" };
  const nexus = await createNexus(settings);
  const main = join(root, "daemon/main.ts");
  const { PATH = "", HOME = "", SystemRoot = "" } = process.env;
  const program = [process.execPath, main].map((word) => `'${word}'`).join(" ");
  const env = { PATH, HOME, SystemRoot, NEXUS_HOME: nexus.home, NEXUS: program, PYTHONUTF8: "1", ...settings };
  try {
    return await work({ repo, home: nexus.home, env });
  } finally {
    await nexus.close();
    await model.close();
    await removeFolder(repo);
  }
}

export const PYTHON = ["python3", "python"].find((name) => spawnSync(name, ["--version"]).status === 0);

/** What the example prints, a line each. */
export function runPythonExample(python: string): Promise<readonly string[]> {
  return withPlace(async ({ repo, env }) => {
    const example = join(root, "examples/clients/run_goal.py");
    const { stdout } = await run(python, [example, "Change old to new in a.txt", repo], { env, timeout: 60_000 });
    return stdout.trimEnd().split("\n");
  });
}

/** A run started and followed by a program that knows nothing but the module; answers with what the program prints. */
export function runNodeClient(module: string): Promise<string> {
  return withPlace(async ({ repo, env }) => {
    const source = `
      const { connect, link, applyRunEvent } = await import(${JSON.stringify(pathToFileURL(module).href)});
      const nexus = await connect({ name: "node", role: "automation" });
      const { runId } = await nexus.request("run/start", {
        workspace: ${JSON.stringify(repo)}, prompt: "Change old to new in a.txt", headless: true, idempotencyKey: "12345678",
      });
      const lasting = link({ name: "node too" });
      let state = null;
      lasting.watch(runId, 0, (event) => {
        state = applyRunEvent(state, event);
        if (event.body.type !== "run.finished") return;
        console.log(state.status, state.seq === event.seq);
        lasting.close();
        nexus.close();
      });`;
    const { stdout } = await run(process.execPath, ["--input-type=module", "-e", source], { env, timeout: 60_000 });
    return stdout.trim();
  });
}

/** The example in Node.js beside a run that another client starts; resolves when it has told the run's end. Needs a build. */
export function runNodeExample(): Promise<string> {
  return withPlace(async ({ repo, home, env }) => {
    const folder = await mkdtemp(join(tmpdir(), "nexus-example-"));
    await mkdir(join(folder, "node_modules/nexus"), { recursive: true });
    await symlink(join(root, "dist"), join(folder, "node_modules/nexus/dist"), "junction");
    const manifest = { name: "nexus", type: "module", exports: { "./client": "./dist/client/index.js" } };
    await writeFile(join(folder, "node_modules/nexus/package.json"), JSON.stringify(manifest));
    await copyFile(join(root, "examples/clients/watch-runs.mjs"), join(folder, "watch-runs.mjs"));
    const example = spawn(process.execPath, [join(folder, "watch-runs.mjs")], {
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const nexus = await connect({ name: "starter", home, env });
    try {
      const start = { workspace: repo, prompt: "Change old to new", headless: true, idempotencyKey: "12345678" };
      const isThere = new Promise<void>((resolve) =>
        nexus.on("presence/changed", ({ clients }) => clients.some(({ name }) => name === "watch-runs") && resolve()),
      );
      await nexus.request("presence/watch", {});
      await isThere;
      const { runId } = await nexus.request("run/start", start);
      for await (const line of createInterface(example.stdout)) if (line.startsWith(`${runId} done`)) return line;
      throw new Error("it ended before the run did");
    } finally {
      nexus.close();
      example.kill();
      await removeFolder(folder);
    }
  });
}

const CONSUMER = `
import { applyRunEvent, connect, link, NexusError, type RunState } from "nexus/client";

const nexus = await connect({ name: "consumer", role: "human", capabilities: { requests: ["client/ping"] } });
nexus.handle("client/ping", () => ({}));
const { runs } = await nexus.request("run/list", { limit: 10 });
export const prompts: string[] = runs.map(({ prompt }) => prompt);
let state: RunState | null = null;
nexus.on("run/event", ({ event }) => {
  state = applyRunEvent(state, event);
  if (event.body.type === "run.finished") console.log(event.body.summary);
});
await nexus.request("run/watch", { runId: "r", after: 0 }, { signal: new AbortController().signal });
link({ name: "lasting" }).watch("r", 0, ({ seq }) => seq.toFixed());
export const code = (error: unknown) => (error instanceof NexusError ? error.value.code : undefined);
// @ts-expect-error there is no such request
nexus.request("run/nonsense", {});
// @ts-expect-error the number is missing
nexus.request("run/watch", { runId: "r" });
// @ts-expect-error no client is asked that
nexus.handle("run/list", () => ({}));
`;

/** Compiles only where what is declared is what there is. */
const COMPARISON = `
import type * as declared from "nexus/client";
import type * as actual from "ROOT/daemon/client.ts";
import type { Answer, NotificationName, NotificationParams, Params, RequestName } from "ROOT/protocol/index.ts";

// What is declared is what there is, both ways.
type Asked = Exclude<RequestName, \`handshake/\${string}\`>;
type Same<One, Other> = [One, Other] extends [Other, One] ? true : { one: One; other: Other };
export const names: Same<keyof typeof declared, keyof typeof actual> = true;
export const params: Same<
  { [Name in keyof declared.Requests]: declared.Requests[Name]["params"] },
  { [Name in Asked]: Params<Name> }
> = true;
export const results: Same<
  { [Name in keyof declared.Requests]: declared.Requests[Name]["result"] },
  { [Name in Asked]: Answer<Name> }
> = true;
export const told: Same<declared.Notifications, { [Name in NotificationName]: NotificationParams<Name> }> = true;
`;

/** What the compiler says to a program that uses all of the client; nothing when it is content. */
export function compileConsumer(): Promise<string> {
  return compile(CONSUMER);
}

/** The same where the declared types are others than those of the source. Takes some seconds. */
export function compareTypes(): Promise<string> {
  return compile(COMPARISON.replaceAll("ROOT/", root.replaceAll("\\", "/")));
}

async function compile(program: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "nexus-consumer-"));
  const manifest = { name: "nexus", type: "module", exports: { "./client": { types: "./index.d.ts" } } };
  const options = {
    ...{ strict: true, exactOptionalPropertyTypes: true, noEmit: true, allowImportingTsExtensions: true },
    ...{ module: "NodeNext", target: "ES2024", lib: ["ES2024"], types: ["node"], skipLibCheck: false },
  };
  try {
    await mkdir(join(folder, "node_modules/nexus"), { recursive: true });
    await symlink(join(root, "node_modules/@types"), join(folder, "node_modules/@types"), "junction");
    await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
    await writeFile(join(folder, "node_modules/nexus/package.json"), JSON.stringify(manifest));
    await writeFile(join(folder, "node_modules/nexus/index.d.ts"), clientTypes());
    await writeFile(join(folder, "consumer.ts"), program);
    await writeFile(
      join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions: options, files: ["consumer.ts"] }),
    );
    const compiler = join(root, "node_modules/typescript/bin/tsc");
    return await run(process.execPath, [compiler, "-p", folder]).then(
      () => "",
      (error: { stdout?: string }) => error.stdout ?? String(error),
    );
  } finally {
    await removeFolder(folder);
  }
}
