/** What `nexus mcp` refuses before it serves anybody. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { mcpCommand } from "../../daemon/cli/mcp.ts";
import { parseCommandLine } from "../../daemon/cli/parse.ts";
import { createTestContext, createTestTerminal } from "../support/cli.ts";
import { removeFolder } from "../support/remove.ts";

let repo: string;

beforeEach(async () => {
  repo = await mkdtemp(join(tmpdir(), "nexus-mcp-"));
});

afterEach(() => removeFolder(repo));

function run(words: readonly string[], env: Record<string, string> = {}) {
  const invocation = parseCommandLine(["mcp", ...words]);
  if (invocation.kind !== "run") throw new Error("no command");
  return mcpCommand({ ...createTestContext(createTestTerminal(), []), env }, invocation.arguments);
}

it.each<[string, readonly string[], RegExp]>([
  ["the whole disk", ["--repo", "/"], /more than a project/],
  ["a folder that is not there", ["--repo", "/nowhere/at/all"], /no folder/],
  ["two ways at once", ["--stdio", "--http"], /Either/],
  ["a port of nothing", ["--port", "1"], /goes with --http/],
  ["a port that is none", ["--http", "--port", "70000"], /0 to 65535/],
])("refuses %s", async (_name, words, problem) => {
  const given = words.includes("--repo") ? words : [...words, "--repo", repo];
  await expect(run(given)).rejects.toMatchObject({
    value: { code: "usage.invalid", message: expect.stringMatching(problem) },
  });
});

it("knows the rights that there are", () => {
  expect(() => parseCommandLine(["mcp", "--allow", "runs", "--allow", "everything"])).toThrow(
    /runs, facts, approvals, changes/,
  );
});

it("lets nobody more than look where an agent started it", async () => {
  const words = ["--repo", repo, "--allow", "approvals"];
  await expect(run(words, { NEXUS_AGENT: "1" })).rejects.toMatchObject({ value: { code: "connection.read_only" } });
});
