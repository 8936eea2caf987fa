import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic" } },
  test: {
    include: ["test/**/*.test.ts", "test/**/*.test.tsx"],
    exclude: ["test/vscode/**", "test/crash/**", "**/node_modules/**", "**/fixtures/**"],
    // A test that forgets its own data folder or model must meet neither the user's data nor the user's keys.
    env: {
      NEXUS_HOME: join(tmpdir(), "nexus-test-without-home"),
      OPENAI_API_KEY: "",
      ANTHROPIC_API_KEY: "",
      OPENAI_BASE_URL: "",
      ANTHROPIC_BASE_URL: "",
      NEXUS_PROVIDER: "",
      NEXUS_MODEL: "",
    },
    // Most tests wait for git, disks and child processes, so both cores are worth a worker.
    maxWorkers: 2,
    // Long enough for a loaded machine: a test that hangs is an error, a slow one is not.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ["default", "./test/project/count-reporter.ts"],
  },
});
