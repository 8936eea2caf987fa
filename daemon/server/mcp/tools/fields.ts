/** Parameters that many tools have. */
import * as z from "zod/mini";

export function text(meaning: string, most = 500) {
  return z.string().check(z.minLength(1), z.maxLength(most), z.describe(meaning));
}

export function count(meaning: string, most: number) {
  return z.optional(z.int().check(z.gte(1), z.lte(most), z.describe(meaning)));
}

export const folder = z.optional(
  text("A folder that this server serves, as an absolute path. Left out: the first one.", 4096),
);
export const cursor = z.optional(text("nextCursor of the page before.", 1000));
export const runId = text("A run's id, as list_runs gives it.", 80);
export const nextCursor = z.nullable(z.string());
