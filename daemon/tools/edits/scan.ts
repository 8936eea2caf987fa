/** Where each of many short texts stands in a long one, found in one go (Wu and Manber's algorithm). */

const TABLE = 1 << 15;
/** As many are found faster one by one. */
const FEW = 4;
/** Longest way that the table can say. */
const MAX_WAY = 255;

interface Table {
  /** Characters from the start of a pattern that are looked at: as many as the shortest has. */
  readonly width: number;
  /** For each three characters, by hash: how far on the next pattern may end; 0 where one may end here. */
  readonly ways: Uint8Array;
  /** Patterns by the hash of the last three that are looked at. */
  readonly byEnd: ReadonlyMap<number, readonly number[]>;
}

/** Beginnings of each pattern, rising, overlapping ones too, at most `limit`. Patterns have three characters or more. */
export function occurrencesOfEach(text: string, patterns: readonly string[], limit: number): number[][] {
  if (patterns.length <= FEW) return patterns.map((pattern) => occurrences(text, pattern, limit));
  const found: number[][] = patterns.map(() => []);
  const { width, ways, byEnd } = tableOf(patterns);
  let open = patterns.length;
  for (let at = width - 1; at < text.length; ) {
    const hash = hashAt(text, at);
    const way = ways[hash] ?? 1;
    if (way > 0) {
      at += way;
      continue;
    }
    const start = at - width + 1;
    for (const index of byEnd.get(hash) ?? []) {
      const places = found[index];
      if (places === undefined || places.length === limit || !text.startsWith(patterns[index] ?? "", start)) continue;
      if (places.push(start) === limit) open -= 1;
    }
    if (open === 0) break;
    at += 1;
  }
  return found;
}

function occurrences(text: string, pattern: string, limit: number): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(pattern); at >= 0 && found.length < limit; at = text.indexOf(pattern, at + 1))
    found.push(at);
  return found;
}

function tableOf(patterns: readonly string[]): Table {
  const width = patterns.reduce((least, { length }) => Math.min(least, length), MAX_WAY);
  const ways = new Uint8Array(TABLE).fill(width - 2);
  const byEnd = new Map<number, number[]>();
  for (const [index, pattern] of patterns.entries())
    for (let end = 2; end < width; end++) {
      const hash = hashAt(pattern, end);
      ways[hash] = Math.min(ways[hash] ?? 0, width - 1 - end);
      if (end === width - 1) byEnd.set(hash, [...(byEnd.get(hash) ?? []), index]);
    }
  return { width, ways, byEnd };
}

/** Of the three characters that end at a place. */
function hashAt(text: string, end: number): number {
  return ((text.charCodeAt(end - 2) << 10) ^ (text.charCodeAt(end - 1) << 5) ^ text.charCodeAt(end)) & (TABLE - 1);
}
