/** All checks of fields, by the names that agents give, and what runs those of one agent. */
import { endpoints } from "./backend/endpoints.ts";
import { citationsResolve } from "./citations-resolve.ts";
import { dataCheck } from "./data/data-check.ts";
import { delivery } from "./devops/delivery.ts";
import { failsWithout } from "./fails-without.ts";
import type { FieldCheck, FieldContext, FieldResult } from "./field-check.ts";
import { accessible } from "./frontend/accessible.ts";
import { mutantsKilled } from "./mutants-killed.ts";
import { migrations } from "./sql/migrations-check.ts";

export const FIELD_CHECKS: readonly FieldCheck[] = [
  failsWithout,
  mutantsKilled,
  citationsResolve,
  endpoints,
  migrations,
  dataCheck,
  delivery,
  accessible,
];

export interface CheckedField extends FieldResult {
  readonly check: string;
}

/**
 * Runs the checks of these names that apply to what was changed, one after another, so that each has the machine for
 * itself. A check that breaks is a warning, and no reason to send work back. Rejects with the signal's reason.
 */
export async function runFieldChecks(
  names: readonly string[],
  context: FieldContext,
  checks: readonly FieldCheck[] = FIELD_CHECKS,
): Promise<CheckedField[]> {
  const results: CheckedField[] = [];
  for (const check of checks) {
    if (!names.includes(check.name) || !check.appliesTo(context.changed)) continue;
    context.signal.throwIfAborted();
    results.push({ check: check.name, ...(await resultOfCheck(check, context)) });
  }
  return results;
}

async function resultOfCheck(check: FieldCheck, context: FieldContext): Promise<FieldResult> {
  try {
    return await check.run(context);
  } catch (error) {
    context.signal.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    const message = `The check broke off: ${why.slice(0, 300)}`;
    return { ok: true, findings: [{ path: "", message, severity: "warning" }], summary: "broke off" };
  }
}
