/** The commands about runs, and how errors and machines are answered. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findRun } from "../../daemon/cli/find-run.ts";
import { parseCommandLine } from "../../daemon/cli/parse.ts";
import { planCommand, runCommand } from "../../daemon/cli/run.ts";
import { runCli } from "../../daemon/cli/run-cli.ts";
import { cancelCommand, listCommand, showCommand } from "../../daemon/cli/runs.ts";
import { acceptCommand, diffCommand } from "../../daemon/cli/runs-changes.ts";
import { BUILT_IN } from "../../daemon/memory/embedding/choice.ts";
import { DEFAULT_SCHEDULING } from "../../daemon/orchestration/scheduling/settings.ts";
import { applyRunEvent, nexusError, type RunEvent, type RunEventBody, type RunState } from "../../protocol/index.ts";
import { plan as planWith, task } from "../planning/plans.ts";
import { createFakeConnection, createTestContext, createTestTerminal, type FakeConnection } from "../support/cli.ts";
import { created, summary } from "../support/fake-run-service.ts";

const ids = ["ab12", "ab34", "cd56"];
const listing = {
  "run/list": {
    runs: ids.map((runId) => ({ ...summary(runId, `goal of ${runId}`), pendingFiles: 2 })),
    nextCursor: null,
  },
  "run/show": ({ runId }: { runId: string }) =>
    ids.includes(runId) ? { run: state(runId) } : nexusError("run.unknown", runId),
};

function state(runId: string, ...more: RunEventBody[]): RunState {
  return [created(), ...more].reduce<RunState | null>(
    (last, body, index) => applyRunEvent(last, { runId, seq: index + 1, at: "2026-01-01T00:00:00.000Z", body }),
    null,
  ) as RunState;
}

function argumentsOf(line: string) {
  const invocation = parseCommandLine(line.split(" "));
  if (invocation.kind !== "run") throw new Error("no command");
  return invocation.arguments;
}

describe("which run is meant", () => {
  const connection = () => createFakeConnection(listing);
  it.each([
    ["ab12", "ab12"],
    ["c", "cd56"],
    ["latest", "ab12"],
  ])("“%s” is %s", async (word, expected) => expect(await findRun(connection(), word)).toBe(expected));
  it("is not guessed between several", () => expect(findRun(connection(), "ab")).rejects.toThrow(/ab12, ab34/));
  it("may be none", () =>
    expect(findRun(connection(), "zz")).rejects.toMatchObject({ value: { code: "run.unknown" } }));
  it("may be none when there is none at all", () =>
    expect(
      findRun(createFakeConnection({ "run/list": { runs: [], nextCursor: null } }), "latest"),
    ).rejects.toMatchObject({
      value: { code: "run.unknown" },
    }));
  it("is looked for on all pages", async () => {
    const pages = createFakeConnection({
      ...listing,
      "run/list": ({ cursor }: { cursor?: string }) =>
        cursor === undefined
          ? { runs: [summary("ab12")], nextCursor: "2" }
          : { runs: [summary("cd56")], nextCursor: null },
    });
    expect(await findRun(pages, "cd")).toBe("cd56");
  });
});

describe("nexus runs", () => {
  async function run(command: typeof listCommand, line: string, connection: FakeConnection) {
    const terminal = createTestTerminal();
    const exitCode = await command(createTestContext(terminal, [connection]), argumentsOf(line));
    return { exitCode, out: terminal.stdout(), err: terminal.stderr() };
  }

  it("list prints a table, or the page as it is", async () => {
    const table = await run(listCommand, "runs list", createFakeConnection(listing));
    expect(table.out.split("\n")[0]).toMatch(/RUN +STATUS +CHANGE/);
    expect(table.out).toContain("ab12  working  2 to accept");
    const json = await run(listCommand, "runs list --json", createFakeConnection(listing));
    expect(JSON.parse(json.out)).toEqual(listing["run/list"]);
  });

  it.each(["0", "501", "many"])("list refuses --limit %s", async (limit) => {
    await expect(run(listCommand, `runs list --limit ${limit}`, createFakeConnection(listing))).rejects.toThrow(
      /--limit/,
    );
  });

  it("show prints the figures that tell how much ceremony there was", async () => {
    const { out } = await run(showCommand, "runs show ab12", createFakeConnection(listing));
    for (const part of ["model call", "first edit", "overhead", "cost", "time", "session-1"])
      expect(out).toContain(part);
    const json = await run(showCommand, "runs show ab12 --json", createFakeConnection(listing));
    expect(JSON.parse(json.out)).toMatchObject({ runId: "ab12", stats: { modelCalls: 0 } });
  });

  it("cancel says what the run is now", async () => {
    const connection = createFakeConnection(listing);
    expect((await run(cancelCommand, "runs cancel cd", connection)).out).toContain("cd56 is queued");
    expect(connection.requests.map(({ name }) => name)).toContain("run/cancel");
  });

  it("accept fails with the conflicts, and names the files it is given", async () => {
    const conflicts = [{ path: "a.ts", reason: "changed" }];
    const connection = createFakeConnection({ ...listing, "changes/accept": { accepted: [], conflicts } });
    const { exitCode, err } = await run(acceptCommand, "runs accept cd a.ts b.ts", connection);
    expect([exitCode, err]).toEqual([1, expect.stringContaining("a.ts: changed")]);
    expect(connection.requests.at(-1)?.params).toEqual({ runId: "cd56", paths: ["a.ts", "b.ts"] });
  });

  it("diff takes escape sequences out of what it prints", async () => {
    const diff = { path: "a.ts", status: "modified", binary: false, patch: "+\u001b[2Jevil\n", truncated: true };
    const connection = createFakeConnection({
      ...listing,
      "changes/diff": { diff },
      "run/show": { run: withChange() },
    });
    const { out } = await run(diffCommand, "runs diff ab12", connection);
    expect(out).toBe("+␛[2Jevil\n… the rest is left out\n");
  });

  function withChange(): RunState {
    const file = { path: "a.ts", status: "modified" as const, additions: 1, deletions: 0, binary: false };
    return state("ab12", { type: "changes.ready", changeSet: { baseCommit: "b", resultCommit: "r", files: [file] } });
  }
});

describe("nexus run", () => {
  const start = { "run/start": { runId: "run-1", sessionId: "s" } };

  it("sends its own model, budget and policy, and says that nobody can be asked", async () => {
    const folder = await mkdtemp(join(tmpdir(), "nexus-cli-"));
    await writeFile(join(folder, "policy.json"), `{"command": "deny"}`);
    const connection = createFakeConnection(start);
    const terminal = createTestTerminal();
    const model = {
      provider: "openai" as const,
      model: "m",
      baseUrl: null,
      apiKey: "k",
      price: null,
      recordFile: null,
      replayFile: null,
    };
    const checkpoints = { days: 30, maxBytes: 1e9 };
    const context = createTestContext(terminal, [connection], {
      cwd: folder,
      settings: async () => ({
        home: "/h",
        model,
        budgetUsd: 5,
        policy: {},
        mcpServers: {},
        a2a: null,
        idleExitMs: 1000,
        embedding: BUILT_IN,
        checkpoints,
        scheduling: DEFAULT_SCHEDULING,
      }),
    });
    const line = "run fix it --detach --policy policy.json --mode ask --session s1";
    expect(await runCommand(context, argumentsOf(line))).toBe(0);
    expect(terminal.stdout()).toBe("run-1\n");
    expect(connection.requests[0]?.params).toEqual({
      workspace: folder,
      prompt: "fix it",
      headless: true,
      autoApply: false,
      mode: "ask",
      sessionId: "s1",
      budgetUsd: 5,
      policy: { command: "deny" },
      modelSettings: model,
      idempotencyKey: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    await rm(folder, { recursive: true });
  });

  it.each([
    ["run x --repo /nowhere/at/all", "workspace.missing"],
    ["run x --budget lots", "usage.invalid"],
    ["run x --policy /nowhere", "usage.invalid"],
  ])("“%s” is refused before a daemon is started", async (line, code) => {
    const context = createTestContext(createTestTerminal(), []);
    await expect(runCommand(context, argumentsOf(line))).rejects.toMatchObject({ value: { code } });
  });

  it("plan prints one object", async () => {
    const terminal = createTestTerminal();
    const bodies: RunEventBody[] = [created(), { type: "run.finished", status: "done", summary: "" }];
    const connection: FakeConnection = createFakeConnection({
      ...start,
      "run/watch": () => {
        const events = bodies.map(
          (body, index): RunEvent => ({ runId: "run-1", seq: index + 1, at: "2026-01-01T00:00:00.000Z", body }),
        );
        queueMicrotask(() => {
          for (const event of events) connection.notify("run/event", { event });
        });
        return { lastSeq: 2 };
      },
    });
    expect(await planCommand(createTestContext(terminal, [connection]), argumentsOf("plan a thing --json"))).toBe(0);
    expect(JSON.parse(terminal.stdout())).toMatchObject({ type: "plan", plan: null, runId: "run-1", status: "done" });
    expect(connection.requests[0]?.params).toMatchObject({ mode: "plan" });
  });

  it("plan prints tables of tasks and what they are thought to take", async () => {
    const terminal = createTestTerminal();
    const bodies: RunEventBody[] = [
      created(),
      { type: "plan.proposed", plan: PLAN },
      { type: "run.finished", status: "done", summary: "" },
    ];
    const connection: FakeConnection = createFakeConnection({
      ...start,
      "run/watch": () => {
        const events = bodies.map(
          (body, index): RunEvent => ({ runId: "run-1", seq: index + 1, at: "2026-01-01T00:00:00.000Z", body }),
        );
        queueMicrotask(() => {
          for (const event of events) connection.notify("run/event", { event });
        });
        return { lastSeq: 3 };
      },
    });
    expect(await planCommand(createTestContext(terminal, [connection]), argumentsOf("plan a thing"))).toBe(0);
    expect(terminal.stdout()).toMatch(/TASK +STATUS +AGENT .*TOKENS +MINUTES +COST +TITLE/);
    expect(terminal.stdout()).toMatch(/a +waiting +coder +– +– +– +40 k +2 min +\$0.10 +Do a/);
    expect(terminal.stdout()).toContain("All together about 40 k tokens, 2 min, $0.10");
  });
});

const ESTIMATE = { tokens: 40_000, usd: 0.1, minutes: 2, basis: "default" as const };
const PLAN = { ...planWith(task("a", { estimate: ESTIMATE })), estimate: ESTIMATE };

describe("the whole program", () => {
  async function nexus(...words: string[]) {
    const terminal = createTestTerminal();
    const env = { NEXUS_HOME: "/dev/null/nexus" };
    const exitCode = await runCli(words, { terminal, env, cwd: "/", main: "/main.ts", serve: async () => 0 });
    return { exitCode, out: terminal.stdout(), err: terminal.stderr() };
  }

  it("explains itself", async () => {
    expect(await nexus("--help")).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining("nexus COMMAND"),
      err: "",
    });
    expect((await nexus("--version")).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await nexus("completion", "bash")).out).toContain("complete -F");
  });

  it("ends a wrong command line with 2, and says what to do", async () => {
    expect(await nexus("rum")).toMatchObject({ exitCode: 2, out: "", err: expect.stringContaining("nexus --help") });
  });

  it("prints errors as objects too with --json", async () => {
    const { exitCode, out, err } = await nexus("runs", "list", "--json");
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      type: "error",
      error: { code: expect.any(String), hint: expect.any(String) },
    });
    expect(err).toContain("nexus: ");
  });

  it("is the daemon when told so", async () => {
    expect((await nexus("daemon", "start", "--foreground")).exitCode).toBe(0);
  });
});
