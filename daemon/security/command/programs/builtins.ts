/** What the shell does itself. Whatever changes names, environment or options makes the rest of the line unsure. */
import { type Call, type Finding, type Grammars, reading, unknown } from "../finding.ts";
import { parseOptions } from "../options.ts";
import { isPlainName } from "../settings.ts";
import { fixedWord } from "../shell-word.ts";

const changesShell = ({ name }: Call): Finding => ({
  ...unknown(`${name} changes how the shell reads or runs what follows`),
  unclear: `${name} changes what the rest of the line means`,
});

const CHANGES_SHELL =
  `export readonly declare typeset local unset alias unalias trap enable hash umask ulimit mapfile readarray getopts
  shopt set setopt unsetopt emulate autoload zmodload bindkey let coproc disown bg fg jobs kill-job suspend complete compgen compopt fc history
  bind caller dirs logout newgrp`.split(/\s+/);

function cd({ args, home }: Call): Finding {
  const target = args.find(({ value }) => value !== "--");
  const word = target ?? (home === null ? undefined : fixedWord(home));
  return {
    effect: "reads",
    why: "changes the folder",
    touches: word === undefined || word.value === "-" ? [] : reading([word]),
  };
}

/** Only options that end a line early or print more. */
function set(call: Call): Finding {
  const text = call.args.map(({ value }) => value ?? "?").join(" ");
  return /^(?:-[eux]+|\+[eux]+|-[eux]*o pipefail)(?: -[eux]+| -[eux]*o pipefail)*$/.test(text)
    ? { effect: "reads", why: "changes when the shell stops" }
    : changesShell(call);
}

/** A test looks at files at most; bash evaluates what -v and number comparisons get. */
function test({ name, args }: Call): Finding {
  const words = name === "[" ? args.slice(0, -1) : args;
  if (name === "[" && args.at(-1)?.value !== "]") return unknown("its closing bracket is missing");
  if (words.some(({ value }) => value === "-v" || value === "-R" || value === "-o" || value === "-a"))
    return words.some(({ value }) => value === "-v" || value === "-R")
      ? unknown("it looks at a variable by name")
      : { effect: "reads", why: "tests" };
  return { effect: "reads", why: "tests" };
}

function evaluate({ args }: Call): Finding {
  const text = args.map(({ value }) => value);
  const [first] = args;
  if (first === undefined) return { effect: "reads", why: "does nothing" };
  const word = {
    ...first,
    value: text.includes(null) ? null : text.join(" "),
    fetched: args.some(({ fetched }) => fetched),
  };
  return {
    effect: word.value === null ? "unknown" : "reads",
    why: "runs its words as a line of their own",
    script: { word, here: true },
  };
}

function source(call: Call): Finding {
  const [file] = call.args;
  return {
    ...changesShell(call),
    why: "runs a file in this shell",
    touches: file === undefined ? [] : reading([file]),
    runsInput: file?.value === "/dev/stdin" || (file?.fetched ?? false),
  };
}

function type({ args }: Call): Finding {
  const parsed = parseOptions("-aftpP", args);
  return parsed.ok ? { effect: "reads", why: "finds programs" } : unknown(parsed.why);
}

/** Names in lower case mean nothing to programs; a loop's own name is looked after where loops are. */
function read(call: Call): Finding {
  const parsed = parseOptions("-r", call.args);
  if (!parsed.ok || !parsed.operands.every(({ value }) => isPlainName(value ?? ""))) return changesShell(call);
  return { effect: "reads", why: "reads a line into a variable" };
}

const flow = ({ name, args }: Call): Finding =>
  args.every(({ value }) => value !== null && /^\d+$|^\$\?$/.test(value)) || name === "exit" || name === "return"
    ? { effect: "reads", why: "ends or goes on" }
    : unknown("its words are not plain");

function kill({ name }: Call): Finding {
  return unknown(`${name} ends processes`);
}

export const builtins: Grammars = {
  ...Object.fromEntries(CHANGES_SHELL.map((name) => [name, changesShell])),
  cd,
  read,
  pushd: changesShell,
  popd: changesShell,
  set,
  test,
  "[": test,
  "[[": changesShell,
  eval: evaluate,
  source,
  ".": source,
  type,
  exit: flow,
  return: flow,
  break: flow,
  continue: flow,
  shift: flow,
  wait: flow,
  times: flow,
  kill,
  pkill: kill,
  killall: kill,
};
