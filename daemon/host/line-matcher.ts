/** Regular expressions that other people wrote, run where they cannot hang the process. */
import { createContext, Script } from "node:vm";

export interface LineMatcher {
  /**
   * For each text the numbers (from 1) of the lines on which a match starts, at most `limit` a text. Undefined when the
   * pattern needed more than its time.
   */
  match(texts: readonly string[], limit: number): number[][] | undefined;
}

/** Every line once; a match may span lines. Plain JavaScript, because it runs in a context of its own. */
const SCRIPT = new Script(`((expression, texts, limit) => {
  const found = (text) => {
    expression.lastIndex = 0;
    const lines = [];
    let line = 1;
    let counted = 0;
    while (lines.length < limit) {
      const match = expression.exec(text);
      if (match === null) break;
      for (let next = text.indexOf("\\n", counted); next >= 0 && next < match.index; next = text.indexOf("\\n", counted)) {
        line += 1;
        counted = next + 1;
      }
      lines.push(line);
      const end = text.indexOf("\\n", match.index);
      if (end < 0) break;
      expression.lastIndex = end + 1;
    }
    return lines.join(" ");
  };
  return texts.map(found).join();
})(expression, texts, limit)`);

/**
 * A pattern that backtracks without end is stopped after `budgetMs`. Each call starts a watch, about 0.2 ms, so give it
 * several texts at once. Throws SyntaxError when the pattern is none.
 */
export function createLineMatcher(pattern: string, ignoreCase: boolean, budgetMs: number): LineMatcher {
  const noTexts: readonly string[] = [];
  const variables = { expression: compile(pattern, ignoreCase ? "gmi" : "gm"), texts: noTexts, limit: 0 };
  const context = createContext(variables);
  return {
    match(texts, limit) {
      Object.assign(variables, { texts, limit });
      try {
        const found = String(SCRIPT.runInContext(context, { timeout: budgetMs }));
        return found.split(",").map((lines) => (lines === "" ? [] : lines.split(" ").map(Number)));
      } catch (error) {
        if (isTimeout(error)) return undefined;
        throw error;
      }
    },
  };
}

/** The error comes from the context, so it is no instance of our own Error. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === "object" && error !== null && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT"
  );
}

/** With Unicode classes when the pattern allows it, else as the older syntax that people still write. */
function compile(pattern: string, flags: string): RegExp {
  try {
    return new RegExp(pattern, `${flags}u`);
  } catch {
    return new RegExp(pattern, flags);
  }
}
