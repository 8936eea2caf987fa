/** Regular expressions that other people wrote, run where they cannot hang the process. */
import { withinTime } from "./time-limit.ts";

export interface LineMatcher {
  /**
   * For each text the numbers (from 1) of the lines on which a match starts, at most `limit` a text. Undefined when the
   * pattern needed more than its time.
   */
  match(texts: readonly string[], limit: number): number[][] | undefined;
}

/**
 * A pattern that backtracks without end is stopped after `budgetMs`. Each call starts a watch, about 0.2 ms, so give it
 * several texts at once. Throws SyntaxError when the pattern is none.
 */
export function createLineMatcher(pattern: string, ignoreCase: boolean, budgetMs: number): LineMatcher {
  const expression = compile(pattern, ignoreCase ? "gmi" : "gm");
  return {
    match: (texts, limit) =>
      withinTime(budgetMs, () => texts.map((text) => matchedLines(expression, text, limit)))?.value,
  };
}

/** Every line once; a match may span lines. */
function matchedLines(expression: RegExp, text: string, limit: number): number[] {
  expression.lastIndex = 0;
  const lines: number[] = [];
  let line = 1;
  let counted = 0;
  while (lines.length < limit) {
    const match = expression.exec(text);
    if (match === null) break;
    for (let next = text.indexOf("\n", counted); next >= 0 && next < match.index; next = text.indexOf("\n", counted)) {
      line += 1;
      counted = next + 1;
    }
    lines.push(line);
    const end = text.indexOf("\n", match.index);
    if (end < 0) break;
    expression.lastIndex = end + 1;
  }
  return lines;
}

/** With Unicode classes when the pattern allows it, else as the older syntax that people still write. */
function compile(pattern: string, flags: string): RegExp {
  try {
    return new RegExp(pattern, `${flags}u`);
  } catch {
    return new RegExp(pattern, flags);
  }
}
