/** Shells and languages: code on the line is read when it is shell, and never trusted otherwise. */
import { type Call, type Finding, type Grammar, type Grammars, reading, unknown } from "../finding.ts";
import type { ShellWord } from "../shell-word.ts";
import { isVersion } from "./project.ts";

/** `-c text`, a script's file, or code that comes through its input. */
function shell(call: Call): Finding {
  const { name, args } = call;
  if (isVersion(args)) return { effect: "reads", why: `tells the version of ${name}` };
  const rest = [...args];
  let takesText = false;
  while (rest[0]?.value != null && /^[-+]./.test(rest[0].value) && rest[0].value !== "--") {
    const value = rest[0].value;
    rest.shift();
    if (value === "-o" && rest[0]?.value === "pipefail") rest.shift();
    else if (!/^-[ceux]+$/.test(value))
      return { ...unknown(`its option ${value} changes what it runs`), runsInput: true };
    if (/^-[eux]*c/.test(value)) takesText = true;
  }
  if (rest[0]?.value === "--") rest.shift();
  const [first] = rest;
  if (!takesText) return scriptFile(name, first);
  if (first === undefined) return unknown("its text is missing");
  const found: Finding = {
    effect: "reads",
    why: "starts a shell with the text behind it",
    script: { word: first, here: false },
  };
  if (first.value === null) return { ...found, effect: "unknown", why: "runs a text that only the shell will know" };
  // Other shells read some texts in other ways.
  return ["sh", "bash", "dash"].includes(name)
    ? found
    : { ...found, effect: "unknown", unclear: `${name} reads lines in its own way` };
}

function scriptFile(name: string, file: ShellWord | undefined): Finding {
  if (file === undefined || file.value === "-")
    return { ...unknown(`${name} runs what its input says`), runsInput: true };
  if (file.value === null) return { ...unknown("the script is known only to the shell"), runsInput: file.fetched };
  if (/^\/dev\/|^\/proc\//.test(file.value)) return { ...unknown(`${name} runs what its input says`), runsInput: true };
  return { effect: "project", why: `runs the script ${file.value}`, touches: reading([file]), runsFile: true };
}

/** Options in front of the script's file that neither name code nor load any. */
interface Language {
  readonly names: string;
  readonly harmless: RegExp;
  /** `-m name`, `--test`: tools that count as the project's. */
  readonly modules?: RegExp;
}

const LANGUAGES: readonly Language[] = [
  {
    names: "node nodejs",
    harmless:
      /^--(?:no-warnings|enable-source-maps|trace-warnings|experimental-strip-types|test|test-reporter=(?:spec|tap|dot)|test-name-pattern=[\w .-]*|watch)$/,
  },
  {
    names: "python python3 python2 pypy3",
    harmless: /^-[BuOsE]$/,
    modules: /^(?:pytest|unittest|mypy|ruff|black|isort|flake8|pylint|tox|nox|coverage|compileall|doctest)$/,
  },
  { names: "ruby", harmless: /^-[w]$/ },
  { names: "perl", harmless: /^-[w]$/ },
  { names: "php", harmless: /^-n$/ },
  {
    names:
      "lua luajit Rscript julia groovy scala java kotlin osascript pwsh powershell tclsh wish guile racket clojure elixir erl ghci R octave",
    harmless: /^$/,
  },
];

function language({ harmless, modules }: Language): Grammar {
  return ({ name, args }: Call): Finding => {
    if (
      args.length === 1 &&
      /^(?:--version|-version|-V|-v|--help|-h)$/.test(args[0]?.value ?? "") &&
      !(name === "perl" && args[0]?.value === "-V")
    )
      return { effect: "reads", why: `tells the version of ${name}` };
    const rest = [...args];
    let tests = false;
    while (rest[0]?.value != null && harmless.test(rest[0].value)) tests = rest.shift()?.value === "--test" || tests;
    const module = rest[0]?.value === "-m" ? rest[1]?.value : undefined;
    if (module != null && modules?.test(module)) {
      const isPlain = rest.slice(2).every(({ value }) => value !== null && !/^\/|\.\.\//.test(value));
      return isPlain
        ? { effect: "project", why: `runs the project's ${module}` }
        : unknown("one of its arguments leads out of the workspace");
    }
    const [file] = rest;
    if (tests && (file === undefined || !file.value?.startsWith("-")))
      return { effect: "project", why: "runs the project's tests", touches: reading(rest), runsFile: true };
    if (file?.value?.startsWith("-") && file.value !== "-")
      return { ...unknown(`its option ${file.value} can name code`), runsInput: true };
    return scriptFile(name, file);
  };
}

export const interpreters: Grammars = {
  ...Object.fromEntries(
    ["sh", "bash", "dash", "zsh", "ksh", "mksh", "ash", "fish", "csh", "tcsh", "yash", "rbash"].map((name) => [
      name,
      shell,
    ]),
  ),
  ...Object.fromEntries(LANGUAGES.flatMap((row) => row.names.split(" ").map((name) => [name, language(row)]))),
};
