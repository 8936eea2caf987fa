/** Reads what the organisation and the workspace wrote. A workspace can only tighten; an organisation's file must be its own. */
import * as z from "zod/mini";
import { failure, ok, PolicyRules, type Result } from "../../../protocol/index.ts";
import { validate } from "../../../protocol/validate.ts";
import { readSlice, readText } from "../../host/files.ts";
import { checkManagedFile, checkPrivateFile, homePaths } from "../../host/paths.ts";
import { statNow } from "../../host/sync-files.ts";
import { resolveInside } from "../paths/fence.ts";
import { tightening } from "./tiers.ts";

export const WORKSPACE_POLICY = ".nexus/policy.json";
const MAX_BYTES = 512 * 1024;

/**
 * `file`: the machine's policy, written by an administrator. Undefined where there is none. Fails with `settings.invalid`
 * when it cannot be used: to go on without it would loosen what it says.
 */
export async function loadOrganisation(file: string): Promise<Result<PolicyRules | undefined>> {
  try {
    const text = await readText(file);
    if (text === undefined) return ok(undefined);
    await checkManagedFile(file);
    return parsePolicy(text, file);
  } catch (error) {
    return failure("settings.invalid", `${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The policy of `<home>/settings.json`; undefined where it has none. */
export async function loadUser(home: string): Promise<Result<PolicyRules | undefined>> {
  const file = homePaths(home).settings;
  try {
    const text = statNow(file) === undefined ? undefined : await readText(file);
    if (text === undefined) return ok(undefined);
    await checkPrivateFile(file, 0o022);
    const validated = validate(z.looseObject({ policy: z.optional(PolicyRules) }), JSON.parse(text));
    return validated.ok ? ok(validated.value.policy) : failure("settings.invalid", `${file}: ${validated.problem}.`);
  } catch (error) {
    return failure("settings.invalid", `${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export interface WorkspacePolicy {
  readonly rules: PolicyRules | undefined;
  /** What of it does not count, in words for the user. */
  readonly notices: readonly string[];
}

/** The workspace's own file, without what would loosen. One that cannot be used is left out, and said so. */
export async function loadWorkspace(root: string): Promise<WorkspacePolicy> {
  const none = (notice: string) => ({ rules: undefined, notices: [`${WORKSPACE_POLICY} does not count: ${notice}`] });
  const at = await resolveInside(root, WORKSPACE_POLICY);
  if (!at.ok) return none(at.error.message);
  try {
    const stats = statNow(at.value.absolute);
    if (stats === undefined) return { rules: undefined, notices: [] };
    if (!stats.isFile() || stats.size > MAX_BYTES) return none(`it is no file of at most ${MAX_BYTES} bytes.`);
    const text = (await readSlice(at.value.absolute, 0, MAX_BYTES)).toString("utf8");
    const parsed = parsePolicy(text, WORKSPACE_POLICY);
    if (!parsed.ok) return none(parsed.error.message);
    const { rules, ignored } = tightening(parsed.value);
    const notices = ignored.map((text) => `${WORKSPACE_POLICY}: “${text}” does not count, a workspace only tightens.`);
    return { rules, notices };
  } catch (error) {
    return none(error instanceof Error ? error.message : String(error));
  }
}

/** A policy file's text as rules; fails with `settings.invalid`, naming the field. */
export function parsePolicy(text: string, source: string): Result<PolicyRules> {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    return failure("settings.invalid", `${source} is not JSON: ${error instanceof Error ? error.message : ""}.`);
  }
  const validated = validate(PolicyRules, raw);
  return validated.ok ? ok(validated.value) : failure("settings.invalid", `${source}: ${validated.problem}.`);
}
