/**
 * Token counts: exact for models whose tokenizer is public (OpenAI's), estimated for all others. A tokenizer is loaded at
 * its first use, once a process: 70 to 160 ms and 45 to 76 MB, so never while a daemon starts.
 */

export type Count = (text: string) => number;

export interface TokenCounter {
  /** The encoding that counts, or "estimate". */
  readonly name: "o200k_base" | "cl100k_base" | "estimate";
  /** True when `count` is what the provider counts for this text. */
  readonly exact: boolean;
  /** 0 when exact; else the share by which the true count can be above the counted one. docs/context.md has the figures. */
  readonly errorShare: number;
  /** Marks like <|endoftext|> in the text count as the plain text that they are sent as. */
  readonly count: Count;
}

/**
 * Measured with both known tokenizers over five repositories, no file holds more than 0.2 above its estimate. The rest is
 * for tokenizers that cannot be measured; a model that still finds a request too long is asked again with less.
 */
const ESTIMATE_ERROR = 0.3;
/** Merging is quadratic in an unbroken run, so a longer one is counted in slices: at most one token too many a slice. */
const LONGEST_RUN = 500;
const LONG_RUN = new RegExp(
  `[\\p{L}\\p{M}]{${LONGEST_RUN},}|[^\\s\\p{L}\\p{N}]{${LONGEST_RUN},}|\\s{${LONGEST_RUN},}`,
  "gu",
);
const CACHED_TEXTS = 4000;
const CACHED_CHARACTERS = 4_000_000;
const NO_SPECIAL_TOKENS = { disallowedSpecial: new Set<string>() };

/** The counter of a model by its name. `estimate` is asked for models whose tokenizer is not known. */
export async function createTokenCounter(model: string, estimate: Count): Promise<TokenCounter> {
  const name = encodingOf(model);
  const encode = name === undefined ? undefined : await loadEncoding(name).catch(() => undefined);
  if (name === undefined || encode === undefined)
    return { name: "estimate", exact: false, errorShare: ESTIMATE_ERROR, count: cached(estimate) };
  const count = (text: string) => sum(slicesOf(text).map((slice) => encode(slice, NO_SPECIAL_TOKENS)));
  return { name, exact: true, errorShare: 0, count: cached(count) };
}

/** From OpenAI's own table of models; a fine-tuned model counts as the one it was made from. */
function encodingOf(model: string): "o200k_base" | "cl100k_base" | undefined {
  const name = model.toLowerCase().replace(/^(?:openai\/|ft:)+/, "");
  if (/^(?:gpt-4o|gpt-4\.[15]|gpt-5|chatgpt-4o|o[134](?:-|$)|gpt-oss|codex-mini)/.test(name)) return "o200k_base";
  if (/^(?:gpt-4(?:-|$)|gpt-3\.5|text-embedding-)/.test(name)) return "cl100k_base";
  return undefined;
}

async function loadEncoding(name: "o200k_base" | "cl100k_base") {
  const module =
    name === "o200k_base"
      ? await import("gpt-tokenizer/encoding/o200k_base")
      : await import("gpt-tokenizer/encoding/cl100k_base");
  return module.countTokens;
}

function slicesOf(text: string): string[] {
  const slices: string[] = [];
  let from = 0;
  for (const { index, 0: run } of text.matchAll(LONG_RUN))
    for (let end = index + LONGEST_RUN; end < index + run.length; end += LONGEST_RUN) {
      // Half a surrogate pair would count as another character.
      const at = /[\udc00-\udfff]/.test(text.charAt(end)) ? end - 1 : end;
      slices.push(text.slice(from, at));
      from = at;
    }
  return [...slices, text.slice(from)];
}

/** Remembers counts, since a conversation is counted again at each of its turns. The oldest are forgotten first. */
function cached(count: Count): Count {
  const known = new Map<string, number>();
  let characters = 0;
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const tokens = count(text);
    known.set(text, tokens);
    characters += text.length;
    for (const oldest of known.keys()) {
      if (known.size <= CACHED_TEXTS && characters <= CACHED_CHARACTERS) break;
      known.delete(oldest);
      characters -= oldest.length;
    }
    return tokens;
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
