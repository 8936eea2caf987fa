/** What the faces are tried on: a data folder, a repository, a scripted model, a daemon, and a client that must not feel anything. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connectToDaemon } from "../../../daemon/cli/connect.ts";
import { type ClientConnection, isEnded } from "../../../protocol/index.ts";
import { initGit, writeFiles } from "../../support/folder.ts";
import { startScriptedOpenAi } from "../../support/scripted-openai.ts";

const BUILT = fileURLToPath(new URL("../../../dist/daemon/main.js", import.meta.url));
const SOURCE = fileURLToPath(new URL("../../../daemon/main.ts", import.meta.url));

export interface Place {
  readonly home: string;
  readonly repo: string;
  readonly main: string;
  readonly env: Readonly<Record<string, string>>;
  readonly runIds: readonly string[];
  readonly daemonPid: number;
  /** Another client, and what it is told. */
  readonly witness: ClientConnection;
  close(): Promise<void>;
}

/** With all the room of a machine, V8 lets garbage lie for so long that a growth could be that or a leak. */
const NODE_OPTIONS = "--max-old-space-size=160 --max-semi-space-size=4";

const FILES = {
  "package.json": '{ "name": "shop", "scripts": { "test": "node --test" } }\n',
  "src/cart.ts":
    'import { priceOf } from "./price.ts";\nexport class Cart {\n  add(name: string): number {\n    return priceOf(name);\n  }\n}\n',
  "src/price.ts": "/** Of one thing. */\nexport function priceOf(name: string): number {\n  return name.length;\n}\n",
  "test/cart.test.ts": 'import { Cart } from "../src/cart.ts";\nnew Cart().add("x");\n',
  "src/wörter.py": 'def grüße(name):\n    return "𝒳\u2028" + name\n',
};

export async function openPlace(): Promise<Place> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "nexus-fuzz-")));
  const [home, repo] = [join(root, "home"), join(root, "repo")];
  mkdirSync(home, { mode: 0o700 });
  writeFileSync(join(home, "settings.json"), JSON.stringify({ webSocket: { port: 0 } }));
  writeFiles(repo, FILES);
  initGit(repo);
  const model = await startScriptedOpenAi([{ when: {}, reply: { text: "It is a shop." } }]);
  const { PATH = "", HOME = "", NODE_COMPILE_CACHE = "" } = process.env;
  const settings = { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: "test-key-0123456789", NEXUS_MODEL: "scripted" };
  const env = { PATH, HOME, NODE_COMPILE_CACHE, NODE_OPTIONS, NEXUS_HOME: home, NO_COLOR: "1", ...settings };
  const main = existsSync(BUILT) ? BUILT : SOURCE;
  const client = { name: "witness", role: "human" as const, version: "0.0.0", buildTime: 0 };
  const witness = await connectToDaemon({ home, startIfNeeded: true, client, main, env });
  await witness.request("memory/index", { workspace: repo });
  const runIds = await Promise.all([1, 2].map((number) => ranOnce(witness, repo, number)));
  return {
    ...{ home, repo, main, env, runIds, witness, daemonPid: witness.daemon.pid },
    async close() {
      const ended = new Promise<void>((resolve) => witness.onClose(resolve));
      await witness.request("daemon/stop", { ifIdle: false }).catch(() => undefined);
      await ended;
      await model.close();
      rmSync(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function ranOnce(witness: ClientConnection, workspace: string, number: number): Promise<string> {
  const asked = { workspace, prompt: "What is it?", mode: "ask" as const, headless: true };
  const { runId } = await witness.request("run/start", { ...asked, idempotencyKey: `fuzz-run-${number}` });
  while (!isEnded((await witness.request("run/show", { runId })).run.status))
    await new Promise((resolve) => setTimeout(resolve, 20));
  return runId;
}

/** Of a process, in bytes; undefined where it cannot be told. */
export function residentBytes(pid: number): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/VmRSS:\s*(\d+)/.exec(status)?.[1]) * 1024 || undefined;
  } catch {
    return residentByPs(pid);
  }
}

function residentByPs(pid: number): number | undefined {
  try {
    return Number(execFileSync("ps", ["-o", "rss=", "-p", `${pid}`], { encoding: "utf8" })) * 1024 || undefined;
  } catch {
    return undefined;
  }
}
