/** What secrets look like, whoever issued them. */

/**
 * Each starts with letters of its own and repeats one class only, so that none can backtrack far. Names are those of the
 * issuer's own documentation.
 */
const KEYS = [
  // Models
  "\\bsk-(?:ant-|proj-|or-|svcacct-)?[A-Za-z0-9_-]{16,}",
  "\\bgsk_[A-Za-z0-9]{40,}",
  "\\bxai-[A-Za-z0-9]{40,}",
  "\\bpplx-[A-Za-z0-9]{40,}",
  "\\bhf_[A-Za-z0-9]{30,}",
  "\\br8_[A-Za-z0-9]{36,}",
  // Code and packages
  "\\b(?:ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{30,}",
  "\\bgithub_pat_[A-Za-z0-9_]{30,}",
  "\\bgl(?:pat|oas|dt|rt|cbt|ptt|ft|imt|agent|soat)-[A-Za-z0-9_.-]{20,}",
  "\\bATATT3[A-Za-z0-9_=-]{50,}",
  "\\bnpm_[A-Za-z0-9]{36}\\b",
  "\\bpypi-[A-Za-z0-9_-]{50,}",
  "\\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}",
  // Clouds
  "\\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\\b",
  "\\bAIza[A-Za-z0-9_-]{30,}",
  "\\bya29\\.[A-Za-z0-9_-]{20,}",
  "\\bGOCSPX-[A-Za-z0-9_-]{20,}",
  "\\b1//0[A-Za-z0-9_-]{30,}",
  "\\b[A-Za-z0-9_~.-]{3}8Q~[A-Za-z0-9_~.-]{34}",
  "\\bdop_v1_[a-f0-9]{60,}",
  "\\bdapi[a-f0-9]{32}\\b",
  "\\bhvs\\.[A-Za-z0-9_-]{24,}",
  "\\bsbp_[a-f0-9]{40}\\b",
  // Messages, payments, shops
  "\\bxox[abeoprs]-[A-Za-z0-9-]{10,}",
  "\\bxapp-[A-Za-z0-9-]{20,}",
  "\\bhooks\\.slack\\.com/services/[A-Za-z0-9/]{20,}",
  "\\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}",
  "\\bwhsec_[A-Za-z0-9+/]{24,}",
  "\\bshp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}\\b",
  "\\bSG\\.[A-Za-z0-9_-]{16,}\\.[A-Za-z0-9_-]{16,}",
  "\\b[0-9]{8,10}:AA[A-Za-z0-9_-]{32,}",
  "\\blin_api_[A-Za-z0-9]{32,}",
  "\\bntn_[A-Za-z0-9]{40,}",
  // Everywhere
  "\\beyJ[A-Za-z0-9_-]{10,1500}\\.[A-Za-z0-9_-]{10,4000}\\.[A-Za-z0-9_-]{10,}",
  "\\bAGE-SECRET-KEY-1[A-Z0-9]{40,}",
].join("|");

const KEY = new RegExp(KEYS, "g");
const URL_PASSWORD = /(:\/\/[^\s/:@"'`]{0,100}:)[^\s/@"'`$<{}]{1,200}(?=@)/g;
/** A header, as curl, HTTP and programs write it. */
const AUTHORIZATION =
  /\b(authorization["']?\s{0,3}[:=]\s{0,3}["'`]?(?:bearer|basic|token|apikey)\s{1,3})[A-Za-z0-9._~+/=-]{8,}/gi;
const NETRC = /\b(machine\s{1,20}\S{1,200}(?:\s{1,20}login\s{1,20}\S{1,200})?\s{1,20}password\s{1,20})\S{1,200}/g;
const AZURE_KEY = /\b((?:AccountKey|SharedAccessKey|sharedaccesssignature)=)[A-Za-z0-9+/%=&-]{30,}/gi;
/** Also one that is cut off; not the mere words in a program's text. */
const KEY_BLOCK =
  /-----BEGIN ([A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?)-----(?:[A-Za-z0-9+/=\\\s:,]|-(?!----)){40,}(?:-----END \1-----)?/g;

/** The text with `mark` in the place of everything that has the shape of a secret. */
export function replaceShapes(text: string, mark: string): string {
  let result = text.replace(KEY, mark);
  if (result.includes("://")) result = result.replace(URL_PASSWORD, `$1${mark}`);
  if (/authorization/i.test(result)) result = result.replace(AUTHORIZATION, `$1${mark}`);
  if (result.includes("password")) result = result.replace(NETRC, `$1${mark}`);
  if (/access(?:key|sig)|accountkey/i.test(result)) result = result.replace(AZURE_KEY, `$1${mark}`);
  return result.includes("PRIVATE KEY") ? result.replace(KEY_BLOCK, mark) : result;
}

const MAX_VALUES = 60;
const MAX_VALUE_LENGTH = 500;

/**
 * What in a file of secrets is likely one: the values of its lines (`NAME=value`, `name: value`, `password value`) and long
 * words of many different letters. Names, comments and plain words are none.
 */
export function secretValuesOf(text: string): string[] {
  const values = new Set<string>();
  for (const numbered of text.split(/\r?\n/)) {
    // As tools show files.
    const line = numbered.replace(/^\s{0,10}\d{1,7}[\t|:→]\s?/, "");
    if (/^\s*(?:#|;|\/\/)/.test(line)) continue;
    const value = /^\s*(?:export\s+)?["']?[\w.:/@-]+["']?\s*[:=]\s*(.+?)\s*,?\s*$/.exec(line)?.[1];
    const whole = value?.replace(/^(["'`])(.*)\1$/, "$2") ?? "";
    const words = [whole, ...(value ?? line).split(/[\s"'`,;]+/)];
    for (const word of words)
      if (word.length <= MAX_VALUE_LENGTH && isRandom(word) && values.size < MAX_VALUES) values.add(word);
  }
  return [...values];
}

/** Letters and digits mixed, or many different ones: not a word, a path, a version or an address. */
function isRandom(word: string): boolean {
  if (word.length < 10 || /^https?:\/\/[^@]*$/.test(word) || /\s/.test(word)) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((kind) => kind.test(word)).length;
  return entropyOf(word) >= (kinds >= 2 ? 2.8 : 3.5);
}

/** Bits a letter. */
function entropyOf(word: string): number {
  const counts = new Map<string, number>();
  for (const letter of word) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / word.length) * Math.log2(count / word.length);
  return bits;
}
