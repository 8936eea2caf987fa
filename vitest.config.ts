import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** The only place that carries out a tool, and what belongs to it. */
const GATE = ["run", "admit", "guard", "gate", "locks", "arguments", "writes", "journal-port"].map(
  (name) => `daemon/tools/${name}.ts`,
);
const EDITS = ["daemon/tools/edits/**/*.ts", "daemon/tools/files/edit-journal.ts", "daemon/tools/files/file-set.ts"];

const TOGETHER = ["collaboration", "planning", "protocol", "security", "store", "tools", "webview"].map(
  (folder) => `test/${folder}/**/*.test.{ts,tsx}`,
);
/** What takes `npm test` too long: `npm run test:long`, which CI runs too. */
const LONG = "test/**/*.long.test.ts";
const NO_TESTS = ["test/vscode/**", "test/crash/**", "**/node_modules/**", "**/fixtures/**"];

export default defineConfig({
  oxc: { jsx: { runtime: "automatic" } },
  test: {
    projects: [
      // These neither change the process nor keep anything in a module, so one load of the code serves all of them.
      { extends: true, test: { name: "together", include: TOGETHER, isolate: false } },
      {
        extends: true,
        test: { name: "apart", include: ["test/**/*.test.{ts,tsx}"], exclude: [...NO_TESTS, ...TOGETHER, LONG] },
      },
      { extends: true, test: { name: "long", include: [LONG] } },
    ],
    // A test that forgets its own data folder or model must meet neither the user's data nor the user's keys.
    env: {
      NEXUS_HOME: join(tmpdir(), "nexus-test-without-home"),
      OPENAI_API_KEY: "",
      ANTHROPIC_API_KEY: "",
      OPENAI_BASE_URL: "",
      ANTHROPIC_BASE_URL: "",
      NEXUS_PROVIDER: "",
      NEXUS_MODEL: "",
      // Where test files say how many recorded runs they replayed; the reporter adds up.
      NEXUS_TEST_REPLAYS: join(tmpdir(), `nexus-test-replays-${process.pid}`),
      // Threads and programs that tests start from source need not strip its types and compile it each time.
      NODE_COMPILE_CACHE: fileURLToPath(new URL("node_modules/.cache/nexus-tests", import.meta.url)),
    },
    // Most tests wait for git, disks and child processes, so both cores are worth a worker.
    maxWorkers: 2,
    // Long enough for a loaded machine: a test that hangs is an error, a slow one is not.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ["default", "./test/project/count-reporter.ts"],
    // `npm run test:coverage` measures what stands between a model and the machine, and nothing else.
    coverage: {
      provider: "v8",
      include: ["daemon/security/**/*.ts", ...GATE, ...EDITS],
      reporter: ["text", "json-summary"],
      reportsDirectory: join(tmpdir(), "nexus-coverage"),
      thresholds: Object.fromEntries(
        ["daemon/security/**/*.ts", `{${GATE}}`, `{${EDITS}}`].map((files) => [files, { lines: 95, branches: 90 }]),
      ),
    },
  },
});
