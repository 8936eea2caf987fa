/** Text of programs as text: no colours, one kind of line end. */

export function withoutColours(text: string): string {
  return text.replace(/\u001b\[[0-?]*[ -/]*[@-~]/g, "").replaceAll("\r\n", "\n");
}

const TRIED = 20;

/**
 * The JSON object in a program's output, which may have other lines before and after it: the first that begins a line and
 * can be read up to that line's end or to the last brace that ends a line. Undefined when there is none.
 */
export function jsonIn(output: string): unknown {
  const starts = [...output.matchAll(/^[ \t]*\{/gm)].slice(0, TRIED).map(({ index }) => index);
  const last = [output.length, output.lastIndexOf("}") + 1, output.lastIndexOf("}\n") + 1];
  for (const start of starts)
    for (const end of new Set([output.indexOf("\n", start + 1), ...last])) {
      const value = end > start ? read(output.slice(start, end)) : undefined;
      if (value !== undefined) return value;
    }
  return undefined;
}

/** Undefined for what is no JSON object. */
export function read(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
