/** Completion scripts, from the table of commands. */
import { nexusError } from "../../protocol/errors.ts";
import { COMMAND_NAMES, COMMANDS, COMMON_FLAGS, type Command, type CommandName, GLOBAL_FLAGS } from "./commands.ts";

/** Throws `usage.invalid` for a shell that is not known. */
export function completionScript(shell: string): string {
  switch (shell) {
    case "bash":
      return bash();
    case "zsh":
      return zsh();
    case "fish":
      return fish();
    default:
      throw nexusError("usage.invalid", `There is no completion for “${shell}”; there is for bash, zsh and fish.`);
  }
}

function topWords(): string[] {
  return [...new Set(COMMAND_NAMES.map((name) => name.split(" ")[0] ?? ""))];
}

function secondWords(first: string): string[] {
  return COMMAND_NAMES.filter((name) => name.startsWith(`${first} `)).map((name) => name.slice(first.length + 1));
}

function flagsOf(name: CommandName): string[] {
  const command: Command = COMMANDS[name];
  return [...command.flags, ...COMMON_FLAGS].map((flag) => `--${flag.name}`);
}

function bash(): string {
  const groups = topWords().filter((word) => secondWords(word).length > 0);
  const cases = COMMAND_NAMES.map((name) => `    "${name}"|"${name} "*) words="${wordsAfter(name).join(" ")}" ;;`);
  const choices = COMMAND_NAMES.flatMap((name) => {
    const { flags }: Command = COMMANDS[name];
    return flags.flatMap(({ name: flag, choices: words = [] }) =>
      words.length === 0 ? [] : [`    "${name} "*"--${flag}") words="${words.join(" ")}" ;;`],
    );
  });
  return `# bash completion for nexus: source <(nexus completion bash)
_nexus() {
  local line="\${COMP_WORDS[*]:1:COMP_CWORD-1}" current="\${COMP_WORDS[COMP_CWORD]}" words=""
  case "$line" in
    "") words="${[...topWords(), ...GLOBAL_FLAGS.map(({ name }) => `--${name}`)].join(" ")}" ;;
${groups.map((group) => `    "${group}") words="${secondWords(group).join(" ")}" ;;`).join("\n")}
${cases.join("\n")}
  esac
  case "\${COMP_WORDS[COMP_CWORD-1]}" in
    --repo) COMPREPLY=($(compgen -d -- "$current")); return ;;
    --policy|--path|--focus|--cite|import) COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  case "$line" in
${choices.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _nexus nexus
`;
}

function zsh(): string {
  return `#compdef nexus
# zsh completion for nexus: source <(nexus completion zsh)
autoload -U +X bashcompinit && bashcompinit
${bash()}`;
}

function fish(): string {
  const lines = topWords().map((word) => {
    const summary = COMMAND_NAMES.filter((name) => name.split(" ")[0] === word).map((name) => COMMANDS[name].summary);
    return `complete -c nexus -n __fish_use_subcommand -a ${word} -d ${quoted(summary.length === 1 ? (summary[0] ?? "") : `${secondWords(word).join(", ")}`)}`;
  });
  for (const name of COMMAND_NAMES) {
    const [first = "", second] = name.split(" ");
    const condition = `__fish_seen_subcommand_from ${first}${second === undefined ? "" : `; and __fish_seen_subcommand_from ${second}`}`;
    const command: Command = COMMANDS[name];
    if (second !== undefined)
      lines.push(
        `complete -c nexus -n ${quoted(`__fish_seen_subcommand_from ${first}; and not __fish_seen_subcommand_from ${secondWords(first).join(" ")}`)} -a ${second} -d ${quoted(command.summary)}`,
      );
    for (const flag of [...command.flags, ...COMMON_FLAGS])
      lines.push(
        `complete -c nexus -n ${quoted(condition)} -l ${flag.name}${flag.type === "string" ? " -r" : ""}${flag.choices === undefined ? "" : ` -xa ${quoted(flag.choices.join(" "))}`} -d ${quoted(flag.summary)}`,
      );
  }
  return `# fish completion for nexus: nexus completion fish | source\ncomplete -c nexus -f\n${lines.join("\n")}\n`;
}

/** The words that a command takes, where there are few. */
const WORDS: Partial<Record<CommandName, readonly string[]>> = {
  completion: ["bash", "zsh", "fish"],
  "memory embed": ["status", "estimate", "start", "pause", "resume", "cancel"],
};

function wordsAfter(name: CommandName): string[] {
  const command: Command = COMMANDS[name];
  const known = WORDS[name] ?? [];
  const latest = command.positionals.some((word) => word.name === "RUN") ? ["latest"] : [];
  return [...known, ...latest, ...flagsOf(name)];
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
