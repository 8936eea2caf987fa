import { expect, it } from "vitest";
import { approvalsCommand, approveCommand, rejectCommand } from "../../daemon/cli/approvals.ts";
import { parseCommandLine } from "../../daemon/cli/parse.ts";
import type { Approval } from "../../protocol/index.ts";
import { createFakeConnection, createTestContext, createTestTerminal } from "../support/cli.ts";

const APPROVAL: Approval = {
  approvalId: "ab12",
  taskId: null,
  title: "coder wants to run a command",
  reason: "It runs the project's code.",
  subjectHash: "h",
  subject: {
    kind: "command",
    command: "sh ./build.sh\u001b[2J",
    cwd: "/w",
    sandbox: "none",
    files: [{ path: "build.sh", sha256: "0123456789abcdef" }],
  },
  parts: [{ text: "sh ./build.sh", why: "runs the workspace's script build.sh" }],
  remember: "command sh ./build.sh",
};
const QUEUE = {
  "approval/list": {
    approvals: [
      { runId: "r1", approval: APPROVAL },
      { runId: "r2", approval: { ...APPROVAL, approvalId: "ab34", remember: undefined } },
    ],
  },
  "approval/answer": {},
};

function run(command: typeof approveCommand, line: string) {
  const terminal = createTestTerminal();
  const connection = createFakeConnection(QUEUE);
  const invocation = parseCommandLine(line.split(" "));
  if (invocation.kind !== "run") throw new Error("no command");
  const done = command(createTestContext(terminal, [connection]), invocation.arguments);
  return { terminal, connection, done };
}

it("shows everything that waits, with what exactly would happen", async () => {
  const { terminal, done } = run(approvalsCommand, "approvals");
  expect(await done).toBe(0);
  for (const part of [
    "ab12",
    "ab34",
    "run r1",
    "sh ./build.sh",
    "no sandbox",
    "build.sh 0123456789ab",
    "runs the workspace's script",
    "keeps the rule: command sh ./build.sh",
  ])
    expect(terminal.stdout()).toContain(part);
  expect(terminal.stdout()).not.toContain("\u001b");
});

it("shows every character that could hide or turn round another, wherever it stands", async () => {
  const subject = { ...APPROVAL.subject, command: "npm\u202e tset\u200b a\u00a0b\u{e0041}" } as Approval["subject"];
  const hiding = { title: "r\u200bun", reason: "s\u2066afe", remember: "command x\u200by", subject };
  const parts = [{ text: "t\u200bset", why: "w\u202ehy" }];
  const connection = createFakeConnection({
    "approval/list": { approvals: [{ runId: "r1", approval: { ...APPROVAL, ...hiding, parts } }] },
  });
  const terminal = createTestTerminal();
  const invocation = parseCommandLine(["approvals"]);
  if (invocation.kind !== "run") throw new Error("no command");
  expect(await approvalsCommand(createTestContext(terminal, [connection]), invocation.arguments)).toBe(0);
  const shown = terminal.stdout();
  expect(shown).toContain("npm⟨U+202E⟩ tset⟨U+200B⟩ a⟨U+00A0⟩b⟨U+E0041⟩");
  for (const part of ["r⟨U+200B⟩un", "s⟨U+2066⟩afe", "x⟨U+200B⟩y", "t⟨U+200B⟩set", "w⟨U+202E⟩hy"])
    expect(shown).toContain(part);
  expect(shown).not.toMatch(/[\u200b\u202e\u2066\u00a0]|\u{e0041}/u);
});

it.each([
  [approveCommand, "approve ab12", { decision: "approve" }],
  [approveCommand, "approve --always ab12", { decision: "approve", remember: true }],
  [rejectCommand, "reject ab12 use make instead", { decision: "reject", feedback: "use make instead" }],
  [rejectCommand, "reject ab12", { decision: "reject" }],
] as const)("answers: %o %s", async (command, line, given) => {
  const { connection, done } = run(command, line);
  expect(await done).toBe(0);
  expect(connection.requests.at(-1)).toMatchObject({ name: "approval/answer" });
  expect(connection.requests.at(-1)?.params).toEqual({ runId: "r1", approvalId: "ab12", subjectHash: "h", ...given });
});

it.each([
  ["approve zz", "approval.unknown"],
  ["approve ab", "usage.invalid"],
])("does not guess: %s", async (line, code) => {
  const { connection, done } = run(approveCommand, line);
  await expect(done).rejects.toMatchObject({ value: { code } });
  expect(connection.requests.map(({ name }) => name)).not.toContain("approval/answer");
});
