/** Approvals: what exactly a person is asked, and the hash that binds the answer to it. */
import { createHash } from "node:crypto";
import type { Approval, ApprovalSubject } from "../../protocol/index.ts";
import type { Access } from "./access.ts";

/** SHA-256 (hexadecimal) of the subject as canonical JSON: keys sorted, so that only its content counts. */
export function subjectHash(subject: ApprovalSubject): string {
  return sha256(canonicalJson(subject));
}

export function buildApproval(question: Omit<Approval, "subjectHash">): Approval {
  return { ...question, subjectHash: subjectHash(question.subject) };
}

/** What an answer holds for beside what is shown; see `ApprovalSubject.binding`. */
export interface Binding {
  readonly tool: string;
  /** SHA-256 of the arguments as canonical JSON. */
  readonly arguments: string;
  /** Absolute. */
  readonly cwd: string;
  /** Workspace paths of the files concerned with the SHA-256 of their content; null: there is none. */
  readonly files: readonly (readonly [path: string, hash: string | null])[];
  /** What the tool adds: its program, its server, what it changes in the environment. */
  readonly more: Readonly<Record<string, string>>;
}

/** What a person sees of an access that asks, bound to what it would touch. */
export function subjectOf(access: Exclude<Access, { kind: "none" }>, reason: string, bound?: Binding): ApprovalSubject {
  const binding = bound === undefined ? {} : { binding: sha256(canonicalJson(bound)) };
  switch (access.kind) {
    case "command":
    case "test":
      return { kind: "command", command: access.command, cwd: access.cwd, ...scriptsOf(bound), ...binding };
    case "read":
    case "write":
      return { kind: access.kind, path: access.paths.join(", "), reason, ...binding };
    case "network":
      return { kind: "network", url: access.url, ...binding };
    case "foreign":
      return { kind: "foreign", source: access.source, name: access.name, input: access.input, ...binding };
    case "git":
      return { kind: "git", action: access.action, detail: access.detail, ...binding };
  }
}

function scriptsOf(bound: Binding | undefined): Pick<Extract<ApprovalSubject, { kind: "command" }>, "files"> {
  if (bound === undefined || bound.files.length === 0) return {};
  return { files: bound.files.map(([path, hash]) => ({ path, sha256: hash })) };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([first], [second]) => (first < second ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(",")}}`;
}
