import * as z from "zod/mini";
import { Estimate } from "./plan.ts";
import { PlanChange } from "./planning-events.ts";

/** The bytes of a file that an answer holds for; null where the file does not exist. */
const BoundFile = z.object({ path: z.string(), sha256: z.nullable(z.string()) });

/**
 * SHA-256 (hex) over what the question does not spell out and the answer must hold for all the same: all arguments, the
 * environment, the content of the files and programs concerned.
 */
const binding = z.optional(z.string());

export const ApprovalSubject = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("plan"),
    summary: z.string(),
    taskCount: z.int(),
    commands: z.array(z.string()),
    /** What the plan's agents will be allowed to do, in plain words. */
    permissions: z.optional(z.array(z.string())),
    milestones: z.optional(z.int()),
    estimate: z.optional(Estimate),
    /** Of a plan that takes another one's place. */
    change: z.optional(PlanChange),
    binding,
  }),
  z.object({
    kind: z.literal("command"),
    command: z.string(),
    cwd: z.string(),
    /** The wall that it will run behind. */
    sandbox: z.optional(z.enum(["bubblewrap", "seatbelt", "none"])),
    /** The hosts that it could reach from there. */
    hosts: z.optional(z.array(z.string())),
    /** Scripts that it runs: another content is another question. */
    files: z.optional(z.array(BoundFile)),
    binding,
  }),
  z.object({ kind: z.literal("read"), path: z.string(), reason: z.string(), binding }),
  z.object({
    kind: z.literal("write"),
    path: z.string(),
    reason: z.string(),
    /** What the files will be. */
    files: z.optional(z.array(BoundFile)),
    /** Unified diff of what will change; cut at 20 000 characters, while `files` holds for all of it. */
    diff: z.optional(z.string()),
    binding,
  }),
  z.object({ kind: z.literal("network"), url: z.string(), binding }),
  z.object({
    kind: z.literal("foreign"),
    source: z.enum(["workspace", "mcp", "program"]),
    name: z.string(),
    /** The arguments as canonical JSON. */
    input: z.string(),
    binding,
  }),
  z.object({ kind: z.literal("git"), action: z.enum(["commit", "branch"]), detail: z.string(), binding }),
]);
/** What exactly a person is asked to allow. */
export type ApprovalSubject = z.infer<typeof ApprovalSubject>;

export const Approval = z.object({
  approvalId: z.string(),
  taskId: z.nullable(z.string()),
  title: z.string(),
  reason: z.string(),
  /** SHA-256 (hex) over the subject's exact bytes; the answer must carry it, so nobody answers what was not shown. */
  subjectHash: z.string(),
  subject: ApprovalSubject,
  /** Of a command: each simple command that it starts, and what that one does. */
  parts: z.optional(z.array(z.object({ text: z.string(), why: z.string() }))),
  /** The rule that “always allow” would keep in the user's own policy; left out where none may be kept. */
  remember: z.optional(z.string()),
  /** ISO 8601; unanswered by then it counts as rejected. */
  expiresAt: z.optional(z.string()),
});
export type Approval = z.infer<typeof Approval>;

export const ApprovalDecision = z.enum(["approve", "reject"]);
export type ApprovalDecision = z.infer<typeof ApprovalDecision>;
