/** Programs that search and change text, where some options write files or start programs. */
import { type Call, type Finding, type Grammars, reading, unknown, writing } from "../finding.ts";
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

function search(
  spec: string,
  recursive: (names: readonly string[], hasFiles: boolean) => "hidden" | "shown" | undefined,
) {
  return ({ args }: Call): Finding => {
    const parsed = parseOptions(spec, args);
    if (!parsed.ok) return unknown(parsed.why);
    const names = parsed.given.map(({ name }) => name);
    const hasPattern = names.some((name) =>
      ["-e", "-f", "--regexp", "--file", "--files", "--type-list"].includes(name),
    );
    const files = hasPattern ? parsed.operands : parsed.operands.slice(1);
    const below = recursive(names, files.length > 0);
    const here = below !== undefined && files.length === 0 ? [fixedWord(".")] : [];
    const finding: Finding = {
      effect: "reads",
      why: "searches text",
      touches: [...parsed.touches, ...reading([...files, ...here])],
    };
    if (below === undefined) return finding;
    const endings = endingsOf(parsed.given);
    return { ...finding, readsBelow: below, ...(endings === undefined ? {} : { readsEndings: endings }) };
  };
}

/**
 * The endings that a search is bound to by globs such as `*.js`; undefined when it may read other files too. With such
 * globs only, no program differs in what they mean, whether it matches them on names or on whole paths.
 */
function endingsOf(given: readonly { readonly name: string; readonly value: string | null }[]): string[] | undefined {
  const globs = given
    .filter(({ name }) => ["--include", "--glob", "-g"].includes(name))
    .map(({ value }) => value ?? "");
  const endings = globs.map((glob) => /^\*(\.[A-Za-z0-9]+)$/.exec(glob)?.[1]);
  const isMixed = given.some(({ name }) => name === "--exclude" || name === "--iglob");
  const known = endings.filter((ending) => ending !== undefined);
  return known.length === 0 || known.length < endings.length || isMixed ? undefined : known;
}

const searchesBelow = (names: readonly string[]) =>
  names.some((name) => ["-r", "-R", "--recursive", "--dereference-recursive", "-d", "--directories"].includes(name))
    ? ("hidden" as const)
    : undefined;
const grep = search(GREP, searchesBelow);
/** It lists names only with --files; else it reads all that does not begin with a dot. */
const rg = search(RG, (names) =>
  names.some((name) => name === "--files" || name === "--type-list")
    ? undefined
    : names.some((name) => ["-.", "--hidden", "-u", "--unrestricted"].includes(name))
      ? "hidden"
      : "shown",
);

function sort({ args }: Call): Finding {
  const spec = `-bcCdfghiMmnrRsuVz -k: -t: -S: -o:> --batch-size= --buffer-size= --check? --dictionary-order --field-separator= --general-numeric-sort
    --human-numeric-sort --ignore-case --ignore-leading-blanks --key= --merge --month-sort --numeric-sort --output=> --parallel=
    --random-sort --reverse --sort= --stable --unique --version-sort --zero-terminated`;
  const parsed = parseOptions(spec, args);
  if (!parsed.ok) return unknown(parsed.why);
  const effect = parsed.touches.some(({ use }) => use === "write") ? "changes" : "reads";
  return { effect, why: "sorts lines", touches: [...parsed.touches, ...reading(parsed.operands)] };
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
  String.raw`^(?:(?:${ADDRESS}(?:,(?:${ADDRESS}|\+\d+))?!?)?[pdq]|s([/|#,])(?:(?!\1)[^\\\[\n])*\1(?:(?!\1)[^\\\n])*\1[gp\d]*)$`,
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

const FIELD = String.raw`(?:\$(?:\d+|NF|\(NF-\d+\))|NR|"[^"\\]*")`;
const AWK = new RegExp(
  String.raw`^\s*(?:(?:NR\s*(?:==|>=?|<=?|%)\s*\d+(?:\s*&&\s*NR\s*(?:==|>=?|<=?)\s*\d+)?|/[^/\\\[\n]*/)\s*)?(?:\{\s*print(?:\s+${FIELD}(?:\s*,?\s*${FIELD})*)?\s*\})?\s*$`,
);

function awk({ args }: Call): Finding {
  const parsed = parseOptions("-F:", args, true);
  if (!parsed.ok) return unknown(parsed.why);
  const [program, ...files] = parsed.operands;
  const isPlain = files.every(({ value }) => value !== null && !/^[A-Za-z_]\w*=/.test(value) && !value.startsWith("-"));
  if (program?.value == null || program.value.trim() === "" || !AWK.test(program.value) || !isPlain)
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
    "-adfilpsughDFqNQrtcUvxACnSJX -L: -I: -P: --dirsfirst --filelimit= --noreport --prune --gitignore --du --charset= --matchdirs";
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
