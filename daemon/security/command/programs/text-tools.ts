/** Programs that search and change text, where some options write files or start programs. */
import { type Below, type Call, type Finding, type Grammars, reading, unknown, writing } from "../finding.ts";
import { parseOptions } from "../options.ts";
import { fixedWord, type ShellWord } from "../shell-word.ts";

const GREP = `-# -abcEFGhHiIlLnoPqrRsTuUvwxyzZ -A: -B: -C: -D: -d: -e: -f:< -m: --after-context= --before-context= --context=
  --basic-regexp --binary-files= --byte-offset --color? --colour? --count --dereference-recursive --directories= --exclude=
  --exclude-dir= --extended-regexp --file=< --files-with-matches --files-without-match --fixed-strings --help
  --ignore-case --include= --invert-match --label= --line-buffered --line-number --line-regexp --max-count=
  --no-filename --no-ignore-case --no-messages --null --null-data --only-matching --perl-regexp --quiet --recursive
  --regexp= --silent --text --version --with-filename --word-regexp`;

/** Without --pre, --hostname-bin and --search-zip, which start programs. */
const RG = `-# -abcFHhiIlLnNoPpqsSUuvVwx.0 -A: -B: -C: -E: -M: -T: -d: -e: -f:< -g: -j: -m: -r: -t: --after-context= --before-context=
  --column --context= --count --count-matches --color= --colors= --case-sensitive --encoding= --engine= --file=< --files
  --files-with-matches --files-without-match --fixed-strings --follow --glob= --heading --help --hidden --iglob= --ignore-case
  --invert-match --json --line-number --line-regexp --max-columns= --max-count= --max-depth= --max-filesize= --multiline
  --multiline-dotall --no-config --no-filename --no-heading --no-ignore --no-ignore-vcs --no-line-number --no-messages
  --null --only-matching --passthru --pcre2 --pretty --quiet --regexp= --replace= --smart-case --sort= --sortr= --stats --text
  --threads= --trim --type= --type-list --type-not= --unrestricted --version --vimgrep --with-filename --word-regexp`;

type Given = readonly { readonly name: string; readonly value: string | null }[];

function search(spec: string, recursive: (given: Given) => Below | undefined) {
  return ({ args }: Call): Finding => {
    const parsed = parseOptions(spec, args);
    if (!parsed.ok) return unknown(parsed.why);
    const has = (...names: readonly string[]) => parsed.given.some(({ name }) => names.includes(name));
    const hasPattern = has("-e", "-f", "--regexp", "--file", "--files", "--type-list");
    const files = hasPattern ? parsed.operands : parsed.operands.slice(1);
    const below = recursive(parsed.given);
    const roots = files.length === 0 ? [fixedWord(".")] : files;
    const finding: Finding = {
      effect: "reads",
      why: "searches text",
      touches: [...parsed.touches, ...reading(below === undefined ? files : roots)],
    };
    const isList = has("-l", "-L", "--files-with-matches", "--files-without-match", "--files");
    const lists = isList && !has("--json", "--color", "--heading") ? { lists: { roots, ...onlyOf(below) } } : {};
    const passes = parsed.given.every(({ name }) => ["-v", "-i", "-E", "-F", "-P", "-e"].includes(name));
    if (below === undefined) return passes ? { ...finding, passes } : finding;
    return { ...finding, ...lists, ...(has("--files") ? {} : { readsBelow: below }) };
  };
}

function onlyOf(below: Below | undefined): { readonly only?: readonly string[] } {
  return below?.only === undefined ? {} : { only: below.only };
}

function valuesOf(given: Given, ...names: readonly string[]): readonly (string | null)[] {
  return given.filter(({ name }) => names.includes(name)).map(({ value }) => value);
}

const grep = search(GREP, (given) => {
  const has = (...names: readonly string[]) => given.some(({ name }) => names.includes(name));
  const isDeep = has("-r", "-R", "--recursive", "--dereference-recursive", "-d", "--directories");
  if (!isDeep) return undefined;
  const only = valuesOf(given, "--include");
  // Where something is excluded first, what is not named is searched too.
  const isNarrow = only.length > 0 && !has("--exclude") && only.every((glob) => /^[\w.*?-]+$/.test(glob ?? "["));
  return {
    hidden: true,
    follows: has("-R", "--dereference-recursive"),
    skips: valuesOf(given, "--exclude-dir").filter((name) => name !== null),
    ...(isNarrow ? { only: only.filter((glob) => glob !== null) } : {}),
  };
});

/** It leaves out what begins with a dot. */
const rg = search(RG, (given) => {
  const has = (...names: readonly string[]) => given.some(({ name }) => names.includes(name));
  if (has("--type-list")) return undefined;
  const globs = valuesOf(given, "-g", "--glob").filter((glob) => !glob?.startsWith("!"));
  const names = globs.map((glob) => glob?.split("/").at(-1) ?? "");
  const isNarrow = names.length > 0 && !has("--iglob") && names.every((name) => /^\*[\w.-]*\.[\w{},]+$/.test(name));
  return {
    hidden: has("-.", "--hidden", "-u", "--unrestricted"),
    follows: has("-L", "--follow"),
    ...(isNarrow ? { only: names } : {}),
  };
});

function sort({ args }: Call): Finding {
  const spec = `-bcCdfghiMmnrRsuVz -k: -t: -S: -o:> --batch-size= --buffer-size= --check? --dictionary-order --field-separator= --general-numeric-sort
    --human-numeric-sort --ignore-case --ignore-leading-blanks --key= --merge --month-sort --numeric-sort --output=> --parallel=
    --random-sort --reverse --sort= --stable --unique --version-sort --zero-terminated`;
  const parsed = parseOptions(spec, args);
  if (!parsed.ok) return unknown(parsed.why);
  const effect = parsed.touches.some(({ use }) => use === "write") ? "changes" : "reads";
  return { effect, why: "sorts lines", touches: [...parsed.touches, ...reading(parsed.operands)], passes: true };
}

function uniq({ args }: Call): Finding {
  const spec = `-# -cdDiuz -f: -s: -w: --all-repeated? --count --ignore-case --repeated --unique --skip-chars= --skip-fields= --zero-terminated`;
  const parsed = parseOptions(spec, args);
  if (!parsed.ok || parsed.operands.length > 2) return unknown(parsed.ok ? "it is given too much" : parsed.why);
  const touches = [...reading(parsed.operands.slice(0, 1)), ...writing(parsed.operands.slice(1))];
  return { effect: touches.length > 1 ? "changes" : "reads", why: "leaves out lines that repeat", touches };
}

/** An address: a line number, the last line, or a pattern without anything that could end it early. */
const ADDRESS = String.raw`(?:\d+|\$|/[^/\\\[\n]*/)`;
const SED_COMMAND = new RegExp(
  String.raw`^(?:(?:${ADDRESS}(?:,(?:${ADDRESS}|\+\d+))?!?)?[pdq=]|s([/|#,])(?:(?!\1)[^\\\[\n])*\1(?:(?!\1)[^\\\n])*\1[gp\d]*)$`,
);

/** Each piece between semicolons must be harmless; one inside a pattern makes pieces that are not. */
function isHarmlessSed(program: string): boolean {
  return SED_COMMAND.test(program) || program.split(/;\s*/).every((piece) => SED_COMMAND.test(piece.trim()));
}

function sed({ args }: Call): Finding {
  const parsed = parseOptions("-nErsuz -e: --quiet --silent --regexp-extended --expression= --unbuffered", args);
  if (!parsed.ok) return unknown(parsed.why);
  const given = parsed.given.filter(({ name }) => name === "-e" || name === "--expression").map(({ value }) => value);
  const files = given.length > 0 ? parsed.operands : parsed.operands.slice(1);
  const programs = given.length > 0 ? given : [parsed.operands[0]?.value ?? null];
  const isHarmless = programs.every((program) => program !== null && isHarmlessSed(program));
  if (!isHarmless) return unknown("a program of sed can write files and start others", reading(files));
  return { effect: "reads", why: "prints lines of files", touches: reading(files) };
}

/**
 * Without what starts programs, reads other files or never ends; `>` only in front of every action, where it compares.
 * Nothing here depends on where a text or a pattern of awk ends.
 */
function isHarmlessAwk(program: string): boolean {
  if (AWK_REACHES_OUT.test(program)) return false;
  if (program.replaceAll("||", "").includes("|") || /\bfor\s*\(\s*;/.test(program)) return false;
  const action = program.indexOf("{");
  return action === -1 ? !/\bprint/.test(program) : !program.slice(action).includes(">");
}

const AWK_REACHES_OUT =
  /@|\\[\r\n]|\b(?:system|getline|close|fflush|while|do|ENVIRON|PROCINFO|SYMTAB|FUNCTAB|ARGV|ARGC)\b/;

function awk({ args }: Call): Finding {
  const parsed = parseOptions("-F: -v:", args, true);
  if (!parsed.ok) return unknown(parsed.why);
  const [program, ...files] = parsed.operands;
  const isPlain =
    files.every(({ value }) => value !== null && !/^[A-Za-z_]\w*=/.test(value) && !value.startsWith("-")) &&
    valuesOf(parsed.given, "-v").every((value) => /^[a-z]\w*=[^\\]*$/.test(value ?? ""));
  if (program?.value == null || program.value.trim() === "" || !isHarmlessAwk(program.value) || !isPlain)
    return unknown("a program of awk can write files and start others", reading(files));
  return { effect: "reads", why: "prints columns", touches: reading(files) };
}

function jq({ args }: Call): Finding {
  const spec = `-acCMenrRsSj -f:< --arg= --argjson= --compact-output --color-output --exit-status --from-file=< --null-input --raw-input --raw-output
    --join-output --slurp --sort-keys --tab --indent= --monochrome-output`;
  const parsed = parseOptions(spec, args);
  if (!parsed.ok) return unknown(parsed.why);
  // --arg takes two words: then the operands are not what they seem.
  if (parsed.given.some(({ name }) => name.startsWith("--arg"))) return unknown("its arguments are not understood");
  const hasFile = parsed.given.some(({ name }) => name === "-f" || name === "--from-file");
  const program = hasFile ? undefined : parsed.operands[0];
  if (
    program !== undefined &&
    (program.value === null || /\b(?:import|include|input_filename|modulemeta|env|\$ENV)\b|\$ENV/.test(program.value))
  )
    return unknown("its program reads more than its files");
  return {
    effect: "reads",
    why: "reads JSON",
    touches: [...parsed.touches, ...reading(parsed.operands.slice(hasFile ? 0 : 1))],
  };
}

function xxd({ args }: Call): Finding {
  const parsed = parseOptions("-abeEipu -c: -g: -l: -o: -s: -r", args);
  if (!parsed.ok) return unknown(parsed.why);
  const [from = [], to = []] = [parsed.operands.slice(0, 1), parsed.operands.slice(1)];
  const decodes = parsed.given.some(({ name }) => name === "-r");
  const touches = [...reading(from), ...writing(to)];
  return {
    effect: to.length > 0 ? "changes" : "reads",
    why: "prints bytes",
    touches,
    ...(decodes ? { decodes: true } : {}),
  };
}

function base64({ args }: Call): Finding {
  const parsed = parseOptions("-dDi -w: --decode --ignore-garbage --wrap=", args);
  if (!parsed.ok) return unknown(parsed.why);
  const decodes = parsed.given.some(({ name }) => ["-d", "-D", "--decode"].includes(name));
  return {
    effect: "reads",
    why: "encodes or decodes",
    touches: reading(parsed.operands),
    ...(decodes ? { decodes: true } : {}),
  };
}

function date({ args }: Call): Finding {
  const parsed = parseOptions(
    "-uRI? -d: -r:< --utc --universal --date= --iso-8601? --rfc-3339= --rfc-email --reference=<",
    args,
  );
  if (!parsed.ok) return unknown(parsed.why);
  const isFormat = (word: ShellWord) => word.value?.startsWith("+") ?? word.prefix.startsWith("+");
  if (!parsed.operands.every(isFormat)) return unknown("it can set the clock");
  return { effect: "reads", why: "tells the time", touches: parsed.touches };
}

function tree({ args }: Call): Finding {
  const spec =
    "-adfipsughDFqNQrtcUvxACnSJX -L: -I: -P: --dirsfirst --filelimit= --noreport --prune --gitignore --du --charset= --matchdirs";
  const parsed = parseOptions(spec, args);
  if (!parsed.ok) return unknown(parsed.why);
  return {
    effect: "reads",
    why: "lists files",
    touches: reading(parsed.operands.length > 0 ? parsed.operands : [fixedWord(".")]),
  };
}

/** Echo and printf print whatever they get; a printf that sets a variable is bash's own. */
const printf = ({ args }: Call): Finding =>
  (args[0]?.value ?? args[0]?.prefix ?? "-").startsWith("-") || args[0]?.spreads
    ? { ...unknown("its first word could set a variable"), unclear: "printf can set a variable" }
    : { effect: "reads", why: "prints text" };

export const textTools: Grammars = {
  grep,
  egrep: grep,
  fgrep: grep,
  rg,
  sort,
  uniq,
  sed,
  awk,
  gawk: awk,
  mawk: awk,
  jq,
  xxd,
  base64,
  date,
  tree,
  echo: () => ({ effect: "reads", why: "prints text" }),
  printf,
};
