import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "nexus-run-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts a script through test/run.mjs, as every npm script is started. */
function start(source: string, ...args: string[]): ChildProcess {
  const script = join(folder, `${Math.random()}.ts`);
  writeFileSync(script, source);
  return spawn(process.execPath, ["test/run.mjs", "--no-build", script, ...args], { cwd: root });
}

async function end(child: ChildProcess): Promise<{ code: unknown; output: string }> {
  let output = "";
  child.stdout?.on("data", (chunk) => {
    output += chunk;
  });
  const [code] = await once(child, "close");
  return { code, output };
}

it("runs TypeScript under the locked Node, with the arguments and the exit code of the script", async () => {
  const source = `const words: string[] = process.argv.slice(2); console.log(process.version, ...words); process.exit(7);`;
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const { version } = lock.packages["node_modules/node"];
  expect(await end(start(source, "--flag", "a b"))).toEqual({ code: 7, output: `v${version} --flag a b\n` });
});

it("passes a signal on and waits for the script's own end", async () => {
  const child = start(`process.on("SIGTERM", () => { console.log("ended"); process.exit(3); });
    setInterval(() => {}, 1000); console.log("ready");`);
  const ended = end(child);
  if (child.stdout !== null) await once(child.stdout, "data");
  child.kill("SIGTERM");
  expect(await ended).toEqual({ code: 3, output: "ready\nended\n" });
});

it("says how it is used", async () => {
  const child = spawn(process.execPath, ["test/run.mjs"], { cwd: root });
  expect((await end(child)).code).toBe(1);
});
