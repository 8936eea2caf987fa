import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CliContext } from "../../daemon/cli/context.ts";
import { type Arguments, parseCommandLine } from "../../daemon/cli/parse.ts";
import { workflowGraphCommand, workflowListCommand, workflowValidateCommand } from "../../daemon/cli/workflow.ts";
import {
  workflowCompareCommand,
  workflowMigrateCommand,
  workflowStatesCommand,
} from "../../daemon/cli/workflow-runs.ts";
import { workflowScheduleCommand } from "../../daemon/cli/workflow-schedule.ts";
import { createFakeConnection, createTestContext, createTestTerminal } from "../support/cli.ts";
import { writeFiles } from "../support/engine.ts";

type Command = (context: CliContext, args: Arguments) => Promise<number>;

const GOOD = `name: good
description: Does well.
inputs: { n: { type: integer }, s: { type: string, default: x } }
steps:
  - { id: a, command: { run: "true" } }
  - { id: p, parallel: { branches: { one: [{ id: b, when: inputs.n > 1, set: {} }] } } }
`;
let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "nexus-workflow-cli-")));
  writeFiles(folder, { ".nexus/workflows/good.yaml": GOOD, "bad.yaml": "name: bad\nsteps:\n  - { id: a, jump: 1 }\n" });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function run(command: Command, words: readonly string[], answers: Record<string, object> = {}) {
  const terminal = createTestTerminal();
  const invocation = parseCommandLine(words);
  if (invocation.kind !== "run") throw new Error("no command");
  const context = { ...createTestContext(terminal, [createFakeConnection(answers)]), cwd: folder };
  const code = await command(context, invocation.arguments);
  return { code, out: terminal.stdout(), err: terminal.stderr() };
}

describe("nexus workflow", () => {
  it("validate says what is wrong with its place, and leaves with 1", async () => {
    const bad = await run(workflowValidateCommand, ["workflow", "validate", "bad.yaml"]);
    expect(bad.code).toBe(1);
    expect(bad.err).toMatch(
      /^bad\.yaml:3:5: the step has no known kind \(steps\[0\]\)\n {2}Give it one of: agent, tool/,
    );
    const asJson = await run(workflowValidateCommand, ["workflow", "validate", "bad.yaml", "--json"]);
    expect(JSON.parse(asJson.out)).toMatchObject({ file: "bad.yaml", ok: false, problems: [{ line: 3, column: 5 }] });
    const good = await run(workflowValidateCommand, ["workflow", "validate", "good"]);
    expect(good).toMatchObject({ code: 0, out: ".nexus/workflows/good.yaml is right: 1 file.\n" });
    await expect(run(workflowValidateCommand, ["workflow", "validate", "none"])).rejects.toMatchObject({
      value: { code: "usage.invalid" },
    });
  });

  it("graph draws steps and what they need", async () => {
    const { out } = await run(workflowGraphCommand, ["workflow", "graph", "good"]);
    expect(out.split("\n")).toEqual([
      "flowchart TD",
      "  %% good",
      '  s_a["a: command"]',
      '  subgraph s_p["p: parallel"]',
      '    subgraph s_p_one["one"]',
      '      s_b>"b: set"]',
      "    end",
      "  end",
      "  s_a --> s_p",
      "",
    ]);
  });

  it("list names workflows and what they want", async () => {
    writeFiles(folder, { ".nexus/workflows/broken.yaml": "name: [" });
    const { out } = await run(workflowListCommand, ["workflow", "list"]);
    expect(out).toContain("good  Does well. (n, [s])\n");
    expect(out).toMatch(/broken\.yaml {2}✗ \d problem/);
  });

  it("states, compare and migrate print what the daemon says", async () => {
    const show = { "run/show": { run: { runId: "r1", workspace: folder } } };
    const ended = [
      { at: "a", outcome: "done" },
      { at: "b", outcome: "failed" },
    ];
    const states = [{ number: 2, at: "c", takenAt: "2026-01-01T00:00:00.000Z", commit: "abc", ended }];
    const listed = await run(workflowStatesCommand, ["workflow", "states", "r1"], {
      ...show,
      "workflow/states": { states },
    });
    expect(listed.out).toMatch(/2\s+c\s+2026\S+\s+a, b \(failed\)/);
    const side = { outcome: "done", output: "1", costUsd: 0.5, attempts: 1 };
    const steps = [{ at: "a", same: false, first: side, second: null }];
    const compared = await run(workflowCompareCommand, ["workflow", "compare", "r1", "r1"], {
      ...show,
      "workflow/compare": { steps },
    });
    expect(compared.out).toMatch(/≠\s+a\s+done, \$0\.50: 1\s+–/);
    const fates = { steps: [{ at: "a", fate: "refused", reason: "It is another." }], migrated: false };
    const words = ["workflow", "migrate", "r1", "bad.yaml", "--dry-run"];
    const migrated = await run(workflowMigrateCommand, words, { ...show, "workflow/migrate": fates });
    expect(migrated).toMatchObject({ code: 1, out: "refused  a: It is another.\nNothing was changed.\n" });
  });

  it("schedule wants to know what to do", async () => {
    const bad = [["schedule"], ["schedule", "add"], ["schedule", "remove"], ["schedule", "add", "good"]];
    for (const words of bad)
      await expect(async () => run(workflowScheduleCommand, ["workflow", ...words])).rejects.toMatchObject({
        value: { code: "usage.invalid" },
      });
    const { out } = await run(workflowScheduleCommand, ["workflow", "schedule", "list"], {
      "workflow/schedules": { schedules: [] },
    });
    expect(out).toBe("There are no schedules.\n");
  });
});
