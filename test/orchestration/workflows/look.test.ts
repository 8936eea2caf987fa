import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { listWorkflows, validateWorkflow } from "../../../daemon/orchestration/workflows/look.ts";

const GOOD = `name: greet
description: Says hello.
inputs:
  who: { type: string, description: Whom to greet. }
  times: { type: integer, default: 1 }
steps:
  - id: hello
    command: { run: echo hello }
`;
const BAD = "name: bad\nsteps:\n  - id: one\n    comand: { run: ls }\n";

let workspace: string;

beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), "nexus-look-"));
  mkdirSync(join(workspace, ".nexus", "workflows"), { recursive: true });
  writeFileSync(join(workspace, ".nexus", "workflows", "greet.yaml"), GOOD);
  writeFileSync(join(workspace, "bad.nexus.yaml"), BAD);
});
afterEach(() => rmSync(workspace, { recursive: true, force: true }));

it("lists workflows with what they must be told, those that are named and wrong ones too", async () => {
  const { workflows } = await listWorkflows({ workspace, paths: ["bad.nexus.yaml", ".nexus/workflows/greet.yaml"] });
  expect(workflows).toEqual([
    {
      path: ".nexus/workflows/greet.yaml",
      name: "greet",
      description: "Says hello.",
      inputs: [
        { name: "who", type: "string", description: "Whom to greet.", needed: true },
        { name: "times", type: "integer", description: "", needed: false },
      ],
      problems: 0,
    },
    { path: "bad.nexus.yaml", name: null, description: "", inputs: [], problems: 1 },
  ]);
});

it("says what is wrong with the text in an editor, whatever the file holds", async () => {
  const path = ".nexus/workflows/greet.yaml";
  expect(await validateWorkflow({ workspace, path })).toEqual({ problems: [] });
  const { problems } = await validateWorkflow({ workspace, path, text: BAD });
  expect(problems).toMatchObject([{ file: path, line: 3, message: "the step has no known kind" }]);
});

it("reads nothing outside of the folder", async () => {
  const outside = mkdtempSync(join(tmpdir(), "nexus-outside-"));
  writeFileSync(join(outside, "a.yaml"), GOOD);
  const path = join(outside, "a.yaml");
  const { problems } = await validateWorkflow({ workspace, path });
  expect(problems[0]?.message).toContain("there is no file");
  rmSync(outside, { recursive: true });
});

it.each([
  ["a folder", () => ({ workspace, path: ".nexus" })],
  ["a folder that is not there", () => ({ workspace: join(workspace, "none"), path: "a.yaml" })],
  ["a name that no system takes", () => ({ workspace, path: "a\0b" })],
])("takes %s for no file", async (_, params) => {
  const { problems } = await validateWorkflow(params());
  expect(problems[0]?.message).toContain("there is no file");
});
