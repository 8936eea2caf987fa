/** nexus runs replay, and the queue in nexus daemon status. */
import { expect, it } from "vitest";
import { statusCommand } from "../../daemon/cli/daemon.ts";
import { parseCommandLine } from "../../daemon/cli/parse.ts";
import { replayCommand } from "../../daemon/cli/runs-replay.ts";
import { applyRunEvent, type RunEventBody } from "../../protocol/index.ts";
import { createFakeConnection, createTestContext, createTestTerminal } from "../support/cli.ts";
import { created } from "../support/fake-run-service.ts";

const SAME = { runId: "r1", events: 30, compared: 20, told: 10, ignored: ["durationMs"], divergence: null };

async function say(line: string, answers: Record<string, unknown> = {}) {
  const run = applyRunEvent(null, { runId: "r1", seq: 1, at: "2026-01-01T00:00:00.000Z", body: created() });
  const connection = createFakeConnection({ "run/show": { run }, "run/replay": SAME, ...answers });
  const terminal = createTestTerminal();
  const invocation = parseCommandLine(line.split(" "));
  if (invocation.kind !== "run") throw new Error("no command");
  const command = invocation.name === "daemon status" ? statusCommand : replayCommand;
  const exitCode = await command(createTestContext(terminal, [connection]), invocation.arguments);
  return { exitCode, terminal, connection };
}

it("says that a run comes out the same, or where it does not", async () => {
  const same = await say("runs replay r1");
  expect(same.exitCode).toBe(0);
  expect(same.terminal.stdout()).toMatch(/The same 30 events \(20 events made again, 10 from the record/);
  const recorded: RunEventBody = { type: "run.triaged", kind: "goal", reason: "it is long" };
  const made: RunEventBody = { type: "run.triaged", kind: "change", reason: "it is short" };
  const divergence = { seq: 4, recorded, made, fields: ["kind", "reason"], reason: "The engine made another event." };
  const other = await say("runs replay r1", { "run/replay": { ...SAME, divergence } });
  expect(other.exitCode).toBe(1);
  expect(other.terminal.stdout()).toContain("differently at event 4 of 30");
  expect(other.terminal.stdout()).toContain("differing: kind, reason");
  const json = await say("runs replay r1 --json", { "run/replay": { ...SAME, divergence } });
  expect(json.exitCode).toBe(1);
  expect(JSON.parse(json.terminal.stdout())).toMatchObject({ divergence: { seq: 4 } });
});

it("takes only what it can change, and only from a checkpoint", async () => {
  await expect(async () => say("runs replay r1 --with model=x")).rejects.toThrow(/--from N/);
  await expect(say("runs replay r1 --from 2 --with colour=red")).rejects.toThrow(
    /model=NAME, prompt=TEXT or agent=NAME/,
  );
  await expect(say("runs replay r1 --from 2 --with model=x")).rejects.toMatchObject({
    value: { code: "model.not_configured" },
  });
});

it("shows who has slots and who waits", async () => {
  const slots = { limit: 2, active: 2, queued: 0 };
  const scheduling = {
    runs: { ...slots, queued: 1, waiting: [{ runId: "r9", priority: "high" }] },
    tasks: { limit: 4, active: 1, queued: 0 },
    providers: [{ provider: "anthropic", most: 8, limit: 3, active: 3, queued: 5 }],
  };
  const status = {
    ...{ pid: 1, version: "1", buildTime: 0, protocolVersion: 1, home: "/h", startedAt: "", uptimeMs: 1, rssBytes: 1 },
    ...{ connections: 1, activeRuns: 2, draining: false, idleExitMs: null, scheduling },
  };
  const { terminal } = await say("daemon status", { "daemon/status": status });
  expect(terminal.stdout()).toContain("runs: 2 of 2 slots taken, 1 waiting\n    1. r9 (high)");
  expect(terminal.stdout()).toContain("tasks: 1 of 4 slots taken");
  expect(terminal.stdout()).toContain(
    "calls to anthropic: 3 of 3 slots taken (8 when the provider is well again), 5 waiting",
  );
});
