/**
 * Reads TypeScript without a compiler, as far as the architecture test needs: which modules a file imports and which
 * globals it uses. Comments, strings and regular expressions are blanked first, so that words in them count for nothing.
 */

export interface Import {
  /** As written: "./run.ts", "node:fs", "zod/mini"; undefined where it is computed. */
  readonly specifier: string | undefined;
  /** `import type …`: gone when the program runs. */
  readonly typeOnly: boolean;
  readonly line: number;
}

const STATIC_IMPORT =
  /(?<![.\w$])(import|export)(\s+type\b(?!\s*(?:,|from\b)))?(\s[\s\w$*,{}]*?\bfrom\s*|\s*(?="))"(\s*)"/g;
const DYNAMIC_IMPORT = /(?<![.\w$])(?:import|require)\s*\(\s*(?:"(\s*)"\s*[,)])?/g;
const EXPRESSION_BEFORE =
  /(?:^|[(,=:[!&|?{;+\-*%~^>]|\b(?:return|typeof|case|in|of|void|delete|throw|await|yield))\s*$/;

/** Every import of a module: static, re-exported, dynamic and `import("…").Type`. */
export function importsOf(source: string): Import[] {
  const text = blank(source);
  const statics = [...text.matchAll(STATIC_IMPORT)]
    .filter((match) => match[1] === "import" || match[3]?.includes("from"))
    .map((match) => found(match, match[4] ?? "", match[2] !== undefined));
  const dynamics = [...text.matchAll(DYNAMIC_IMPORT)].map((match) => found(match, match[1], false));
  return [...statics, ...dynamics].sort((first, second) => first.line - second.line);

  function found(match: RegExpExecArray, blanked: string | undefined, typeOnly: boolean): Import {
    const line = source.slice(0, match.index).split("\n").length;
    if (blanked === undefined) return { specifier: undefined, typeOnly, line };
    const closing = text.lastIndexOf('"', match.index + match[0].length);
    return { specifier: source.slice(closing - blanked.length, closing), typeOnly, line };
  }
}

/** Lines (from 1) on which the code, not a comment or a string, matches. */
export function linesWith(source: string, pattern: RegExp): number[] {
  const lines = blank(source).split("\n");
  return lines.flatMap((line, index) => (pattern.test(line) ? [index + 1] : []));
}

/**
 * The same text, of the same length, with the content of comments, strings and regular expressions replaced by blanks;
 * quotes become double ones. Code inside `${…}` stays.
 */
export function blank(source: string): string {
  let result = "";
  let index = 0;
  /** Depths of braces at which an open template literal goes on. */
  const templates: number[] = [];
  let depth = 0;

  while (index < source.length) {
    const char = source.charAt(index);
    const rest = source.slice(index, index + 2);
    if (rest === "//") copyBlank(endOf("\n", 0));
    else if (rest === "/*") copyBlank(endOf("*/", 2));
    else if (char === '"' || char === "'") quoted(char);
    else if (char === "`") template();
    else if (char === "/" && EXPRESSION_BEFORE.test(result.slice(-40))) regularExpression();
    else if (char === "}" && templates.at(-1) === depth) {
      templates.pop();
      template();
    } else {
      if (char === "{") depth += 1;
      if (char === "}") depth -= 1;
      result += char;
      index += 1;
    }
  }
  return result;

  function endOf(mark: string, length: number): number {
    const end = source.indexOf(mark, index + length);
    return end < 0 ? source.length : end + length;
  }

  function copyBlank(end: number): void {
    result += source.slice(index, end).replace(/[^\n]/g, " ");
    index = end;
  }

  /** A quote that does not close on its line is an apostrophe in JSX text. */
  function quoted(quote: string): void {
    let end = index + 1;
    while (end < source.length && source.charAt(end) !== quote && source.charAt(end) !== "\n")
      end += source.charAt(end) === "\\" ? 2 : 1;
    if (source.charAt(end) !== quote) {
      result += " ";
      index += 1;
      return;
    }
    result += '"';
    index += 1;
    copyBlank(end);
    result += '"';
    index = end + 1;
  }

  /** From a backtick, or from the brace that ends an embedded expression, to the next of either. */
  function template(): void {
    result += source.charAt(index);
    index += 1;
    let end = index;
    while (end < source.length && source.charAt(end) !== "`" && source.slice(end, end + 2) !== "${")
      end += source.charAt(end) === "\\" ? 2 : 1;
    copyBlank(Math.min(end, source.length));
    if (source.charAt(end) === "`") {
      result += "`";
      index = end + 1;
    } else if (end < source.length) {
      result += "${";
      index = end + 2;
      templates.push(depth);
    }
  }

  function regularExpression(): void {
    const match = /^\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\//.exec(source.slice(index, index + 2000));
    result += "/";
    index += 1;
    if (match === null) return;
    copyBlank(index + match[0].length - 2);
    result += "/";
    index += 1;
  }
}
