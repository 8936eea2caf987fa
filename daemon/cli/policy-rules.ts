/** nexus policy list, keep, forget */
import { NexusError, nexusError, type PolicyRules } from "../../protocol/index.ts";
import { homePaths, organisationPolicyFile } from "../host/paths.ts";
import { loadWorkspace, WORKSPACE_POLICY } from "../security/policy/load-tiers.ts";
import { forgetRule, type KeptRule, rememberRule } from "../security/policy/remember.ts";
import { ruleText } from "../security/policy/rule-text.ts";
import { RULE_KEYS } from "../security/policy/tiers.ts";
import { type CliContext, printJson } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { oneLine } from "./format.ts";
import { workspaceOf } from "./memory-call.ts";
import type { Arguments } from "./parse.ts";
import { openPlace } from "./policy-place.ts";

export async function listRulesCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const workspace = await workspaceOf(context, args.text("repo"));
  const { organisation, user } = await (await openPlace(context)).tiers(workspace);
  const own = await loadWorkspace(workspace);
  const tiers = [
    { tier: "organisation", source: organisationPolicyFile(context.env), rules: linesOfRules(organisation) },
    { tier: "user", source: homePaths(context.home).settings, rules: linesOfRules(user) },
    { tier: "workspace", source: WORKSPACE_POLICY, rules: linesOfRules(own.rules) },
  ];
  if (args.has("json")) {
    printJson(context, { tiers, notices: own.notices });
    return EXIT.done;
  }
  const { terminal, paint } = context;
  for (const { tier, source, rules } of tiers) {
    terminal.out(`${paint("bold", tier)}  ${paint("dim", source)}\n`);
    for (const rule of rules.length === 0 ? ["(no rules)"] : rules) terminal.out(`  ${oneLine(rule, 1000)}\n`);
  }
  for (const notice of own.notices) terminal.out(`${paint("yellow", `! ${oneLine(notice, 1000)}`)}\n`);
  terminal.out(paint("dim", "What holds without any rule: docs/policy.md\n"));
  return EXIT.done;
}

export async function keepRuleCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const kept = await changed(context, args, rememberRule);
  const text = kept.changed ? "Kept" : "It was kept already";
  if (!args.has("json")) context.terminal.out(`${text}: ${kept.rule}\n  in ${kept.path}\n`);
  return EXIT.done;
}

export async function forgetRuleCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const taken = await changed(context, args, forgetRule);
  if (!args.has("json"))
    context.terminal.out(taken.changed ? `Taken back: ${taken.rule}\n` : `No such rule is kept: ${taken.rule}\n`);
  return taken.changed ? EXIT.done : EXIT.failed;
}

async function changed(context: CliContext, args: Arguments, change: typeof rememberRule): Promise<KeptRule> {
  const result = await change(context.home, args.words.join(" "));
  if (!result.ok)
    throw result.error.code === "settings.invalid" ? new NexusError(result.error) : nexusError("run.internal");
  if (args.has("json")) printJson(context, result.value);
  return result.value;
}

function linesOfRules(rules: PolicyRules = {}): string[] {
  const verdicts = RULE_KEYS.flatMap((key) => (rules[key] === undefined ? [] : [`${key}: ${rules[key]}`]));
  const strict = rules.planStrict === undefined ? [] : [`planStrict: ${rules.planStrict}`];
  return [...verdicts, ...strict, ...(rules.rules ?? []).map(ruleText)];
}
