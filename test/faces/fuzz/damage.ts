/** What goes wrong on the way: in a value, in its text, and in the bytes that carry it. */
import type { Random } from "./random.ts";

const LONG = "x".repeat(100_000);
const HOSTILE: readonly unknown[] = [
  ...[null, true, false, 0, -0, -1, 1.5, 2 ** 31, 2 ** 53 + 2, -(2 ** 63), 1e308, Number.MIN_VALUE],
  ...["", " ", "\u0000", "\u2028\u2029", "\ud800", "\udc00x", "𝒳".repeat(50), "e\u0301", "../../../../etc/passwd"],
  ...[
    "file:///etc/passwd",
    "C:\\x\\..\\y",
    "%2e%2e/%00",
    "__proto__",
    "constructor",
    "toString",
    "$(id)",
    "{{x}}",
    LONG,
  ],
  ...[
    [],
    {},
    [[]],
    [null],
    { "": null },
    { length: -1 },
    JSON.parse(`{"then":1}`),
    { toJSON: "x" },
    Array.from({ length: 2000 }, () => 0),
  ],
];

/** One to three of its parts are others, gone, or new. */
export function damagedValue(value: unknown, random: Random): unknown {
  let damaged = value;
  for (let count = 1 + random.below(3); count > 0; count--) damaged = damagedOnce(damaged, random);
  return damaged;
}

function damagedOnce(value: unknown, random: Random): unknown {
  if (typeof value !== "object" || value === null || random.chance(0.15)) return random.pick(HOSTILE);
  if (Array.isArray(value)) {
    const index = random.below(value.length + 1);
    const part = random.chance(0.5) ? random.pick(HOSTILE) : damagedOnce(value[index], random);
    return random.chance(0.2) ? value.toSpliced(index, 1) : value.toSpliced(index, 1, part);
  }
  const entries = Object.entries(value);
  const index = random.below(entries.length + 1);
  const [key = random.pick(["x", "__proto__", "id", "uri", "params", "\u2028"]), old] = entries[index] ?? [];
  if (random.chance(0.2)) return Object.fromEntries(entries.toSpliced(index, 1));
  const part = random.chance(0.4) ? random.pick(HOSTILE) : damagedOnce(old, random);
  return Object.fromEntries(entries.toSpliced(index, 1, [key, part]));
}

/** JSON that no JSON.stringify writes: keys twice, numbers too large, deep nesting, raw separators, a mark at the front. */
export function damagedText(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  const depth = random.pick([63, 64, 65, 1000, 20_000]);
  return random.pick<() => string>([
    () => text.slice(0, at),
    () => text.slice(at),
    () =>
      text.slice(0, at) +
      random.pick(["\u2028", "\u0000", "\\", '"', "{", "]", ",", "\\ud800", "1e999"]) +
      text.slice(at),
    () => text.replace("{", '{"id":7,"jsonrpc":"1.0","method":"__proto__",'),
    () => text.replace(/}$/, `,"params":{"__proto__":{"polluted":true}}}`),
    () => text.replace(/:(\d+)/, () => `:${random.pick(["1e999", "-0", "9007199254740993", "0x10", "1e-400", "01"])}`),
    () => text.replace(/"params":.*}$/, () => `"params":${"[".repeat(depth)}${"]".repeat(depth)}}`),
    () => text.replace(/"params":.*}$/, () => `"params":${'{"a":'.repeat(depth)}1${"}".repeat(depth)}}`),
    () => `\ufeff${text}`,
    () => text.replaceAll('"', "'"),
    () => `${text}${text}`,
    () => text.replaceAll("\n", " ").replaceAll(/[a-z]/g, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`),
  ])();
}

/** Bytes that are no UTF-8, or the middle of a character. */
export function damagedBytes(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length + 1);
  const odd = random.pick([[0xff], [0xc3], [0xe2, 0x80], [0xed, 0xa0, 0x80], [0xf8, 0x88, 0x80, 0x80], [0]]);
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(odd), bytes.subarray(at)]);
}

/** Cut anywhere and sent in pieces: it says the same. */
export function pieces(bytes: Buffer, random: Random): Buffer[] {
  const parts: Buffer[] = [];
  for (let start = 0; start < bytes.length && parts.length < 8; ) {
    const end = start + 1 + random.below(bytes.length - start);
    parts.push(bytes.subarray(start, parts.length === 7 ? bytes.length : end));
    start = end;
  }
  return parts;
}
