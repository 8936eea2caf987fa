/** Plain checks of what pages send. No schemas: the extension loads this, and a page may hold text that strangers wrote. */
export type Check = (value: unknown) => boolean;

export const isName: Check = (value) => typeof value === "string" && value.length > 0 && value.length <= 4096;

export const isOneOf =
  (...words: string[]): Check =>
  (value) =>
    typeof value === "string" && words.includes(value);

/** True for a known type with every field of its table there and of its shape, and none besides. */
export function fits(value: unknown, table: Readonly<Record<string, Readonly<Record<string, Check>>>>): boolean {
  if (typeof value !== "object" || value === null || !("type" in value)) return false;
  const { type, ...fields } = value;
  if (typeof type !== "string" || !Object.hasOwn(table, type)) return false;
  const checks = Object.entries(table[type] ?? {});
  const entries = new Map<string, unknown>(Object.entries(fields));
  return (
    entries.size === checks.length && checks.every(([name, check]) => entries.has(name) && check(entries.get(name)))
  );
}
