/** Clients of others against the real program: `node test/clients/run.ts`. Needs python3 and a build. */
import { equal, match } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { compareTypes, compileConsumer, PYTHON, runNodeClient, runNodeExample, runPythonExample } from "./scenarios.ts";

const CHECKS: readonly (readonly [name: string, check: () => Promise<void>])[] = [
  ["a program compiles against nexus/client", async () => equal(await compileConsumer(), "")],
  ["the declared types are those of the source", async () => equal(await compareTypes(), "")],
  [
    "a program on dist/client starts a run and follows it",
    async () => {
      const module = fileURLToPath(new URL("../../dist/client/index.js", import.meta.url));
      equal(await runNodeClient(module), "done true");
    },
  ],
  [
    "the example in Node.js tells of a run that another client started",
    async () => match(await runNodeExample(), / done Change old to new$/),
  ],
  [
    "the example in Python starts a run and follows it",
    async () => {
      if (PYTHON === undefined) throw new Error("there is no python3");
      const lines = await runPythonExample(PYTHON);
      match(lines[0] ?? "", /^1 run\.created$/);
      match(lines.at(-1) ?? "", /^done: /);
    },
  ],
];

let failed = 0;
for (const [name, check] of CHECKS)
  try {
    await check();
    process.stdout.write(`ok      ${name}\n`);
  } catch (error) {
    failed += 1;
    process.stdout.write(`FAILED  ${name}\n${error instanceof Error ? error.stack : String(error)}\n`);
  }
process.stdout.write(`${CHECKS.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;
