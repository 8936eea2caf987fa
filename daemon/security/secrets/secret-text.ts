/** Finding known secrets in text, however they are written: many at once, and over the line ends of wrapped encodings. */

export interface SecretFinder {
  add(secret: string): void;
  /** The text with `mark` in the place of every secret. */
  replace(text: string, mark: string): string;
}

const MIN_LENGTH = 8;
const PREFIX = 6;
/** Shorter lines are not what base64, openssl or xxd wrap. */
const WRAPPED = /\n(?<=[A-Za-z0-9+/_-]{56}={0,2}\r?\n)[ \t]{0,40}[A-Za-z0-9+/=_-]/;

/**
 * Looks at each place of the text once, whatever the number of secrets: their first letters stand in a table. An alternation
 * of as many expressions would try each of them at each place.
 */
export function createSecretFinder(): SecretFinder {
  const byPrefix = new Map<string, string[]>();
  const begins = new Uint8Array(1 << 16);

  function addVariant(variant: string): void {
    const prefix = variant.slice(0, PREFIX);
    const known = byPrefix.get(prefix) ?? [];
    if (known.includes(variant)) return;
    byPrefix.set(
      prefix,
      [...known, variant].sort((first, second) => second.length - first.length),
    );
    begins[slotAt(variant, 0)] = 1;
  }

  /** How many letters from here on are a secret. */
  function lengthAt(text: string, index: number): number {
    if (begins[slotAt(text, index)] === 0) return 0;
    const variants = byPrefix.get(text.slice(index, index + PREFIX));
    return variants?.find((variant) => text.startsWith(variant, index))?.length ?? 0;
  }

  function ranges(text: string): [start: number, end: number][] {
    const found: [number, number][] = [];
    for (let index = 0; index + MIN_LENGTH <= text.length; ) {
      const length = lengthAt(text, index);
      if (length > 0) found.push([index, index + length]);
      index += Math.max(1, length);
    }
    return found;
  }

  return {
    add(secret) {
      if (secret.length < MIN_LENGTH) return;
      for (const variant of variantsOf(secret)) addVariant(variant);
    },
    replace(text, mark) {
      if (byPrefix.size === 0) return text;
      const plain = cutOut(text, ranges(text), mark);
      if (!WRAPPED.test(plain)) return plain;
      const { joined, places } = withoutLineEnds(plain);
      const original = ranges(joined).map(([start, end]): [number, number] => [
        places[start] ?? 0,
        (places[end - 1] ?? 0) + 1,
      ]);
      return cutOut(plain, original, mark);
    },
  };
}

function slotAt(text: string, index: number): number {
  return ((text.charCodeAt(index) << 8) ^ (text.charCodeAt(index + 1) << 4) ^ text.charCodeAt(index + 2)) & 0xffff;
}

function cutOut(text: string, ranges: readonly (readonly [number, number])[], mark: string): string {
  if (ranges.length === 0) return text;
  const parts: string[] = [];
  let from = 0;
  for (const [start, end] of ranges) {
    parts.push(text.slice(from, start), mark);
    from = end;
  }
  return parts.join("") + text.slice(from);
}

/** The text in one line, and where each of its letters stood. */
function withoutLineEnds(text: string): { joined: string; places: Int32Array } {
  const places = new Int32Array(text.length);
  const parts: string[] = [];
  let kept = 0;
  let from = 0;
  const keep = (to: number) => {
    parts.push(text.slice(from, to));
    for (let index = from; index < to; index += 1) places[kept++] = index;
  };
  for (const match of text.matchAll(/\r?\n[ \t]{0,40}/g)) {
    keep(match.index);
    from = match.index + match[0].length;
  }
  keep(text.length);
  return { joined: parts.join(""), places };
}

/** As it is, in the ways that programs write bytes down, and in those once more. */
function variantsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, "utf8");
  const url = encodeURIComponent(secret.toWellFormed());
  const base64 = bytes.toString("base64");
  const hex = bytes.toString("hex");
  const percent = hex.replace(/../g, "%$&");
  const once = [secret, JSON.stringify(secret).slice(1, -1), url, lowerEscapes(url), percent, percent.toUpperCase()];
  const twice = [encodeURIComponent(url), encodeURIComponent(base64), lowerEscapes(encodeURIComponent(base64))];
  return [
    ...once,
    ...[hex, hex.toUpperCase(), hex.replace(/..(?=.)/g, "$& "), hex.replace(/..(?=.)/g, "$&:")],
    ...base64Variants(bytes),
    ...twice,
    ...[base64, hex, url].flatMap((text) => base64Variants(Buffer.from(text))),
    ...[base64].map((text) => Buffer.from(text).toString("hex")),
    ...(secret === secret.toLowerCase() ? [secret.toUpperCase()] : [secret.toLowerCase()]),
  ].filter((variant) => variant.length >= MIN_LENGTH);
}

function lowerEscapes(text: string): string {
  return text.replace(/%[0-9A-F]{2}/g, (part) => part.toLowerCase());
}

/** A secret inside a longer base64 text starts at one of three places; its outer letters depend on its neighbours. */
function base64Variants(bytes: Buffer): string[] {
  const whole = [bytes.toString("base64"), bytes.toString("base64url")];
  const inner = [0, 1, 2].flatMap((offset) => {
    const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
    const start = offset === 0 ? 0 : offset + 1;
    const end = Math.floor((padded.length * 8) / 6);
    return [padded.toString("base64").slice(start, end), padded.toString("base64url").slice(start, end)];
  });
  return [...whole, ...inner];
}
