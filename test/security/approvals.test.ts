import { expect, it } from "vitest";
import { buildApproval, canonicalJson, subjectHash, subjectOf } from "../../daemon/security/approvals.ts";

const subject = { kind: "command", command: "npm run build", cwd: "/w" } as const;

it("hashes the content of a subject, not the order of its keys", () => {
  expect(subjectHash({ cwd: "/w", command: "npm run build", kind: "command" })).toBe(subjectHash(subject));
  expect(subjectHash(subject)).toMatch(/^[0-9a-f]{64}$/);
});

it.each([
  { ...subject, command: "npm run build " },
  { ...subject, cwd: "/w2" },
  { kind: "write", path: "npm run build", reason: "/w" } as const,
])("gives another hash to another subject: %j", (other) => {
  expect(subjectHash(other)).not.toBe(subjectHash(subject));
});

it("binds an approval to what it shows", () => {
  const approval = buildApproval({ approvalId: "a", taskId: null, title: "t", reason: "r", subject });
  expect(approval.subjectHash).toBe(subjectHash(subject));
});

it("shows each access as what it is", () => {
  const reason = "it is protected";
  expect(subjectOf({ kind: "command", command: "ls", cwd: "/w" }, reason)).toEqual({
    kind: "command",
    command: "ls",
    cwd: "/w",
  });
  expect(subjectOf({ kind: "write", paths: [".npmrc"] }, reason)).toEqual({
    kind: "write",
    path: ".npmrc",
    reason: "it is protected",
  });
  expect(subjectOf({ kind: "read", paths: [".env"] }, reason)).toEqual({
    kind: "read",
    path: ".env",
    reason: "it is protected",
  });
});

it("writes canonical JSON", () => {
  expect(canonicalJson({ b: [1, { d: null, c: undefined }], a: "x" })).toBe('{"a":"x","b":[1,{"d":null}]}');
  expect(canonicalJson(undefined)).toBe("null");
});
