/** The policy as it stands for one piece of a run's work: everybody's rules, the plan that was agreed to, and the place. */
import type { PolicyRules, RunState } from "../../../protocol/index.ts";
import { narrow, type Permissions, permissionsOf } from "../../security/policy/permissions.ts";
import { createPolicy, type Policy } from "../../security/policy/policy.ts";
import type { PolicySetting } from "../../security/policy/setting.ts";
import { type RunContext, stateOf } from "../run-context.ts";
import type { PolicyPlace } from "./policy-place.ts";

export interface PolicyWork {
  readonly root: string;
  readonly linked: readonly string[];
  /** Nothing may be changed or run, whatever the session's mode. */
  readonly readOnly: boolean;
  readonly agreedCommands: readonly string[];
  /** Of a task that was handed over: its files, of those that the plan permits. */
  readonly files?: readonly string[];
}

/** Without a place (`context.policyPlace`): no sandbox, no commands understood, the run's own rules alone. */
export async function runPolicy(context: RunContext, work: PolicyWork): Promise<Pick<Policy, "judge">> {
  if (context.recorded !== undefined) return { judge: context.recorded.judge };
  const state = await stateOf(context);
  const { workspace, headless, trusted = true, policy } = state;
  const mode = work.readOnly && state.mode === "act" ? "ask" : state.mode;
  const { root, linked, agreedCommands } = work;
  const permissions = narrowed(permitted(state), work.files);
  const own = { root, linked, agreedCommands, permissions, mode, headless, trusted, workspace, run: policy };
  return policyIn(context.policyPlace, own);
}

interface PolicyIn extends Omit<PolicySetting, "sandboxed" | "tiers" | "analyse" | "hidden" | "userHome"> {
  readonly workspace: string;
  readonly linked: readonly string[];
  /** Of whoever started the run. */
  readonly run?: PolicyRules;
}

/** Everybody's rules as they are written now, for work of this kind in this folder. */
export async function policyIn(
  place: PolicyPlace | undefined,
  { workspace, linked, run, ...own }: PolicyIn,
): Promise<Policy> {
  const written = (await place?.tiers(workspace)) ?? {};
  const analyse = place?.analyse;
  const home = place?.userHome ?? null;
  const analysis: Pick<PolicySetting, "analyse"> =
    analyse === undefined
      ? {}
      : { analyse: (line, at) => analyse(line, { ...at, linked, home, platform: process.platform }) };
  return createPolicy({
    ...own,
    sandboxed: (await place?.isSandboxed()) ?? false,
    tiers: { ...written, ...(run === undefined ? {} : { run }) },
    ...analysis,
    hidden: place?.hidden ?? [],
    userHome: home,
  });
}

/** A plan that somebody agreed to. Without a person it goes on unasked, and then its commands are a model's alone. */
function permitted({ plan, headless, policy, budget }: RunState): Permissions | null {
  if (plan === null) return null;
  const permissions = permissionsOf(plan, { testCommand: undefined, budgetUsd: budget.limitUsd });
  return isAgreed({ headless, policy }) ? permissions : { ...permissions, commands: [] };
}

function narrowed(permissions: Permissions | null, files: readonly string[] | undefined): Permissions | null {
  if (permissions === null || files === undefined) return permissions;
  return narrow(permissions, { ...permissions, paths: files });
}

export function isAgreed({ headless, policy }: { readonly headless: boolean; readonly policy: PolicyRules }): boolean {
  return !headless || policy.plan === "allow";
}
