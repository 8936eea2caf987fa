/** Help and docs/cli.md, from the table of commands. */
import {
  COMMAND_NAMES,
  COMMANDS,
  COMMON_FLAGS,
  type Command,
  type CommandName,
  type Flag,
  GLOBAL_FLAGS,
  RUN_HELP,
} from "./commands.ts";
import { commandsUnder, usageOf } from "./parse.ts";

/** Help about one command, a group of them, or (empty path) all. */
export function helpText(path: readonly string[]): string {
  const names = commandsUnder(path);
  const [only] = names;
  if (only !== undefined && names.length === 1) return commandHelp(only);
  const own = names.find((name) => name === path.join(" "));
  if (own !== undefined)
    return `${commandHelp(own)}\n${columns(names.filter((name) => name !== own).map(lineOf)).join("\n")}\n`;
  return groupHelp(names.length === 0 ? COMMAND_NAMES : names);
}

/** docs/cli.md. */
export function renderCliDocs(): string {
  const sections = COMMAND_NAMES.map((name) => {
    const { summary, details, flags }: Command = COMMANDS[name];
    const rows = flags.map((flag) => `| \`${flagText(flag)}\` | ${flag.summary} |`);
    const table = rows.length === 0 ? [] : ["| flag | meaning |", "|---|---|", ...rows, ""];
    return [
      `## nexus ${name}\n`,
      `${summary}.${details === undefined ? "" : ` ${details}`}\n`,
      `\`\`\`\n${usageOf(name)}\n\`\`\`\n`,
      ...table,
    ];
  });
  const globals = GLOBAL_FLAGS.map((flag) => `- \`${flagText(flag)}\`: ${flag.summary}`);
  return ["# The command line\n", `${RUN_HELP}\n`, ...globals, "", ...sections.flat()].join("\n");
}

function commandHelp(name: CommandName): string {
  const { summary, details, flags }: Command = COMMANDS[name];
  const all = [...flags, ...COMMON_FLAGS];
  const about = details === undefined ? [] : ["", wrap(details)];
  const words = COMMANDS[name].positionals.some((word) => word.name === "RUN") ? ["", wrap(RUN_HELP)] : [];
  return [
    `${summary}.`,
    "",
    wrappedUsage(name),
    "",
    ...columns(all.map((flag) => [flagText(flag), flag.summary])),
    ...about,
    ...words,
    "",
  ].join("\n");
}

/** Lines end between flags, never inside of one. */
function wrappedUsage(name: CommandName): string {
  const joined = usageOf(name).replace(/\[[^\]]*\]/g, (flag) => flag.replaceAll(" ", "\u00a0"));
  return wrap(`Usage: ${joined}`).replaceAll("\n", "\n       ").replaceAll("\u00a0", " ");
}

function groupHelp(names: readonly CommandName[]): string {
  const commands = names.map(lineOf);
  const flags = GLOBAL_FLAGS.map((flag) => [flagText(flag), flag.summary] as const);
  return [
    "Nexus carries a goal from words to a tested change.",
    "",
    "Usage: nexus COMMAND",
    "",
    ...columns(commands),
    "",
    ...columns(flags),
    "",
    "`nexus COMMAND --help` explains a command.",
    "",
  ].join("\n");
}

function lineOf(name: CommandName): readonly [string, string] {
  return [shortUsage(name), COMMANDS[name].summary];
}

function shortUsage(name: CommandName): string {
  const positionals: Command["positionals"] = COMMANDS[name].positionals;
  return [name, ...positionals.filter(({ optional }) => !optional).map((word) => word.name)].join(" ");
}

function flagText({ name, value }: Flag): string {
  return `--${name}${value === undefined ? "" : ` ${value}`}`;
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length)) + 3;
  return rows.map(([left, right]) => `  ${left.padEnd(width)}${right}`);
}

function wrap(text: string): string {
  return text.replace(/(.{1,96})(?:\s+|$)/g, "$1\n").trimEnd();
}
