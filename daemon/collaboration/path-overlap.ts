/**
 * Whether two names of files can mean one file. A name is a path from the workspace's root, a folder (all that is in it), or
 * a glob with `*`, `?`, `**` and `{a,b}`. Brackets stand for themselves, because routes are named `[id]`. On doubt: yes.
 */

/** The segments of each alternative that a name stands for. */
export type PathPattern = readonly (readonly string[])[];

const MOST_ALTERNATIVES = 32;
const MOST_SEGMENTS = 40;
const LONGEST_NAME = 1000;
const LONGEST_SEGMENT = 200;

/** Never throws: what is not understood stands for more files than were meant, not for fewer. */
export function patternOf(name: string): PathPattern {
  if (name.length > LONGEST_NAME) return [[]];
  return alternatives(folded(name)).map(segmentsOf);
}

export function pathsOverlap(first: PathPattern, second: PathPattern): boolean {
  return first.some((one) =>
    second.some((other) => !isApart(one, other) && segmentsMeet([...one, "**"], [...other, "**"])),
  );
}

/** Whether a plain path is one of the files that a pattern stands for, or in one of its folders. */
export function isWithin(path: PathPattern, pattern: PathPattern): boolean {
  return path.every((one) => one.length > 0 && pattern.some((other) => segmentsMeet(one, [...other, "**"])));
}

/** Most names part ways before the first star. */
function isApart(first: readonly string[], second: readonly string[]): boolean {
  for (const [index, one] of first.entries()) {
    const other = second[index];
    if (other === undefined || /[*?]/.test(one) || /[*?]/.test(other)) return false;
    if (one !== other) return true;
  }
  return false;
}

/** Systems that fold case or Unicode forms may take two spellings for one file; so may one that drops dots at the end. */
function folded(name: string): string {
  return name.normalize("NFC").toLowerCase().normalize("NFC").replaceAll("\\", "/");
}

/** Braces are taken apart; where that gets too much, the name is cut before them. */
function alternatives(name: string): string[] {
  let all = [name];
  for (;;) {
    const open = all.find((text) => innerBraces(text) !== undefined);
    if (open === undefined) return all;
    const { start, end } = innerBraces(open) ?? { start: 0, end: 0 };
    const choices = open.slice(start + 1, end).split(",");
    const whole = choices.map((choice) => open.slice(0, start) + choice + open.slice(end + 1));
    all = all.flatMap((text) => (text === open ? whole : [text]));
    if (all.length > MOST_ALTERNATIVES) return [name.slice(0, name.slice(0, name.indexOf("{")).lastIndexOf("/") + 1)];
  }
}

function innerBraces(text: string): { start: number; end: number } | undefined {
  const found = /\{[^{}]*\}/.exec(text);
  return found === null ? undefined : { start: found.index, end: found.index + found[0].length - 1 };
}

/** A name that leaves the workspace stands for everything. */
function segmentsOf(name: string): readonly string[] {
  const segments: string[] = [];
  for (const part of name.split("/")) {
    const segment = part.length > LONGEST_SEGMENT ? "*" : part;
    if (segment === ".." && segments.pop() === undefined) return [];
    if (segment === ".." || segment === "." || segment === "") continue;
    segments.push(segment.replace(/[. ]+$/, "") || segment);
  }
  return segments.slice(0, MOST_SEGMENTS);
}

/** `**` stands for any number of segments, none included. */
function segmentsMeet(first: readonly string[], second: readonly string[]): boolean {
  return sequencesMeet(first, second, {
    isMany: (segment) => segment === "**",
    meet: (one, other) => one === other || textsMeet(one, other),
  });
}

function textsMeet(first: string, second: string): boolean {
  if (!/[*?]/.test(first) && !/[*?]/.test(second)) return false;
  return sequencesMeet([...first], [...second], {
    isMany: (character) => character === "*",
    meet: (one, other) => one === other || one === "?" || other === "?",
  });
}

interface Meeting {
  isMany(item: string): boolean;
  meet(first: string, second: string): boolean;
}

/** Whether some sequence fits both patterns, by the table of which beginnings can fit each other. */
function sequencesMeet(first: readonly string[], second: readonly string[], { isMany, meet }: Meeting): boolean {
  let row: boolean[] = [];
  for (let i = 0; i <= first.length; i++) {
    const one = first[i - 1];
    const next: boolean[] = [];
    for (let j = 0; j <= second.length; j++) {
      const other = second[j - 1];
      const above = row[j] === true;
      const left = next[j - 1] === true;
      const before = row[j - 1] === true;
      if (one === undefined && other === undefined) next.push(true);
      else if (one === undefined) next.push(left && other !== undefined && isMany(other));
      else if (other === undefined) next.push(above && isMany(one));
      else next.push(isMany(one) || isMany(other) ? above || left || before : before && meet(one, other));
    }
    row = next;
  }
  return row[second.length] === true;
}
