/** Rules as people write and read them: `command npm run build`, `command git push origin *`, `write docs/**`. */
import { failure, ok, PolicyMatch, type PolicyRule, PolicyVerdict, type Result } from "../../../protocol/index.ts";
import { validate } from "../../../protocol/validate.ts";

/** Letters that need no quotes; `*` alone is a word of its own meaning. */
const PLAIN = /^[\p{L}\p{N}_@%+=:,./~^-]+$/u;

/** The match of a short text, without an effect. Fails with `settings.invalid`, saying what a rule looks like. */
export function parseMatch(text: string): Result<PolicyMatch> {
  const split = splitWords(text);
  if ("problem" in split) return invalid(text, split.problem);
  const [kind = "", ...words] = split.words;
  const raw = rawMatch(kind, words);
  if (raw === undefined) return invalid(text, "it begins with command, read, write, network, foreign or git");
  const validated = validate(PolicyMatch, raw);
  return validated.ok ? ok(validated.value) : invalid(text, validated.problem);
}

/** With an effect in front (`deny network example.org`); without one it allows. */
export function parseRule(text: string): Result<PolicyRule> {
  const [first = "", ...rest] = text.trimStart().split(" ");
  const effect = PolicyVerdict.safeParse(first);
  const match = parseMatch(effect.success ? rest.join(" ") : text);
  return match.ok ? ok({ effect: effect.success ? effect.data : "allow", match: match.value }) : match;
}

/** The text that `parseMatch` reads as the same match. */
export function matchText(match: PolicyMatch): string {
  switch (match.kind) {
    case "command":
      return ["command", ...match.words.map(wordText), ...(match.rest === "any" ? ["*"] : [])].join(" ");
    case "read":
    case "write":
      return `${match.kind} ${globText(match.path)}`;
    case "network":
      return `network ${globText(match.host)}`;
    case "foreign":
      return `foreign ${globText(match.name)}`;
    case "git":
      return `git ${match.action}`;
  }
}

export function ruleText({ effect, match }: PolicyRule): string {
  return `${effect} ${matchText(match)}`;
}

/** The words of a plain line; undefined where it holds more than words. */
export function plainWords(line: string): readonly string[] | undefined {
  if (/[;&|<>()$`\\\n\r#!{}]|\[|\]|^~|\s~/.test(line)) return undefined;
  const split = splitWords(line);
  return "problem" in split || split.words.length === 0 ? undefined : split.words;
}

function rawMatch(kind: string, words: readonly string[]): unknown {
  const [only = "", ...surplus] = words;
  switch (kind) {
    case "command": {
      const isOpen = words.length > 1 && words.at(-1) === "*";
      return { kind, words: isOpen ? words.slice(0, -1) : words, rest: isOpen ? "any" : "none" };
    }
    case "read":
    case "write":
      return { kind, path: surplus.length === 0 ? only : "" };
    case "network":
      return { kind, host: surplus.length === 0 ? only : "" };
    case "foreign":
      return { kind, name: surplus.length === 0 ? only : "" };
    case "git":
      return { kind, action: surplus.length === 0 ? only : "" };
    default:
      return undefined;
  }
}

function wordText(word: string): string {
  return word === "*" || PLAIN.test(word) ? word : JSON.stringify(word);
}

function globText(glob: string): string {
  return /^[\p{L}\p{N}_@%+=:,./~^*?{}[\]()!$#-]+$/u.test(glob) ? glob : JSON.stringify(glob);
}

/** Words between spaces; in double quotes as JSON writes a text, in single quotes as it stands. */
function splitWords(text: string): { words: string[] } | { problem: string } {
  const words: string[] = [];
  const pattern = /\s*(?:("(?:[^"\\]|\\.)*")|'([^']*)'|([^\s"'\\]+))(?=\s|$)/gy;
  const trimmed = text.trim();
  while (pattern.lastIndex < trimmed.length) {
    const found = pattern.exec(trimmed);
    if (found === null) return { problem: "its quotes do not fit" };
    const quoted = found[1] === undefined ? undefined : jsonText(found[1]);
    if (found[1] !== undefined && quoted === undefined) return { problem: "its quotes do not fit" };
    words.push(quoted ?? found[2] ?? found[3] ?? "");
  }
  return { words };
}

function jsonText(quoted: string): string | undefined {
  try {
    const value: unknown = JSON.parse(quoted);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

function invalid(text: string, why: string): Result<PolicyMatch> {
  const shape = "A rule is for example “command npm run build”, “write docs/**” or “network example.org”.";
  return failure("settings.invalid", `“${text.slice(0, 200)}” is no rule: ${why}. ${shape}`);
}
