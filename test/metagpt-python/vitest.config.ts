/** The adapter against a Python package that behaves like MetaGPT. Needs Python 3.9 to 3.11, so it is no part of `npm test`. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/metagpt-python/**/*.suite.ts"],
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ["default", "./test/project/count-reporter.ts"],
  },
});
