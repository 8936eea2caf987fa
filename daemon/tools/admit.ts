/** What a call must pass before anything happens: schema → fence → policy → approval. */

import en from "zod/v4/locales/en.js";
import { failure, type Result } from "../../protocol/index.ts";
import type { Access } from "../security/access.ts";
import { subjectOf } from "../security/approvals.ts";
import { resolveInside } from "../security/fence.ts";
import type { GateOptions } from "./gate.ts";
import type { Tool, ToolContext } from "./tool.ts";

/** Checks the arguments against the tool's schema; keys that it does not know are dropped. */
export function parseArguments(tool: Tool, text: string): Result<unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text.trim() === "" ? "{}" : text);
  } catch (error) {
    return failure("tool.invalid_input", `${tool.name}: not JSON: ${error instanceof Error ? error.message : ""}.`);
  }
  const parsed = tool.input.safeParse(value, { error: en().localeError });
  if (parsed.success) return { ok: true, value: parsed.data };
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "arguments"}: ${message}`);
  return failure("tool.invalid_input", `${tool.name}: ${problems.slice(0, 10).join("; ")}.`);
}

/** Names every file by its real place as well, so that the policy is not fooled by a link. */
export async function confine(access: Access, context: ToolContext): Promise<Result<Access>> {
  if (access.kind === "command" || access.kind === "test") return { ok: true, value: { ...access, cwd: context.root } };
  if (access.kind !== "read" && access.kind !== "write") return { ok: true, value: access };
  const paths = new Set(access.paths);
  for (const path of access.paths) {
    const at = await resolveInside(context.root, path, access.kind === "read" ? context.linked : []);
    if (!at.ok) return at;
    paths.add(at.value.relative);
  }
  return { ok: true, value: { ...access, paths: [...paths] } };
}

/** Asks the policy, and where it says so a person. */
export async function permit(options: GateOptions, access: Access): Promise<Result<null>> {
  if (access.kind === "none") return { ok: true, value: null };
  const { verdict, rule, reason } = await options.judgeAccess(access);
  switch (verdict) {
    case "allow":
      return { ok: true, value: null };
    case "deny":
      return failure("tool.denied", `${reason} (rule ${rule})`);
    case "ask": {
      const subject = subjectOf(access, reason);
      const { decision, feedback } = await options.askApproval(subject, reason);
      if (decision === "approve") return { ok: true, value: null };
      return failure("tool.denied", `The user said no${feedback ? `: ${feedback}` : "."}`);
    }
  }
}
