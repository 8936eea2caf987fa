/** Characters that a person does not see and a model reads: controls, bidirectional overrides, zero-width letters, tags. */

const HIDDEN = /(?![\n\t])\p{Cc}|\p{Default_Ignorable_Code_Point}|[\ufff9-\ufffb]/gu;
/** They shape emoji, and stand in many honest texts. */
const EMOJI_PARTS = /[\u200d\ufe0e\ufe0f]/g;
const LINE_ENDS = /\r\n?|[\u2028\u2029\u0085]/g;

/** The text as a person sees it: every kind of line end a line feed, hidden characters and half surrogates gone. */
export function withoutHidden(text: string): string {
  return text
    .replace(LINE_ENDS, "\n")
    .replace(HIDDEN, "")
    .replace(/\p{Surrogate}/gu, "�");
}

/** How many characters a text holds that somebody may have hidden; a byte order mark at its start is none. */
export function hiddenCount(text: string): number {
  const seen = text
    .replace(/^\ufeff/, "")
    .replace(LINE_ENDS, "\n")
    .replace(EMOJI_PARTS, "");
  return seen.match(HIDDEN)?.length ?? 0;
}
