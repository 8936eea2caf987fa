/** JSON as models write it: in strings, in fences, with words around it. Parsed, never evaluated. */

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object that tool arguments stand for: as it is, or as a JSON string inside a string; undefined otherwise. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  let value = parseJson(text);
  for (let depth = 0; typeof value === "string" && depth < 3; depth++) value = parseJson(value);
  return isRecord(value) ? value : undefined;
}

/**
 * Every object that a text may mean, likeliest first: the whole text, fenced blocks, then whatever stands between
 * balanced braces. At most 20, because each costs a pass over the rest of the text.
 */
export function objectsIn(text: string): Record<string, unknown>[] {
  const fenced = [...text.matchAll(/```[\w-]*\s*\n?([\s\S]*?)```/g)].map((match) => match[1] ?? "");
  const texts = [text, ...fenced, ...balancedObjects(text)];
  return texts.map((candidate) => parseObject(candidate.trim())).filter((value) => value !== undefined);
}

function balancedObjects(text: string): string[] {
  const found: string[] = [];
  let from = text.indexOf("{");
  for (let tries = 0; from >= 0 && tries < 20; tries++) {
    const end = endOfObject(text, from);
    if (end !== undefined) found.push(text.slice(from, end));
    from = text.indexOf("{", end ?? from + 1);
  }
  return found;
}

function endOfObject(text: string, from: number): number | undefined {
  let depth = 0;
  let inString = false;
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (inString) {
      if (character === "\\") at++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "{") depth++;
    else if (character === "}" && --depth === 0) return at + 1;
  }
  return undefined;
}

/** A count in a value that came from outside: a whole number from 0, and 0 where there is none. */
export function numberIn(holder: unknown, name: string): number {
  const value = isRecord(holder) ? holder[name] : undefined;
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? Math.round(value) : 0;
}
