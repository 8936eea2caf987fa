/** Checks a value against a schema and says in words what does not fit. Not part of index.ts: the words cost bytes. */
import type * as z from "zod/mini";
import en from "zod/v4/locales/en.js";

/** zod/mini brings no language of its own and would say "Invalid input" to everything. */
export const errorMap = en().localeError;

export type Validated<Value> = { ok: true; value: Value } | { ok: false; problem: string };

/** The problem is the first one, with the field's path: "limit: Too big: expected number to be <=500". */
export function validate<Schema extends z.ZodMiniType>(schema: Schema, value: unknown): Validated<z.output<Schema>> {
  const parsed = schema.safeParse(value, { error: errorMap });
  if (parsed.success) return { ok: true, value: parsed.data };
  const [issue] = parsed.error.issues;
  const path = issue?.path.join(".") ?? "";
  const message = issue?.message ?? "it does not fit";
  return { ok: false, problem: path === "" ? message : `${path}: ${message}` };
}
