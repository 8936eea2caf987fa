/** nexus audit and nexus trust. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { auditExportCommand, auditTailCommand, auditVerifyCommand } from "../../daemon/cli/audit.ts";
import { parseCommandLine } from "../../daemon/cli/parse.ts";
import { trustCommand } from "../../daemon/cli/trust.ts";
import { auditEntry, auditWorld } from "../support/audit.ts";
import { createFakeConnection, createTestContext, createTestTerminal } from "../support/cli.ts";

function argumentsOf(line: string) {
  const invocation = parseCommandLine(line.split(" "));
  if (invocation.kind !== "run") throw new Error("no command");
  return invocation.arguments;
}

async function withLog() {
  const world = auditWorld();
  const audit = world.open();
  await audit.record(auditEntry({ action: "=cmd|calc", reason: 'a "quoted", reason' }));
  world.clock.advance(24 * 60 * 60_000);
  await audit.record(auditEntry({ verdict: "deny", action: "rm -rf /" }));
  await audit.close();
  const terminal = createTestTerminal();
  const context = createTestContext(terminal, [], { home: world.home, cwd: world.home });
  return { world, terminal, context };
}

it("shows the newest decisions with rule, reason and taint", async () => {
  const { context, terminal } = await withLog();
  expect(await auditTailCommand(context, argumentsOf("audit tail --lines 1"))).toBe(0);
  expect(terminal.stdout()).toContain("#2");
  expect(terminal.stdout()).not.toContain("#1 ");
  for (const part of ["deny", "agent:coder", "rm -rf /", "project-tests", "[private data]"])
    expect(terminal.stdout()).toContain(part);
});

it("verifies without a daemon, and names the first bad record with exit code 1", async () => {
  const { context, terminal, world } = await withLog();
  expect(await auditVerifyCommand(context, argumentsOf("audit verify"))).toBe(0);
  expect(terminal.stdout()).toContain("2 records in 1 file");
  writeFileSync(world.file(), readFileSync(world.file(), "utf8").replace("rm -rf /", "rm -rf ~"));
  expect(await auditVerifyCommand(context, argumentsOf("audit verify --json"))).toBe(1);
  const report = JSON.parse(terminal.stdout().trim().split("\n").at(-1) ?? "");
  expect(report).toMatchObject({
    ok: false,
    problem: { kind: "altered", number: 2, line: 2, file: "audit-000000000001.jsonl" },
  });
});

it("exports from a day on, never over a file, and no formula into a spreadsheet", async () => {
  const { context, terminal, world } = await withLog();
  const read = (name: string) => readFileSync(join(world.home, name), "utf8").trim().split("\n");
  expect(await auditExportCommand(context, argumentsOf("audit export all.csv --format csv"))).toBe(0);
  expect(read("all.csv")).toHaveLength(3);
  expect(read("all.csv")[1]).toContain(`'=cmd|calc`);
  expect(read("all.csv")[1]).toContain('"project-tests"'.slice(1, -1));
  expect(read("all.csv")[1]).toContain('"a ""quoted"", reason"');
  await auditExportCommand(context, argumentsOf("audit export new.jsonl --since 2026-01-02"));
  expect(read("new.jsonl")).toEqual([world.lines()[1]]);
  await expect(auditExportCommand(context, argumentsOf("audit export new.jsonl"))).rejects.toThrow("is there already");
  await expect(auditExportCommand(context, argumentsOf("audit export - --since never"))).rejects.toThrow("--since");
  await auditExportCommand(context, argumentsOf("audit export -"));
  expect(terminal.stdout()).toContain(world.lines()[0]);
});

const FOUND = {
  workspace: "/w",
  state: "undecided",
  hash: "h",
  files: [{ path: "package.json", why: "says what its scripts run" }],
  changed: [],
  decided: null,
};
const decided = { at: "2026-01-01T00:00:00.000Z", by: "client:nexus", why: "A person decided." };

function trust(line: string, isInteractive: boolean, ...answers: string[]) {
  const terminal = createTestTerminal(isInteractive);
  terminal.answers.push(...answers);
  const connection = createFakeConnection({
    "workspace/trust": FOUND,
    "workspace/setTrust": (params: { trusted: boolean }) => ({
      ...FOUND,
      state: params.trusted ? "trusted" : "untrusted",
      decided,
    }),
  });
  const done = trustCommand(createTestContext(terminal, [connection]), argumentsOf(line));
  return { terminal, connection, done };
}

it("trusts a folder as it was shown, after a yes", async () => {
  const yes = trust("trust /w", true, "y");
  expect(await yes.done).toBe(0);
  expect(yes.terminal.stdout()).toContain("package.json");
  expect(yes.connection.requests.at(-1)).toEqual({
    name: "workspace/setTrust",
    params: { workspace: "/w", trusted: true, hash: "h" },
  });
  const no = trust("trust /w", true, "");
  await no.done;
  expect(no.connection.requests.map(({ name }) => name)).toEqual(["workspace/trust"]);
});

it("decides at the word of a script, takes it back, and only tells with --show", async () => {
  const script = trust("trust /w --json", false);
  await script.done;
  expect(JSON.parse(script.terminal.stdout())).toMatchObject({ state: "trusted" });
  const revoked = trust("trust /w --revoke", false);
  await revoked.done;
  expect(revoked.connection.requests.at(-1)?.params).toEqual({ workspace: "/w", trusted: false });
  expect(revoked.terminal.stdout()).toContain("not trusted");
  const shown = trust("trust /w --show", false);
  await shown.done;
  expect(shown.connection.requests).toHaveLength(1);
});
