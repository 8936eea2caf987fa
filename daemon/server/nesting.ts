/** How deep a message may be nested, whichever protocol it is of: whoever reads its value may do so by recursion. */
export const MAX_DEPTH = 64;

/** Counts brackets outside strings: recursion in whatever reads the value later must not overflow the stack. */
export function isTooDeep(line: string): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < line.length; index += 1) {
    const char = line.charCodeAt(index);
    if (inString) {
      if (char === 92) index += 1;
      else if (char === 34) inString = false;
    } else if (char === 34) inString = true;
    else if (char === 123 || char === 91) {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if (char === 125 || char === 93) depth -= 1;
  }
  return false;
}
