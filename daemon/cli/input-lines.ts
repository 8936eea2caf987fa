/** Standard input as lines. */

/** Characters; a longer line cannot be answered. */
export const MAX_LINE_LENGTH = 1024 * 1024;

/**
 * Lines that end in "\n" and nothing else: JSON may hold U+2028. Blank ones are left out; of one that is longer than
 * `maxLength` characters no more is kept than is needed to see that.
 */
export async function* inputLines(chunks: AsyncIterable<string>, maxLength: number): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of chunks) {
    const parts = chunk.split("\n");
    for (const [index, part] of parts.entries()) {
      if (rest.length <= maxLength) rest += part;
      if (index === parts.length - 1) break;
      if (rest.trim() !== "") yield rest;
      rest = "";
    }
  }
  if (rest.trim() !== "") yield rest;
}
