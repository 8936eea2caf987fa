/** `npm run check`: everything that can be said without running the program. Every step runs, so one look shows all. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const inModules = (...path: string[]) => join(root, "node_modules", ...path);

const STEPS: readonly { readonly name: string; readonly script: string; readonly args: readonly string[] }[] = [
  { name: "types", script: inModules("typescript", "bin", "tsc"), args: ["-b"] },
  {
    name: "lint and format",
    script: inModules("@biomejs", "biome", "bin", "biome"),
    args: ["check", "--error-on-warnings"],
  },
  { name: "unused files, exports and packages", script: inModules("knip", "bin", "knip.js"), args: [] },
  {
    name: "architecture and generated pages",
    script: inModules("vitest", "vitest.mjs"),
    args: ["run", "--reporter=dot", "test/architecture.test.ts", "test/docs.test.ts", "test/project"],
  },
];

const failed = STEPS.filter(({ name, script, args }) => {
  const startedAt = Date.now();
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: "inherit" });
  process.stdout.write(`${status === 0 ? "ok    " : "FAILED"} ${name} (${Date.now() - startedAt} ms)\n`);
  return status !== 0;
});
process.exitCode = failed.length === 0 ? 0 : 1;
