/** From words to a command with its values. */
import { parseArgs } from "node:util";
import { nexusError } from "../../protocol/errors.ts";
import { COMMAND_NAMES, COMMANDS, COMMON_FLAGS, type Command, type CommandName, isCommandName } from "./commands.ts";

export interface Arguments {
  /** Words after the command's name, in order. */
  readonly words: readonly string[];
  /** Undefined when the flag was not given. */
  text(flag: string): string | undefined;
  /** All values of a flag that may be repeated. */
  texts(flag: string): readonly string[];
  has(flag: string): boolean;
}

export type Invocation =
  | { readonly kind: "run"; readonly name: CommandName; readonly arguments: Arguments }
  /** Help about a command, or about all whose name begins with these words. */
  | { readonly kind: "help"; readonly path: readonly string[] }
  | { readonly kind: "version" };

/** Throws `usage.invalid`, saying what is wrong and what would be right. */
export function parseCommandLine(words: readonly string[]): Invocation {
  const [first, second] = words;
  if (first === undefined || first === "--help" || first === "-h" || first === "help")
    return { kind: "help", path: words.slice(1).filter((word) => !word.startsWith("-")) };
  if (first === "--version" || first === "-v") return { kind: "version" };
  const name = findCommand(first, second);
  if (name === undefined) return groupHelp(first, second);
  const command: Command = COMMANDS[name];
  const { values, positionals } = parseFlags(name, command, words.slice(name.split(" ").length));
  if (values["help"] === true) return { kind: "help", path: name.split(" ") };
  checkChoices(command, values);
  checkWords(name, command, positionals, values);
  return { kind: "run", name, arguments: argumentsOf(values, positionals) };
}

/** The commands whose name begins with these words. */
export function commandsUnder(path: readonly string[]): CommandName[] {
  return COMMAND_NAMES.filter((name) => path.every((word, index) => name.split(" ")[index] === word));
}

/** One line: nexus runs show RUN [--json]. */
export function usageOf(name: CommandName): string {
  const command: Command = COMMANDS[name];
  const words = command.positionals.map(({ name: word, optional, rest }) => {
    const text = rest && word !== "GOAL" ? `${word}…` : word;
    return optional ? `[${text}]` : text;
  });
  const flags = command.flags.map(({ name: flag, value }) => `[--${flag}${value === undefined ? "" : ` ${value}`}]`);
  return ["nexus", name, ...words, ...flags].join(" ");
}

function findCommand(first: string, second: string | undefined): CommandName | undefined {
  return [`${first} ${second}`, first].find(isCommandName);
}

function groupHelp(first: string, second: string | undefined): Invocation {
  const group = commandsUnder([first]);
  if (group.length === 0)
    throw nexusError("usage.invalid", `There is no command “${first}”.${suggestion(first, topWords())}`);
  if (second === undefined || second === "--help" || second === "-h") return { kind: "help", path: [first] };
  const known = group.map((name) => name.split(" ")[1] ?? "");
  throw nexusError(
    "usage.invalid",
    `There is no command “${first} ${second}”; there are ${known.join(", ")}.${suggestion(second, known)}`,
  );
}

/** A goal may be a list, “- do this\n- do that”: what begins with a dash and holds spaces is text, not a flag. */
function withTextLast(words: readonly string[]): string[] {
  const isText = (word: string) => word.startsWith("-") && /\s/.test(word) && !/^--[a-z-]+=/.test(word);
  if (words.includes("--") || !words.some(isText)) return [...words];
  return [...words.filter((word) => !isText(word)), "--", ...words.filter(isText)];
}

function parseFlags(name: CommandName, command: Command, words: readonly string[]) {
  const flags = [...command.flags, ...COMMON_FLAGS];
  const options = Object.fromEntries(
    flags.map(({ name: flag, type, repeated: multiple = false }) => [
      flag,
      flag === "help" ? { type, short: "h" } : { type, multiple },
    ]),
  );
  try {
    return parseArgs({ args: withTextLast(words), options, allowPositionals: true, strict: true });
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split(". ")[0] ?? "") : String(error);
    throw nexusError("usage.invalid", `${reason}. Usage: ${usageOf(name)}`);
  }
}

function checkChoices(command: Command, values: Record<string, unknown>): void {
  for (const { name, choices } of command.flags) {
    for (const value of [values[name]].flat())
      if (choices !== undefined && typeof value === "string" && !choices.includes(value))
        throw nexusError("usage.invalid", `--${name} is “${value}”; it accepts ${choices.join(", ")}.`);
  }
}

function checkWords(
  name: CommandName,
  command: Command,
  words: readonly string[],
  values: Readonly<Record<string, unknown>>,
): void {
  const { positionals } = command;
  const missing = positionals[words.length];
  const isLeftOut = missing?.unless !== undefined && values[missing.unless] !== undefined;
  if (missing !== undefined && missing.optional !== true && !isLeftOut)
    throw nexusError("usage.invalid", `${missing.name} is missing. Usage: ${usageOf(name)}`);
  const surplus = words[positionals.length];
  if (surplus !== undefined && positionals.at(-1)?.rest !== true)
    throw nexusError("usage.invalid", `“${surplus}” is one word too many. Usage: ${usageOf(name)}`);
  if (words.some((word) => word.trim() === ""))
    throw nexusError("usage.invalid", `An argument is empty. Usage: ${usageOf(name)}`);
}

function argumentsOf(values: Record<string, unknown>, words: readonly string[]): Arguments {
  return {
    words,
    text(flag) {
      const value = values[flag];
      return typeof value === "string" ? value : undefined;
    },
    texts(flag) {
      const value = values[flag];
      return Array.isArray(value) ? value.map(String) : [];
    },
    has: (flag) => values[flag] === true,
  };
}

function topWords(): string[] {
  return [...new Set(COMMAND_NAMES.map((name) => name.split(" ")[0] ?? ""))];
}

/** A word that begins alike. */
function suggestion(word: string, known: readonly string[]): string {
  const near = known.find((candidate) => candidate.startsWith(word.slice(0, 2)) && word.length > 1);
  return near === undefined ? "" : ` Did you mean “${near}”?`;
}
