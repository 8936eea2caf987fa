import * as z from "zod/mini";

export const ApprovalSubject = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("plan"), summary: z.string(), taskCount: z.int(), commands: z.array(z.string()) }),
  z.object({ kind: z.literal("command"), command: z.string(), cwd: z.string() }),
  z.object({ kind: z.literal("read"), path: z.string(), reason: z.string() }),
  z.object({ kind: z.literal("write"), path: z.string(), reason: z.string() }),
  z.object({ kind: z.literal("network"), url: z.string() }),
  z.object({
    kind: z.literal("foreign"),
    source: z.enum(["workspace", "mcp"]),
    name: z.string(),
    /** The arguments as canonical JSON. */
    input: z.string(),
  }),
  z.object({ kind: z.literal("git"), action: z.enum(["commit", "branch"]), detail: z.string() }),
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
});
export type Approval = z.infer<typeof Approval>;

export const ApprovalDecision = z.enum(["approve", "reject"]);
export type ApprovalDecision = z.infer<typeof ApprovalDecision>;
