/** More goals through ACP than `npm test` has time for: each with the real engine. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/acp-goals/**/*.suite.ts"],
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ["default", "./test/project/count-reporter.ts"],
  },
});
