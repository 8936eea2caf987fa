/** Whether a rule that a person wrote is about what is wanted. What allows must fit exactly, what forbids fits on doubt. */
import type { PolicyMatch, PolicyRule } from "../../../protocol/index.ts";
import type { Word } from "../command/facts.ts";
import { rootedGlobMatcher } from "../paths/glob.ts";
import { normalPath } from "../paths/path-classes.ts";
import type { Subject } from "./concern.ts";

type Fits = (subject: Subject) => boolean;

const matchers = new WeakMap<PolicyRule, Fits>();

/** The same rule object is read once. */
export function ruleFits(rule: PolicyRule, subject: Subject): boolean {
  const known = matchers.get(rule);
  if (known !== undefined) return known(subject);
  const made = matcherOf(rule);
  matchers.set(rule, made);
  return made(subject);
}

/** True for a rule that names one thing and no class of things. */
export function isExact({ match }: PolicyRule): boolean {
  switch (match.kind) {
    case "command":
      return match.rest === "none" && !match.words.includes("*");
    case "read":
    case "write":
      return !/[*?{]/.test(match.path);
    default:
      return true;
  }
}

function matcherOf({ effect, match }: PolicyRule): Fits {
  const isStrict = effect === "allow";
  switch (match.kind) {
    case "command":
      return (subject) => subject.kind === "command" && wordsFit(match, subject.words, isStrict);
    case "read":
    case "write":
      return pathFits(match.kind, match.path, isStrict);
    case "network":
      return (subject) => subject.kind === "network" && hostFits(match.host.toLowerCase(), subject.url, isStrict);
    case "foreign":
      return (subject) => subject.kind === "foreign" && nameFits(match.name, subject.name, isStrict);
    case "git":
      return (subject) => subject.kind === "git" && subject.action === match.action;
  }
}

function wordsFit(
  { words, rest }: Extract<PolicyMatch, { kind: "command" }>,
  actual: readonly Word[],
  isStrict: boolean,
): boolean {
  if (actual.length < words.length || (rest === "none" && actual.length > words.length)) return false;
  return words.every((word, index) => {
    const given = actual[index];
    // Only the shell will know this word: it may be anything.
    if (given === null || given === undefined) return !isStrict;
    if (index > 0 && word === "*") return true;
    if (given === word) return true;
    return !isStrict && index === 0 && programName(given) === programName(word);
  });
}

/** `/usr/bin/git.EXE` is git: a rule that forbids a program does so wherever it lies. */
function programName(word: string): string {
  return (word.split(/[\\/]/).at(-1) ?? "").toLowerCase().replace(/\.(exe|cmd|bat|com)$/, "");
}

function pathFits(use: "read" | "write", glob: string, isStrict: boolean): Fits {
  if (isStrict) {
    const matches = rootedGlobMatcher(glob);
    return (subject) => subject.kind === use && matches(subject.path);
  }
  // Some disks know no case, and some names only look alike.
  const matches = rootedGlobMatcher(glob.startsWith("/") ? `/${normalPath(glob)}` : normalPath(glob));
  return (subject) => {
    if (subject.kind !== use) return false;
    return matches(subject.path.startsWith("/") ? `/${normalPath(subject.path)}` : normalPath(subject.path));
  };
}

function hostFits(host: string, url: URL, isStrict: boolean): boolean {
  if (isStrict) return url.host === host;
  return url.host === host || url.hostname.replace(/\.$/, "") === host;
}

function nameFits(name: string, actual: string, isStrict: boolean): boolean {
  return actual === name || (!isStrict && actual.toLowerCase() === name.toLowerCase());
}
