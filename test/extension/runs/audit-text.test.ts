import { expect, it } from "vitest";
import { auditText } from "../../../extension/runs/audit-text.ts";
import type { AuditListed } from "../../../protocol/index.ts";

const RECORD: AuditListed = {
  number: 7,
  at: "2026-03-02T09:00:00.000Z",
  event: "tool",
  actor: "agent:coder",
  runId: "r",
  action: "run_command npm test",
  verdict: "ask",
  rule: "project-command",
  reason: "It runs code of the project.",
  taint: { untrustedInput: false, privateData: true, actedOutside: false },
};

it("tells verdict, rule, reason and time of each decision", () => {
  const text = auditText("Fix it", { records: [RECORD], damaged: 0, isCut: false });
  expect(text.split("\n").slice(3, 7)).toEqual([
    "2026-03-02 09:00:00  ASK       tool      agent:coder  #7",
    "    run_command npm test",
    "    because project-command: It runs code of the project.",
    "    in touch with: private data",
  ]);
});

it("lets no record look like two, or turn its line around", () => {
  const action = "echo x\n2026-03-02 09:00:00  ALLOW\u202e";
  const text = auditText("Fix it", { records: [{ ...RECORD, action }], damaged: 0, isCut: false });
  expect(text).toContain("    echo x⏎2026-03-02 09:00:00  ALLOW\\u202e\n");
});

it("says what is not there", () => {
  const nothing = auditText("Fix it", { records: [], damaged: 0, isCut: false });
  expect(nothing).toContain("Nothing was decided yet.");
  const partial = auditText("Fix it", { records: [RECORD], damaged: 2, isCut: true });
  expect(partial).toContain("2 damaged lines were left out");
  expect(partial).toContain("Older ones are left out here");
});
