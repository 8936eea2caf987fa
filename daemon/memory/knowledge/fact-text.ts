/** A fact's text: data of bounded length that a person sees whole. */
import { FACT_TEXT_CHARACTERS, failure, ok, type Result } from "../../../protocol/index.ts";
import { hidesSecret } from "../../security/secrets/secrets.ts";
import { withoutHidden } from "../hidden-characters.ts";

/** The text without what nobody sees; refuses what is empty, too long, or holds something like a key. */
export function factText(text: string): Result<string> {
  if (text.length > FACT_TEXT_CHARACTERS)
    return failure(
      "memory.fact_invalid",
      `The text has ${text.length} characters, at most ${FACT_TEXT_CHARACTERS} fit.`,
    );
  const seen = withoutHidden(text)
    .replace(/[ \t]+$/gm, "")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
  if (seen === "") return failure("memory.fact_invalid", "The text is empty.");
  if (hidesSecret(seen)) return failure("memory.fact_secret");
  return ok(seen);
}

/** One line of bounded length, for names and addresses. */
export function oneLine(text: string, length: number): string {
  return withoutHidden(text).replace(/\s+/g, " ").trim().slice(0, length);
}

const FILLERS = new Set("a an the is are was were be been that this these those it its our we".split(" "));

/**
 * The same for two texts that say the same in the same words: case, quotation marks, sentence marks and filler words put
 * aside. Nothing else is, because one word, sign or figure can turn a sentence into its opposite.
 */
export function sameWordsKey(text: string): string {
  const words = text.toLowerCase().split(/\s+/).map(bareWord);
  return words.filter((word) => word !== "" && !FILLERS.has(word)).join(" ");
}

function bareWord(word: string): string {
  return word.replace(/^["'`“”‘’«»(]+/, "").replace(/["'`“”‘’«»).,;:!?]+$/, "");
}
