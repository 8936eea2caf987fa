/** Approvals: what exactly a person is asked, and the hash that binds the answer to it. */
import { createHash } from "node:crypto";
import type { Approval, ApprovalSubject } from "../../protocol/index.ts";
import type { Access } from "./access.ts";

/** SHA-256 (hexadecimal) of the subject as canonical JSON: keys sorted, so that only its content counts. */
export function subjectHash(subject: ApprovalSubject): string {
  return createHash("sha256").update(canonicalJson(subject)).digest("hex");
}

export function buildApproval(question: Omit<Approval, "subjectHash">): Approval {
  return { ...question, subjectHash: subjectHash(question.subject) };
}

/** What a person sees of an access that asks. */
export function subjectOf(access: Exclude<Access, { kind: "none" }>, reason: string): ApprovalSubject {
  switch (access.kind) {
    case "command":
    case "test":
      return { kind: "command", command: access.command, cwd: access.cwd };
    case "read":
    case "write":
      return { kind: access.kind, path: access.paths.join(", "), reason };
    case "network":
      return { kind: "network", url: access.url };
    case "foreign":
      return { kind: "foreign", source: access.source, name: access.name, input: access.input };
    case "git":
      return { kind: "git", action: access.action, detail: access.detail };
  }
}

export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([first], [second]) => (first < second ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(",")}}`;
}
