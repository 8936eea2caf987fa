/** Keeps a rule in the user's own settings, and takes it back. Nothing else of the file changes. */
import * as z from "zod/mini";
import { failure, ok, type PolicyRule, PolicyRules, type Result } from "../../../protocol/index.ts";
import { validate } from "../../../protocol/validate.ts";
import { readText, writeAtomically } from "../../host/files.ts";
import { checkPrivateFile, homePaths, prepareHome } from "../../host/paths.ts";
import { matchText, parseRule, ruleText } from "./rule-text.ts";

export interface KeptRule {
  /** The settings file. */
  readonly path: string;
  /** As it stands there: `allow command npm test`. */
  readonly rule: string;
  /** False: it was there already, or was not there to be taken back. */
  readonly changed: boolean;
}

/**
 * Adds the rule of this short text to `policy.rules` of `<home>/settings.json`; without an effect it allows. Fails with
 * `settings.invalid` when the text is no rule or the file cannot be used, and then nothing is written.
 */
export async function rememberRule(home: string, text: string): Promise<Result<KeptRule>> {
  const rule = parseRule(text);
  if (!rule.ok) return rule;
  const name = ruleText(rule.value);
  return changeRules(home, name, (rules) =>
    rules.some((kept) => ruleText(kept) === name) ? rules : [...rules, rule.value],
  );
}

/** Takes back every kept rule about this; with an effect in front only those of that effect. */
export async function forgetRule(home: string, text: string): Promise<Result<KeptRule>> {
  const rule = parseRule(text);
  if (!rule.ok) return rule;
  const named = ruleText(rule.value);
  const hasEffect = /^\s*(allow|ask|deny)\s/.test(text);
  const isMeant = (kept: PolicyRule) =>
    hasEffect ? ruleText(kept) === named : matchText(kept.match) === matchText(rule.value.match);
  return changeRules(home, hasEffect ? named : matchText(rule.value.match), (rules) =>
    rules.some(isMeant) ? rules.filter((kept) => !isMeant(kept)) : rules,
  );
}

const SettingsWithPolicy = z.looseObject({ policy: z.optional(PolicyRules) });

class ChangedMeanwhile extends Error {}

const MOST_TRIES = 5;

/** One change after another: what is read must still be there when it is written. */
let last: Promise<unknown> = Promise.resolve();

function changeRules(
  home: string,
  rule: string,
  change: (rules: readonly PolicyRule[]) => readonly PolicyRule[],
): Promise<Result<KeptRule>> {
  const mine = last.then(() => changeNow(home, rule, change));
  last = mine;
  return mine;
}

/** Never rejects. Another process may write meanwhile; then it is tried again. */
async function changeNow(
  home: string,
  rule: string,
  change: (rules: readonly PolicyRule[]) => readonly PolicyRule[],
): Promise<Result<KeptRule>> {
  const path = homePaths(home).settings;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    try {
      await prepareHome(home);
      await checkPrivateFile(path, 0o022);
      const text = await readText(path);
      const changed = changedText(text, path, change);
      if (!changed.ok) return changed;
      if (changed.value === undefined) return ok({ path, rule, changed: false });
      await writeAtomically(path, changed.value, text === undefined ? 0o600 : undefined, async () => {
        if ((await readText(path)) !== text) throw new ChangedMeanwhile();
      });
      return ok({ path, rule, changed: true });
    } catch (error) {
      if (error instanceof ChangedMeanwhile) continue;
      return failure("settings.invalid", `${path} could not be changed: ${messageOf(error)}`);
    }
  }
  return failure("settings.invalid", `${path} could not be changed: others keep changing it.`);
}

/** The file's new text; undefined when there is nothing to change. */
function changedText(
  text: string | undefined,
  path: string,
  change: (rules: readonly PolicyRule[]) => readonly PolicyRule[],
): Result<string | undefined> {
  const settings = settingsOf(text, path);
  if (!settings.ok) return settings;
  const policy = settings.value.policy ?? {};
  const before = policy.rules ?? [];
  const rules = change(before);
  if (rules === before) return ok(undefined);
  const validated = validate(PolicyRules, { ...policy, rules });
  if (!validated.ok) return failure("settings.invalid", `${path}: ${validated.problem}.`);
  return ok(`${JSON.stringify({ ...settings.value, policy: validated.value }, null, 2)}\n`);
}

function settingsOf(text: string | undefined, path: string): Result<z.infer<typeof SettingsWithPolicy>> {
  if (text === undefined) return ok({});
  try {
    const validated = validate(SettingsWithPolicy, JSON.parse(text));
    if (validated.ok) return ok(validated.value);
    return failure("settings.invalid", `${path}: ${validated.problem}.`);
  } catch (error) {
    return failure("settings.invalid", `${path} is not JSON: ${messageOf(error)}.`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
