/** A policy for a folder, as a run in it would have it; made without a daemon. */
import { type Plan, PolicyMatch, type PolicyRule, type PolicyRules, type SessionMode } from "../../protocol/index.ts";
import { silentLog } from "../observability/log-file.ts";
import type { PolicyPlace } from "../orchestration/rights/policy-place.ts";
import { openPolicyPlace } from "../orchestration/rights/policy-place.ts";
import { permissionsOf } from "../security/policy/permissions.ts";
import { createPolicy, type Policy } from "../security/policy/policy.ts";
import { parseMatch, plainWords } from "../security/policy/rule-text.ts";
import type { CliContext } from "./context.ts";

export interface FolderPolicy {
  /** Absolute real path. */
  readonly workspace: string;
  readonly headless: boolean;
  readonly trusted: boolean;
  /** Command lines, and rules in their short form, as if the user had agreed to them. */
  readonly allow?: readonly string[];
  /** Counts as the run's own rules. */
  readonly run?: PolicyRules;
  /** In place of what the user wrote. */
  readonly user?: PolicyRules;
  readonly mode?: SessionMode;
  /** The plan that was approved. */
  readonly plan?: Plan | null;
}

/** Rejects with `settings.invalid` when the user's or the organisation's rules cannot be used. */
export async function openPlace(context: CliContext): Promise<PolicyPlace> {
  const { policy } = await context.settings();
  return openPolicyPlace({ home: context.home, env: context.env, main: context.main, policy, log: silentLog });
}

export async function folderPolicy(place: PolicyPlace, folder: FolderPolicy): Promise<Policy> {
  const { workspace, headless, trusted, allow = [], run, plan = null } = folder;
  const written = await place.tiers(workspace);
  const user = folder.user ?? written.user ?? {};
  const { analyse, hidden, userHome: home } = place;
  return createPolicy({
    root: workspace,
    mode: folder.mode ?? "act",
    headless,
    trusted,
    sandboxed: await place.isSandboxed(),
    tiers: {
      ...written,
      user: { ...user, rules: [...(user.rules ?? []), ...allow.flatMap(rulesOf)] },
      ...(run && { run }),
    },
    permissions: plan === null ? null : permissionsOf(plan, { testCommand: undefined, budgetUsd: null }),
    agreedCommands: allow,
    ...(analyse && { analyse: (line, at) => analyse(line, { ...at, linked: [], home, platform: process.platform }) }),
    hidden,
    userHome: home,
  });
}

/** A line without an effect or a kind is a command: these words, and more of them where it ends with a star. */
function rulesOf(text: string): PolicyRule[] {
  const named = /^(command|read|write|network|foreign) /.test(text) ? parseMatch(text) : undefined;
  if (named?.ok === true) return [{ effect: "allow", match: named.value }];
  const words = plainWords(text);
  if (words === undefined) return [];
  const isOpen = words.length > 1 && words.at(-1) === "*";
  const raw = { kind: "command", words: isOpen ? words.slice(0, -1) : words, rest: isOpen ? "any" : "none" };
  const match = PolicyMatch.safeParse(raw);
  return match.success ? [{ effect: "allow", match: match.data }] : [];
}
