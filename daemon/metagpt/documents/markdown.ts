/** MetaGPT's Markdown copy of a JSON document (`resources/**\/*.md`): the same text that its own code writes. */

/** A heading for each key; lists as lines with a dash, whose items look as Python prints them; objects one heading deeper. */
export function markdownOf(data: unknown, depth = 2): string {
  if (!isRecord(data)) return pythonText(data);
  return Object.entries(data)
    .map(([key, value]) => {
      const heading = `${"#".repeat(depth)} ${key}\n\n`;
      if (Array.isArray(value)) return `${heading}- ${value.map(pythonText).join("\n- ")}\n\n`;
      if (isRecord(value)) return heading + markdownOf(value, depth + 1);
      return `${heading}${pythonText(value)}\n\n`;
    })
    .join("");
}

/** Python's `str(value)`. */
function pythonText(value: unknown): string {
  return typeof value === "string" ? value : pythonSource(value);
}

/** Python's `repr(value)`. */
export function pythonSource(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "string") return pythonString(value);
  if (Array.isArray(value)) return `[${value.map(pythonSource).join(", ")}]`;
  if (isRecord(value)) {
    const entries = Object.entries(value).map(([key, item]) => `${pythonString(key)}: ${pythonSource(item)}`);
    return `{${entries.join(", ")}}`;
  }
  return String(value);
}

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function pythonString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = [...text].map((character) => {
    if (character === quote) return `\\${quote}`;
    const known = ESCAPES[character];
    if (known !== undefined) return known;
    // What Python calls not printable.
    if (character === " " || !/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Zs}]/u.test(character)) return character;
    return numberEscape(character.codePointAt(0) ?? 0);
  });
  return quote + body.join("") + quote;
}

function numberEscape(code: number): string {
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, "0")}`;
  return `\\U${code.toString(16).padStart(8, "0")}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
