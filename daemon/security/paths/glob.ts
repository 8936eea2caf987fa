/** Globs over workspace paths: `*`, `?`, `**`, `{a,b}`. Matched part by part in linear time, so that none can hang. */

const MAX_ALTERNATIVES = 64;

/** A glob without a slash matches the file's name in any folder. */
export function globMatcher(glob: string): (path: string) => boolean {
  return matcherOf(expandBraces(glob.replace(/^\.?\//, "")).map(inAnyFolder));
}

/** A glob that begins at the root: without a slash it matches there and nowhere else. */
export function rootedGlobMatcher(glob: string): (path: string) => boolean {
  return matcherOf(expandBraces(glob.replace(/^\.\//, "")));
}

function inAnyFolder(pattern: string): string {
  return pattern.includes("/") ? pattern : `**/${pattern}`;
}

function matcherOf(patterns: readonly string[]): (path: string) => boolean {
  const split = patterns.map((pattern) => pattern.split("/"));
  return (path) => {
    const parts = path.split("/");
    return split.some((pattern) => matchParts(pattern, parts));
  };
}

function expandBraces(glob: string): string[] {
  let expanded = [glob];
  for (;;) {
    const next = expanded.flatMap((pattern) => {
      const braces = /\{([^{}]*)\}/.exec(pattern);
      if (braces === null) return [pattern];
      const [head, tail] = [pattern.slice(0, braces.index), pattern.slice(braces.index + braces[0].length)];
      return (braces[1] ?? "").split(",").map((choice) => head + choice + tail);
    });
    if (next.length > MAX_ALTERNATIVES || !next.some((pattern) => /\{[^{}]*\}/.test(pattern)))
      return next.slice(0, MAX_ALTERNATIVES);
    expanded = next;
  }
}

/** For each part of the pattern, which beginnings of the path it can have matched. */
function matchParts(pattern: readonly string[], parts: readonly string[]): boolean {
  let reachable = new Set([0]);
  for (const part of pattern) {
    const next = new Set<number>();
    for (const at of reachable) {
      if (part === "**") for (let end = at; end <= parts.length; end++) next.add(end);
      else if (at < parts.length && matchName(part, parts[at] ?? "")) next.add(at + 1);
    }
    reachable = next;
  }
  return reachable.has(parts.length);
}

/** The usual two-pointer match: on a mismatch the last star takes one more character. */
function matchName(pattern: string, name: string): boolean {
  let [p, n, star, starred] = [0, 0, -1, 0];
  while (n < name.length) {
    if (p < pattern.length && pattern[p] !== "*" && (pattern[p] === "?" || pattern[p] === name[n])) {
      p += 1;
      n += 1;
    } else if (pattern[p] === "*") {
      star = p;
      starred = n;
      p += 1;
    } else if (star >= 0) {
      starred += 1;
      n = starred;
      p = star + 1;
    } else return false;
  }
  while (pattern[p] === "*") p += 1;
  return p === pattern.length;
}
