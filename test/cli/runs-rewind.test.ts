/** nexus runs checkpoints, rewind, fork and prune. */
import { describe, expect, it } from "vitest";
import type { CommandName } from "../../daemon/cli/commands.ts";
import { parseCommandLine } from "../../daemon/cli/parse.ts";
import { checkpointsCommand, forkCommand, pruneCommand, rewindCommand } from "../../daemon/cli/runs-rewind.ts";
import { applyRunEvent, type RunState } from "../../protocol/index.ts";
import { createFakeConnection, createTestContext, createTestTerminal } from "../support/cli.ts";
import { created } from "../support/fake-run-service.ts";

const COMMANDS = {
  "runs checkpoints": checkpointsCommand,
  "runs rewind": rewindCommand,
  "runs fork": forkCommand,
  "runs prune": pruneCommand,
} satisfies Partial<Record<CommandName, unknown>>;

function state(runId: string): RunState {
  return applyRunEvent(null, { runId, seq: 1, at: "2026-01-01T00:00:00.000Z", body: created() });
}

const checkpoint = {
  number: 2,
  taskId: "t",
  turn: 3,
  commit: "c".repeat(40),
  at: "2026-01-01T00:00:00.000Z",
  leftOut: ["big"],
};

async function say(line: string, answers: Record<string, unknown> = {}) {
  const connection = createFakeConnection({
    "run/show": ({ runId }: { runId: string }) => ({ run: state(runId) }),
    "run/checkpoints": { checkpoints: [checkpoint], canUndo: true, accepted: ["a.txt"] },
    "run/rewind": { files: [{ place: "tree", path: "a.txt" }], conflicts: [], newRunId: null },
    "run/fork": { runId: "r2", sessionId: "s" },
    "run/prune": { runs: [{ runId: "r1", refs: 3, bytes: 2 * 1024 * 1024 }], keptBytes: 0 },
    ...answers,
  });
  const terminal = createTestTerminal();
  const invocation = parseCommandLine(line.split(" "));
  if (invocation.kind !== "run") throw new Error("no command");
  const entry = Object.entries(COMMANDS).find(([name]) => name === invocation.name);
  if (entry === undefined) throw new Error("another command");
  const exitCode = await entry[1](createTestContext(terminal, [connection], {}), invocation.arguments);
  return { exitCode, terminal, connection };
}

function paramsOf({ connection }: Awaited<ReturnType<typeof say>>, name: string): unknown {
  return connection.requests.find((request) => request.name === name)?.params;
}

describe("nexus runs", () => {
  it("lists checkpoints, for people and for programs", async () => {
    const { terminal } = await say("runs checkpoints r1");
    expect(terminal.stdout()).toMatch(/N +TASK +BEFORE STEP/);
    expect(terminal.stdout()).toContain("without 1 file");
    expect(terminal.stdout()).toContain("--before-accept");
    expect(terminal.stdout()).toContain("--undo");
    const json = await say("runs checkpoints r1 --json");
    expect(JSON.parse(json.terminal.stdout())).toMatchObject({ runId: "r1", checkpoints: [checkpoint] });
  });

  it("rewinds to a checkpoint, to before an accept, and back", async () => {
    const files = await say("runs rewind r1 --to 2");
    expect(files.exitCode).toBe(0);
    expect(files.terminal.stdout()).toContain("Put back 1 file");
    expect(paramsOf(files, "run/rewind")).toMatchObject({ to: { checkpoint: 2 }, form: "files", dryRun: false });
    const dry = await say("runs rewind r1 --to 2 --both --dry-run --overwrite a --overwrite b");
    expect(dry.terminal.stdout()).toContain("Nothing was written");
    expect(paramsOf(dry, "run/rewind")).toMatchObject({ form: "both", dryRun: true, overwrite: ["a", "b"] });
    expect(paramsOf(await say("runs rewind r1 --undo"), "run/rewind")).toMatchObject({ to: { what: "before_rewind" } });
    const accept = await say("runs rewind r1 --before-accept");
    expect(paramsOf(accept, "run/rewind")).toMatchObject({ to: { what: "before_accept" } });
  });

  it("names what is in the way, and fails", async () => {
    const conflicts = [{ path: "a.txt", reason: "you changed it since Nexus wrote it" }];
    const { exitCode, terminal } = await say("runs rewind r1 --to 2", {
      "run/rewind": { files: [], conflicts, newRunId: null },
    });
    expect(exitCode).toBe(1);
    expect(terminal.stderr()).toContain("a.txt: you changed it since Nexus wrote it");
    expect(terminal.stderr()).toContain("--overwrite");
  });

  it.each([
    "runs rewind r1",
    "runs rewind r1 --to 2 --undo",
    "runs rewind r1 --to x",
    "runs rewind r1 --to 2 --files --both",
    "runs fork r1",
    "runs prune --older-than soon",
  ])("says what is wrong with “%s”", async (line) => {
    await expect(async () => say(line)).rejects.toMatchObject({ value: { code: "usage.invalid" } });
  });

  it("forks with an instruction", async () => {
    const fork = await say("runs fork r1 --at 2 use a map --detach");
    expect(paramsOf(fork, "run/fork")).toMatchObject({ runId: "r1", checkpoint: 2, prompt: "use a map" });
    expect(fork.terminal.stdout()).toBe("r2\n");
  });

  it("prunes by age", async () => {
    const prune = await say("runs prune --older-than 7d --dry-run");
    expect(paramsOf(prune, "run/prune")).toEqual({ days: 7, dryRun: true });
    expect(prune.terminal.stdout()).toContain("Checkpoints of 1 run would be forgotten");
  });
});
