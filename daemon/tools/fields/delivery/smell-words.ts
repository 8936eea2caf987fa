/** Signs of what should not stand in a file that builds or ships something. */

/** Why the image may be another one tomorrow; undefined when it names a version. */
export function imageTagProblem(image: string): string | undefined {
  if (image.includes("@sha256:") || image.includes("$")) return undefined;
  const tag = /:([^/:]+)$/.exec(image)?.[1];
  if (tag === undefined) return `image ${image} names no version, so it is whatever is newest`;
  return tag === "latest" ? `image ${image} is whatever is newest; name a version` : undefined;
}

const SECRET_NAME = /(pass(word|wd)?|secret|token|api_?key|private_?key|credential)s?$/i;
/** What only stands for a value that comes from elsewhere. */
const PLACEHOLDER =
  /^$|\$|\{\{|^<.*>$|^(changeme|example|placeholder|dummy|test|none|null|true|false|x+|\*+)$|^\/|^file:/i;
const KNOWN_KEYS =
  /\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}|-----BEGIN [A-Z ]*PRIVATE KEY-----|\bglpat-[\w-]{20}/;

export function looksLikeSecret(name: string, value: string): boolean {
  if (KNOWN_KEYS.test(value)) return true;
  return SECRET_NAME.test(name) && !PLACEHOLDER.test(value.trim());
}

/** A script from the network that is run without a look at it. */
export const PIPED_SCRIPT = /\b(curl|wget)\b[^|\n]*\|\s*(sudo\s+)?(ba|z|da|k)?sh\b/;
