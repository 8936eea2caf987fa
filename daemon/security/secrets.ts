/** Takes secrets out of text before it reaches a log, an event or a model. */

/** Stands where a secret was. Tools refuse to write it, because it would replace what it hides. */
export const REDACTED = "«secret removed»";

export interface Redactor {
  /** Adds a value to hide wherever it appears, also in base64, hexadecimal, URL and JSON form. Short ones are ignored. */
  add(secret: string): void;
  redact(text: string): string;
}

const MIN_SECRET_LENGTH = 8;

/** Shapes of keys. Each starts with letters of its own and repeats one class only, so that none can backtrack far. */
const SHAPES = [
  "\\bsk-(?:ant-|proj-|or-)?[A-Za-z0-9_-]{16,}",
  "\\b(?:ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{30,}",
  "\\bgithub_pat_[A-Za-z0-9_]{30,}",
  "\\bglpat-[A-Za-z0-9_-]{20,}",
  "\\b(?:AKIA|ASIA)[A-Z0-9]{16}\\b",
  "\\bAIza[A-Za-z0-9_-]{30,}",
  "\\bxox[abeoprs]-[A-Za-z0-9-]{10,}",
  "\\bnpm_[A-Za-z0-9]{36}\\b",
  "\\beyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{10,}",
].join("|");

const SHAPE = new RegExp(SHAPES, "g");
const URL_PASSWORD = /(:\/\/[^\s/:@"'`]{0,100}:)[^\s/@"'`$<{}]{1,200}(?=@)/g;
/** Also one that is cut off; not the mere words in a program's text. */
const KEY_BLOCK =
  /-----BEGIN ([A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?)-----(?:[A-Za-z0-9+/=\\\s:,]|-(?!----)){40,}(?:-----END \1-----)?/g;

export function createRedactor(): Redactor {
  const variants = new Set<string>();
  let exact: RegExp | undefined;
  return {
    add(secret) {
      if (secret.length < MIN_SECRET_LENGTH) return;
      for (const variant of variantsOf(secret)) variants.add(variant);
      const longestFirst = [...variants].sort((first, second) => second.length - first.length);
      exact = new RegExp(longestFirst.map(escapeRegExp).join("|"), "g");
    },
    redact(text) {
      return redactShapes(exact === undefined ? text : text.replace(exact, REDACTED));
    },
  };
}

/** True when the text holds something in the shape of a secret. */
export function hidesSecret(text: string): boolean {
  return redactShapes(text) !== text;
}

function redactShapes(text: string): string {
  const withoutKeys = text.replace(SHAPE, REDACTED);
  const withoutPasswords = withoutKeys.includes("://")
    ? withoutKeys.replace(URL_PASSWORD, `$1${REDACTED}`)
    : withoutKeys;
  return withoutPasswords.includes("PRIVATE KEY") ? withoutPasswords.replace(KEY_BLOCK, REDACTED) : withoutPasswords;
}

function variantsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, "utf8");
  const hex = bytes.toString("hex");
  const variants = [
    secret,
    hex,
    hex.toUpperCase(),
    encodeURIComponent(secret.toWellFormed()),
    JSON.stringify(secret).slice(1, -1),
    ...base64Variants(bytes),
  ];
  return variants.filter((variant) => variant.length >= MIN_SECRET_LENGTH);
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

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
