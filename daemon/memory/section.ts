/** A section of a prompt, filled with entries until its budget is spent. */

export interface FittedLines {
  /** "" when not even one entry fits. */
  readonly text: string;
  readonly tokens: number;
  readonly shown: readonly string[];
}

/**
 * Takes entries in their order; one that does not fit is skipped for a shorter one behind it. What is counted is the whole
 * text, so that `tokens` is what the section costs, and never more than the budget.
 */
export function fitLines(
  entries: readonly { readonly id: string; readonly text: string }[],
  options: { opening: string; closing: string; budgetTokens: number; count: (text: string) => number },
): FittedLines {
  const { opening, closing, budgetTokens, count } = options;
  const shown: { id: string; text: string }[] = [];
  let used = count(`${opening}\n${closing}`);
  for (const entry of entries) {
    const cost = count(`${entry.text}\n`);
    if (used + cost > budgetTokens) continue;
    shown.push(entry);
    used += cost;
  }
  for (;;) {
    if (shown.length === 0) return { text: "", tokens: 0, shown: [] };
    const text = [opening, ...shown.map((entry) => entry.text), closing].join("\n");
    const tokens = count(text);
    if (tokens <= budgetTokens) return { text, tokens, shown: shown.map((entry) => entry.id) };
    // Tokens of parts do not add up exactly to those of the whole.
    shown.pop();
  }
}

const MARKS =
  /<(?=\s*\/?\s*(?:knowledge|rules|system|user|assistant|human|tool|task|plan|instructions?|conversation|context)\b)/gi;

/** The text with nothing in it that could end its section or begin another one; other markup stays as it is. */
export function inert(text: string): string {
  return text.replace(MARKS, "‹");
}
