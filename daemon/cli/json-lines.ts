/** JSON Lines from standard input. */

/** Characters; a longer line cannot be answered. */
export const MAX_LINE_LENGTH = 1024 * 1024;

/**
 * Lines that end in "\n" and nothing else: JSON may hold U+2028. Blank ones are left out; of one that is too long no more
 * is kept than is needed to see that.
 */
export async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of chunks) {
    const parts = chunk.split("\n");
    for (const [index, part] of parts.entries()) {
      if (rest.length <= MAX_LINE_LENGTH) rest += part;
      if (index === parts.length - 1) break;
      if (rest.trim() !== "") yield rest;
      rest = "";
    }
  }
  if (rest.trim() !== "") yield rest;
}
