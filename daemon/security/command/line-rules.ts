/** What is told only when several commands of a line are seen together. */
import type { Script } from "./syntax.ts";
import type { Draft, Walk } from "./walk-state.ts";

/**
 * A pipe whose later command runs what an earlier one fetched or decoded is forbidden.
 * `ends`: the number of parts before the pipe and after each of its commands.
 */
export function checkFetched(parts: Draft[], ends: readonly number[]): void {
  for (let stage = 1; stage < ends.length - 1; stage += 1) {
    const source = parts.slice(ends[0], ends[stage]).find(({ effect, decodes }) => effect === "network" || decodes);
    if (source === undefined) continue;
    for (let index = ends[stage] ?? 0; index < (ends[stage + 1] ?? 0); index += 1) {
      const part = parts[index];
      if (part?.runsInput)
        parts[index] = {
          ...part,
          effect: "forbidden",
          why: `runs what “${source.text.slice(0, 60)}” gives it, unseen`,
        };
    }
  }
}

/** Paths are resolved before anything runs; commands that make links or match patterns later see another tree. */
export function checkTogether({ parts, unclear }: Walk): void {
  if (parts.length < 2) return;
  const touching = parts.filter(({ paths }) => paths.length > 0);
  if (touching.length > 1 && touching.some(({ relinks }) => relinks))
    unclear.add("a link or a folder that is moved can change what other paths in the line mean");
  const isChanged = (part: Draft) => parts.some((other) => other !== part && other.effect !== "reads");
  if (parts.some((part) => part.usesPattern && isChanged(part)))
    unclear.add("a pattern in it is matched after other commands changed files");
}

/** Names of all functions that a script defines, however deep. */
export function definedNames(script: Script): string[] {
  const names: string[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    else if (typeof value === "object" && value !== null) {
      if ("kind" in value && value.kind === "function" && "name" in value && typeof value.name === "string")
        names.push(value.name);
      for (const item of Object.values(value)) visit(item);
    }
  };
  visit(script);
  return names;
}

/** cmd.exe reads other quotes, variables and lists, and some of its commands have names of other programs here. */
const OTHER_ON_WINDOWS = [
  "find",
  "sort",
  "date",
  "type",
  "tree",
  "time",
  "timeout",
  "echo",
  "more",
  "comp",
  "copy",
  "start",
  "set",
];

export function windowsProblems({ place, line, parts }: Walk): string[] {
  if (place.platform !== "win32") return [];
  if (!/^[\w ./:=@+-]*$/.test(line)) return ["on Windows only lists of plain words are understood"];
  const name = (parts[0]?.words[0] ?? "").toLowerCase();
  return OTHER_ON_WINDOWS.includes(name) ? [`“${name}” is another program on Windows`] : [];
}
