/** Who to ask about a file: what CODEOWNERS says, and whose commits made it. */
import ignore from "ignore";
import type { Owner } from "../history/history.ts";
import type { World } from "./world.ts";

export interface Owners {
  /** As written: "@shop/team", "ann@example.org". Empty when no rule names anyone. */
  readonly declared: readonly string[];
  /** The rule that decided: "CODEOWNERS:12  /src/cart/"; undefined when none matches. */
  readonly rule: string | undefined;
  /** By commits weighed by age, the first knows it best; empty without history. */
  readonly known: readonly Owner[];
}

/** Where GitHub and GitLab look, in their order. */
const PLACES = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];
const MAX_RULES = 10_000;
const MAX_KNOWN = 10;

interface Rule {
  readonly pattern: string;
  readonly owners: readonly string[];
  readonly line: number;
  readonly matches: (path: string) => boolean;
}

export function ownersOf({ view, history, readText }: World, path: string): Owners {
  const known = history?.owners(path, MAX_KNOWN) ?? [];
  const file = PLACES.find((place) => view.file(place) !== undefined);
  // Read anew each time: nobody asks for owners often enough for a cache that could be out of date.
  const rule = file === undefined ? undefined : lastMatch(parseRules(readText(file) ?? ""), path);
  if (file === undefined || rule === undefined) return { declared: [], rule: undefined, known };
  return { declared: rule.owners, rule: `${file}:${rule.line}  ${rule.pattern}`, known };
}

function lastMatch(rules: readonly Rule[], path: string): Rule | undefined {
  return ignore.isPathValid(path) ? rules.findLast(({ matches }) => matches(path)) : undefined;
}

/** A section's own owners ("[Docs] @writers", GitLab) hold for its rules that name none. */
function parseRules(text: string): Rule[] {
  const rules: Rule[] = [];
  let sectionOwners: readonly string[] = [];
  for (const [index, written] of text.split(/\r?\n/, MAX_RULES).entries()) {
    const line = written.replace(/(^|\s)#.*$/, "").trim();
    const section = /^\^?\[[^\]]*\](?:\[\d+\])?(.*)$/.exec(line);
    if (section !== null) sectionOwners = wordsOf(section[1] ?? "");
    else if (line !== "" && !line.startsWith("!")) rules.push(parseRule(line, index + 1, sectionOwners));
  }
  return rules;
}

function parseRule(text: string, line: number, sectionOwners: readonly string[]): Rule {
  const [pattern = "", ...owners] = text.replaceAll("\\ ", "\0").split(/\s+/);
  const plain = pattern.replaceAll("\0", "\\ ");
  let matcher: ReturnType<typeof ignore> | undefined;
  const matches = (path: string): boolean => {
    // "docs/*" names what is directly in docs, and nothing in its folders: unlike in .gitignore.
    if (/\/\*$/.test(plain) && path.split("/").length !== depthOf(plain, path)) return false;
    matcher ??= ignore().add(plain);
    return matcher.ignores(path);
  };
  return { pattern: plain, owners: owners.length > 0 ? owners : sectionOwners, line, matches };
}

function depthOf(pattern: string, path: string): number {
  return pattern.includes("**") ? path.split("/").length : pattern.replace(/^\//, "").split("/").length;
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}
