/**
 * `nexus run` against a server that this project did not write: aimock (MIT) speaks OpenAI's and Anthropic's protocols.
 * What it answers is scripted too; how it says it is its own reading of the protocols.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LLMock } from "@copilotkit/aimock";
import { expect, it, onTestFinished } from "vitest";
import { initGit, writeFiles } from "../support/engine.ts";
import { createNexus } from "../support/nexus-process.ts";
import { temporaryHome } from "../support/store.ts";

const call = (name: string, input: unknown) => ({ toolCalls: [{ name, arguments: JSON.stringify(input) }] });

it.each([
  ["OpenAI", (url: string) => ({ OPENAI_BASE_URL: `${url}/v1` })],
  ["Anthropic", (url: string) => ({ ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: "any-key-at-all" })],
])("a foreign server that speaks %s completes a one-file goal", async (_, environment) => {
  const mock = new LLMock({ port: 0 });
  mock.on({ turnIndex: 0 }, call("read_file", { path: "greet.js" }));
  mock.on({ turnIndex: 1 }, call("edit_file", { path: "greet.js", edits: [{ search: "Helo", replace: "Hello" }] }));
  mock.on({ turnIndex: 2 }, { content: "greet.js says Hello now." });
  await mock.start();
  const workspace = temporaryHome();
  writeFiles(workspace, { "greet.js": 'console.log("Helo");\n' });
  initGit(workspace);
  const nexus = await createNexus({ ...environment(mock.url), NEXUS_MODEL: "foreign" });
  onTestFinished(async () => {
    await nexus.close();
    await mock.stop();
  });
  const { code, stdout, stderr } = await nexus.run(
    "run",
    "Fix the greeting in greet.js",
    "--repo",
    workspace,
    "--apply",
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("greet.js says Hello now.");
  expect(readFileSync(join(workspace, "greet.js"), "utf8")).toBe('console.log("Hello");\n');
});
