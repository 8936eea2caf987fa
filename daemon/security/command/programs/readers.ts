/** Programs that look and print. Each row: names, options that are known to write and start nothing, what operands are. */
import { type Call, type Finding, type Grammar, type Grammars, reading, unknown } from "../finding.ts";
import { parseOptions } from "../options.ts";
import { maySecretBe } from "../settings.ts";
import { fixedWord } from "../shell-word.ts";

type Operands = "files" | "files-or-here" | "text" | "none" | "anything";

interface ReaderRow {
  readonly names: string;
  readonly why: string;
  readonly options: string;
  readonly operands: Operands;
}

const PRINTS_ENDS = "prints the beginning or the end of files";

const ROWS: readonly ReaderRow[] = [
  {
    names: "ls",
    why: "lists files",
    operands: "files-or-here",
    options: `-aAbBcCdfFgGhHiklLmnNopqQrRsStuUvxXZ1@ -I: -w: -T: --all --almost-all --author --block-size= --classify?
      --color? --directory --full-time --group-directories-first --human-readable --hide= --ignore= --inode --no-group
      --numeric-uid-gid --recursive --reverse --size --sort= --time= --time-style= --help --version`,
  },
  {
    names: "cat",
    why: "prints files",
    operands: "files",
    options:
      "-AbeEnstTuv --number --number-nonblank --show-all --show-ends --show-tabs --squeeze-blank --help --version",
  },
  {
    names: "head tail",
    why: PRINTS_ENDS,
    operands: "files",
    options: "-# -n: -c: -qvz --lines= --bytes= --quiet --silent --verbose --help --version",
  },
  {
    names: "wc",
    why: "counts lines and words",
    operands: "files",
    options: "-clmwL --lines --words --chars --bytes --max-line-length --total= --help --version",
  },
  {
    names: "cut",
    why: "prints columns",
    operands: "files",
    options:
      "-b: -c: -d: -f: -nsz --bytes= --characters= --delimiter= --fields= --complement --only-delimited --output-delimiter=",
  },
  {
    names: "tr",
    why: "replaces characters of its input",
    operands: "text",
    options: "-cCdsu --complement --delete --squeeze-repeats --truncate-set1",
  },
  {
    names: "cmp",
    why: "compares files",
    operands: "files",
    options: "-bls -n: -i: --print-bytes --silent --quiet --verbose --bytes=",
  },
  {
    names: "comm",
    why: "compares sorted files",
    operands: "files",
    options: "-123z --check-order --nocheck-order --output-delimiter= --total",
  },
  {
    names: "join",
    why: "joins lines of files",
    operands: "files",
    options: "-a: -e: -i -j: -o: -t: -v: -1: -2: --header --check-order --nocheck-order",
  },
  { names: "paste", why: "joins lines of files", operands: "files", options: "-d: -sz --delimiters= --serial" },
  {
    names: "nl",
    why: "prints files with line numbers",
    operands: "files",
    options: "-b: -d: -f: -h: -i: -l: -n: -ps -v: -w: --body-numbering= --number-width=",
  },
  { names: "fold", why: "breaks lines", operands: "files", options: "-bs -w: --width= --spaces --bytes" },
  { names: "expand unexpand", why: "replaces tabs", operands: "files", options: "-ai -t: --tabs= --initial --all" },
  { names: "rev tac", why: "prints files backwards", operands: "files", options: "--help --version" },
  {
    names: "column",
    why: "prints columns",
    operands: "files",
    options: "-tnxeJ -c: -s: -o: -N: --table --separator= --output-separator= --json",
  },
  {
    names: "od hexdump",
    why: "prints bytes",
    operands: "files",
    options: "-abcCdfiloxsv -A: -j: -N: -n: -t: -w? --address-radix= --format= --read-bytes= --skip-bytes= --width?",
  },
  {
    names: "strings",
    why: "prints the texts in files",
    operands: "files",
    options: "-afw -n: -t: -e: -# --all --bytes= --radix= --encoding=",
  },
  {
    names: "stat",
    why: "shows what is known of files",
    operands: "files",
    options: "-fLtxnqsF -c: --format= --printf= --dereference --file-system --terse --help --version",
  },
  {
    names: "file",
    why: "tells kinds of files",
    operands: "files",
    options:
      "-bhikLNpr0 -F: --brief --mime --mime-type --mime-encoding --dereference --no-dereference --help --version",
  },
  {
    names: "du",
    why: "measures folders",
    operands: "files-or-here",
    options:
      "-abchHklmsSx0 -d: -t: --all --apparent-size --bytes --block-size= --max-depth= --human-readable --summarize --total --exclude= --one-file-system",
  },
  {
    names: "df",
    why: "shows how full disks are",
    operands: "files",
    options: "-ahHiklmPT -t: -x: --all --human-readable --inodes --local --portability --print-type --type= --total",
  },
  {
    names: "md5sum sha1sum sha224sum sha256sum sha384sum sha512sum b2sum cksum md5 shasum sum",
    why: "computes checksums",
    operands: "files",
    options: "-bctwzqr -a: -l: --binary --text --tag --algorithm= --status --quiet --warn",
  },
  {
    names: "basename dirname",
    why: "takes names apart",
    operands: "anything",
    options: "",
  },
  {
    names: "realpath readlink",
    why: "resolves names",
    operands: "files",
    options:
      "-efmnqsvzLPE --canonicalize --canonicalize-existing --canonicalize-missing --no-newline --relative-to= --relative-base= --strip --quiet --zero",
  },
  { names: "pwd", why: "tells the folder", operands: "none", options: "-LP" },
  { names: "which", why: "finds programs", operands: "text", options: "-as --all" },
  { names: "whereis", why: "finds programs", operands: "text", options: "-bms" },
  {
    names: "uname arch",
    why: "tells the system",
    operands: "none",
    options: "-amnoprsvi --all --machine --kernel-name --kernel-release --operating-system",
  },
  {
    names: "whoami logname tty nproc uptime sw_vers",
    why: "tells the system",
    operands: "none",
    options: "--all --pretty --since -ps",
  },
  {
    names: "id groups",
    why: "tells the user",
    operands: "text",
    options: "-agGnruz --group --groups --name --real --user",
  },
  {
    names: "locale free getconf",
    why: "tells the system",
    operands: "text",
    options: "-abghkmtws --human --mega --giga --total",
  },
  {
    names: "pgrep",
    why: "lists processes",
    operands: "none",
    options: "-aAdefFlLwxfnov -C: -p: -t: -u: -U: --forest --sort= --no-headers --pid= --user=",
  },
  { names: "cal", why: "prints a calendar", operands: "text", options: "-138jmsy" },
  { names: "seq", why: "prints numbers", operands: "text", options: "-w -f: -s: --equal-width --format= --separator=" },
  { names: "true false :", why: "does nothing", operands: "text", options: "" },
  { names: "expr", why: "computes", operands: "text", options: "" },
  { names: "hostname", why: "tells the system", operands: "none", options: "-sfidI --short --fqdn" },
  {
    names: "cloc tokei scc",
    why: "counts lines of code",
    operands: "files-or-here",
    options:
      "-f --files --by-file --json --csv --quiet --vcs= --include-lang= --exclude-dir= --languages --by-file-by-lang",
  },
];

function reader({ why, options, operands }: ReaderRow): Grammar {
  return ({ args }: Call): Finding => {
    // Whatever they are given, these only print it.
    if (operands === "anything") return { effect: "reads", why };
    const parsed = parseOptions(options, args);
    if (!parsed.ok) return unknown(parsed.why);
    if (operands === "none" && parsed.operands.length > 0) return unknown("it is given what it does not take");
    const here = operands === "files-or-here" && parsed.operands.length === 0 ? [fixedWord(".")] : [];
    const files = operands.startsWith("files") ? [...parsed.operands, ...here] : [];
    const passes = why === PRINTS_ENDS && !parsed.given.some(({ name }) => name === "-c" || name === "--bytes");
    return { effect: "reads", why, touches: [...parsed.touches, ...reading(files)], ...(passes ? { passes } : {}) };
  };
}

function readerTable(rows: readonly ReaderRow[]): Grammars {
  return Object.fromEntries(rows.flatMap((row) => row.names.split(" ").map((name) => [name, reader(row)])));
}

/** Seconds; what waits longer holds up more than it helps. */
const LONGEST_WAIT = 600;

function sleep({ args }: Call): Finding {
  const seconds = args.map(({ value }) => Number(/^(\d+(?:\.\d+)?)s?$/.exec(value ?? "")?.[1] ?? Number.NaN));
  const isShort = seconds.reduce((sum, each) => sum + each, 0) <= LONGEST_WAIT;
  return isShort ? { effect: "reads", why: "waits" } : unknown("it may wait for a long time");
}

const listsProcesses = readerTable([
  {
    names: "ps",
    why: "lists processes",
    operands: "none",
    options: "-aAdefFlLwxfnov -C: -p: -t: -u: -U: --forest --sort= --no-headers --pid= --user=",
  },
]).ps;

/** `ps aux`; an `e` without a dash would show everybody's environment. */
const ps: Grammar = (call) => {
  const isPlain = call.args.length === 1 && /^[afuwx]+$/.test(call.args[0]?.value ?? "");
  return listsProcesses?.(isPlain ? { ...call, args: [] } : call) ?? unknown("it is not known");
};

function printsVariables({ args }: Call): Finding {
  const isPlain = args.length > 0 && args.every(({ value }) => /^[A-Za-z_]\w*$/.test(value ?? ""));
  if (!isPlain || args.some(({ value }) => maySecretBe(value ?? "")))
    return unknown("prints the environment, which may hold secrets");
  return { effect: "reads", why: "prints variables" };
}

/** These end only when somebody ends them. */
const endless = ({ name }: Call): Finding => unknown(`${name} prints without an end`);

const pages = readerTable([{ names: "less", why: "prints files", operands: "files", options: "-NRSFXEi" }]).less;

/** A word with a plus in front is a command of the pager's own. */
const pager: Grammar = (call) =>
  pages === undefined || call.args.some(({ value, prefix }) => (value ?? prefix).startsWith("+"))
    ? unknown("it is told what to do first")
    : pages(call);

/** Compilers and their like: nothing but their version. */
function versionOnly({ name, args }: Call): Finding {
  if (
    args.length === 1 &&
    /^(?:--version|-version|-v|-V)$/.test(args[0]?.value ?? "") &&
    !(name === "docker" && args[0]?.value === "-V")
  )
    return { effect: "reads", why: `tells the version of ${name}` };
  return unknown(`what ${name} makes is not followed`);
}

const COMPILERS =
  "rustc rustup gcc g++ cc c++ clang clang++ javac kotlinc ghc ocaml gfortran nasm protoc sqlite3 uv".split(" ");

const comparesFiles = readerTable([
  {
    names: "diff",
    why: "compares files",
    operands: "files",
    options: `-abBcdEeiNnpqrstTuwyZ -C: -U: -I: -W: -x: -L: --brief --unified? --context? --recursive --ignore-all-space
      --ignore-space-change --ignore-blank-lines --ignore-case --new-file --side-by-side --suppress-common-lines --color?
      --report-identical-files --exclude= --label= --width= --text --strip-trailing-cr --help --version`,
  },
])["diff"];

/** Below folders it reads every file, and follows links. */
async function compares(call: Call): Promise<Finding> {
  const finding = (await comparesFiles?.(call)) ?? unknown("it is not known");
  const isDeep = call.args.some(({ value }) => /^-[a-zA-Z]*r|^--recursive$/.test(value ?? ""));
  if (finding.effect !== "reads" || !isDeep) return finding;
  return { ...finding, readsBelow: { hidden: true, follows: true } };
}

export const readers: Grammars = {
  ...readerTable(ROWS),
  diff: compares,
  ...Object.fromEntries(COMPILERS.map((name) => [name, versionOnly])),
  less: pager,
  more: pager,
  ps,
  sleep,
  printenv: printsVariables,
  yes: endless,
};
