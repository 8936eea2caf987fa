/** git: what each sub-command does. Global options that run programs or lead elsewhere are never read as harmless. */
import { type Call, type Finding, type Grammars, reading, unknown } from "../finding.ts";
import { parseOptions } from "../options.ts";
import { fixedWord, type ShellWord } from "../shell-word.ts";

const DIFF = `-abpuRwzMCDWs -M? -C? -U: -S: -G: -l: --patch --no-patch --unified= --raw --stat? --numstat --shortstat --dirstat? --summary
  --name-only --name-status --color? --no-color --color-words? --word-diff? --word-diff-regex= --no-renames --find-renames? --find-copies?
  --find-copies-harder --ignore-space-change --ignore-all-space --ignore-blank-lines --ignore-space-at-eol --diff-filter= --diff-algorithm=
  --minimal --patience --histogram --exit-code --quiet --no-ext-diff --no-textconv --relative? --abbrev? --full-index --binary --text --inter-hunk-context=
  --function-context --check --compact-summary --pickaxe-regex --pickaxe-all --src-prefix= --dst-prefix= --no-prefix --merge-base --cached --staged`;

const LOG = `${DIFF} -# -n: -L: -g -i -E -F -P -c -m -t -r --cc --max-count= --skip= --since= --after= --until= --before= --author= --committer= --grep= --all-match
  --invert-grep --regexp-ignore-case --extended-regexp --fixed-strings --perl-regexp --merges --no-merges --first-parent --all --branches? --tags?
  --remotes? --glob= --exclude= --oneline --pretty? --format= --abbrev-commit --no-abbrev-commit --graph --decorate? --no-decorate --date= --relative-date
  --reverse --topo-order --date-order --author-date-order --follow --full-history --simplify-by-decoration --source --left-right --cherry --cherry-pick
  --cherry-mark --boundary --walk-reflogs --reflog --no-notes --notes? --root --stdin --parents --children --encoding= --show-pulls --ancestry-path
  --simplify-merges --numbered --summary --email --show-signature-no`;

/** Sub-commands that look and print, with their options. */
const READS: Readonly<Record<string, string>> = {
  status:
    "-sbuvz -u? --short --branch --porcelain? --long --verbose --untracked-files? --ignored? --ignore-submodules? --column? --no-column --ahead-behind --no-ahead-behind --show-stash --renames --no-renames --find-renames?",
  diff: DIFF,
  log: LOG,
  show: LOG,
  whatchanged: LOG,
  shortlog: "-ncse -w? --numbered --summary --email --group= --since= --until= --all --no-merges --author=",
  blame:
    "-bceflnpstw -C? -M? -L: --root --show-stats --porcelain --line-porcelain --incremental --show-name --show-number --show-email --date= --since= --abbrev=",
  annotate: "-L: -l",
  "rev-parse":
    "--show-toplevel --show-prefix --show-cdup --git-dir --git-common-dir --absolute-git-dir --is-inside-work-tree --is-bare-repository --abbrev-ref? --short? --verify --quiet -q --symbolic-full-name --symbolic --all --branches? --tags? --remotes? --show-object-format --is-shallow-repository",
  "rev-list":
    "-# -n: --count --all --max-count= --since= --until= --no-merges --merges --reverse --objects --left-right --oneline --first-parent --parents --branches? --tags?",
  "ls-files":
    "-cdmoiskuvtz -x: -X:< --cached --deleted --modified --others --ignored --stage --unmerged --killed --exclude= --exclude-standard --error-unmatch --full-name --abbrev? --eol --deduplicate --directory --no-empty-directory",
  "ls-tree": "-drtlz --name-only --name-status --full-name --full-tree --long --abbrev? --object-only --format=",
  describe:
    "--all --tags --contains --abbrev= --always --dirty? --broken? --long --match= --exclude= --exact-match --first-parent --candidates=",
  "name-rev": "--tags --name-only --all --always --refs=",
  "merge-base": "-a --all --is-ancestor --fork-point --octopus --independent",
  "cat-file": "-pste --batch-check? --buffer",
  "for-each-ref": "--count= --sort= --format= --points-at= --merged? --no-merged? --contains? --no-contains?",
  "show-ref": "-dsq --head --heads --branches --tags --dereference --hash? --verify --quiet --abbrev?",
  "count-objects": "-vH --verbose --human-readable",
  "check-ignore": "-qvnz --quiet --verbose --non-matching --no-index",
  grep: "-# -aiIwvEGPFnclLqrzhHoW -A: -B: -C: -e: -m: --cached --untracked --no-index-no --text --ignore-case --word-regexp --invert-match --extended-regexp --basic-regexp --perl-regexp --fixed-strings --line-number --files-with-matches --name-only --files-without-match --count --color? --no-color --break --heading --show-function --function-context --and --or --not --all-match --quiet --max-depth= --only-matching --column --full-name --context= --after-context= --before-context= --threads=",
  version: "--build-options",
};

/** Sub-commands whose operands are files, also without a `--`. */
const FILE_OPERANDS = new Set(["ls-files", "check-ignore", "blame", "annotate"]);
const CONTENTS = new Set(["diff", "log", "show", "whatchanged", "grep", "cat-file", "blame", "annotate"]);

/** What looks only with these words in front; anything else of the sub-command is not known. */
const LISTS: Readonly<
  Record<
    string,
    { readonly spec: string; readonly isList: (names: readonly string[], operands: readonly ShellWord[]) => boolean }
  >
> = {
  branch: {
    spec: "-arlvqi --all --remotes --list --verbose --show-current --contains= --no-contains= --merged? --no-merged? --sort= --format= --points-at= --color? --no-color --column? --abbrev= --ignore-case",
    isList: (names, operands) => operands.length === 0 || names.includes("-l") || names.includes("--list"),
  },
  tag: {
    spec: "-lni -n? --list --sort= --format= --contains= --points-at= --merged? --no-merged? --column? --color? --ignore-case",
    isList: (names, operands) => operands.length === 0 || names.includes("-l") || names.includes("--list"),
  },
  remote: {
    spec: "-v --verbose",
    isList: (_, operands) =>
      operands.length === 0 ||
      (operands[0]?.value === "get-url" && operands.length === 2) ||
      (operands[0]?.value === "show" && operands.length === 1),
  },
  stash: {
    spec: `${LOG} --include-untracked --only-untracked`,
    isList: (_, operands) => operands[0]?.value === "list" || operands[0]?.value === "show",
  },
  worktree: { spec: "--porcelain -v", isList: (_, operands) => operands[0]?.value === "list" && operands.length === 1 },
  reflog: {
    spec: LOG,
    isList: (_, operands) =>
      operands.length === 0 ||
      operands[0]?.value === "show" ||
      (/^(?:HEAD|[\w/]+)@?\{?\d*\}?$/.test(operands[0]?.value ?? "") &&
        !["expire", "delete", "drop", "write"].includes(operands[0]?.value ?? "")),
  },
  config: {
    spec: "-lz --list --get --get-all --get-regexp --local --show-origin --show-scope --name-only --bool --int --default=",
    isList: (names, operands) =>
      names.some((name) => ["--list", "-l"].includes(name)) ||
      (operands.length === 1 &&
        (names.some((name) => name.startsWith("--get")) ||
          /^[A-Za-z][\w-]*(?:\.[\w-]+)+$/.test(operands[0]?.value ?? ""))),
  },
};

const NETWORK = new Set([
  "fetch",
  "pull",
  "push",
  "clone",
  "ls-remote",
  "submodule",
  "remote-http",
  "send-email",
  "request-pull",
  "archive-remote",
  "fetch-pack",
  "send-pack",
  "lfs",
  "svn",
  "p4",
  "bundle-uri",
]);
const LOSES = new Set(["clean", "filter-branch", "filter-repo", "prune", "update-ref", "replace", "fsck-objects"]);

/** Words behind a sub-command that make it lose what cannot be brought back, or change what others see. */
const DESTRUCTIVE: readonly (readonly [command: string, word: RegExp])[] = [
  ["push", /^(?:--force.*|-[a-z]*f[a-z]*|--mirror|--delete|-d|--prune|\+.*|:.+)$/],
  ["reset", /^--(?:hard|merge|keep)$/],
  ["checkout", /^(?:--|\.|-f|--force|-B|--ours|--theirs)$/],
  ["restore", /./],
  ["switch", /^(?:-f|--force|--discard-changes|-C|--force-create)$/],
  ["branch", /^(?:-[a-z]*[DMCf][a-z]*|-d|--delete|--force)$/],
  ["tag", /^(?:-d|--delete|-f|--force)$/],
  ["stash", /^(?:drop|clear|pop)$/],
  ["reflog", /^(?:expire|delete|drop)$/],
  ["gc", /^--(?:prune|aggressive).*/],
  ["worktree", /^(?:remove|prune|move)$/],
  ["rm", /./],
  ["rebase", /^(?:--root|--force-rebase|-f)$/],
  ["remote", /^(?:remove|rm|prune)$/],
  ["commit", /^--amend$/],
];

async function git(call: Call): Promise<Finding> {
  const { args, folder, why } = globals(call.args);
  if (why === undefined && (await call.isOwnRepository(folder)))
    return unknown("in a repository other than the workspace's, whose settings can run programs");
  return inRepository(args, folder, why);
}

function inRepository(args: readonly ShellWord[], folder: ShellWord | undefined, why: string | undefined): Finding {
  const at = folder === undefined ? {} : { folder };
  if (why !== undefined) return unknown(why);
  const [command, ...rest] = args;
  if (command === undefined) return { effect: "reads", why: "prints how git is used" };
  const name = command.value;
  if (name === null) return unknown("its sub-command is known only to the shell");
  if (name === "--version" || name === "--help") return { effect: "reads", why: "prints how git is used" };
  const destructive = DESTRUCTIVE.some(
    ([key, word]) => key === name && rest.some(({ value, written }) => word.test(value ?? written)),
  );
  if (destructive || LOSES.has(name))
    return { effect: "destructive", why: `git ${name} can lose work or change what others see`, ...at };
  if (NETWORK.has(name)) return { effect: "network", why: `git ${name} talks to a server`, ...at };
  const list = Object.hasOwn(LISTS, name) ? LISTS[name] : undefined;
  if (list !== undefined) {
    const parsed = parseOptions(list.spec, rest);
    if (
      !parsed.ok ||
      !list.isList(
        parsed.given.map((option) => option.name),
        parsed.operands,
      )
    )
      return { ...changesRepository(name), ...at };
    return { effect: "reads", why: `git ${name} lists`, ...at };
  }
  const spec = Object.hasOwn(READS, name) ? READS[name] : undefined;
  return { ...(spec === undefined ? changesRepository(name) : looks(name, spec, rest)), ...at };
}

function changesRepository(name: string): Finding {
  return unknown(`git ${name} changes the repository or is not known to be harmless`);
}

/** `-C` moves; `--no-pager` and its kind change nothing. */
function globals(args: readonly ShellWord[]): { args: readonly ShellWord[]; folder?: ShellWord; why?: string } {
  let rest = args;
  let folder: ShellWord | undefined;
  for (;;) {
    const [first, second, ...more] = rest;
    const value = first?.value ?? undefined;
    if (value === "--no-pager" || value === "--no-optional-locks" || value === "--literal-pathspecs" || value === "-P")
      rest = rest.slice(1);
    else if (value === "-C" && folder === undefined && second !== undefined) {
      folder = second;
      rest = more;
    } else if (value?.startsWith("-") && value !== "--version" && value !== "--help")
      return { args: rest, why: `its option ${value} can run programs or lead to another repository` };
    else return folder === undefined ? { args: rest } : { args: rest, folder };
  }
}

function looks(name: string, spec: string, args: readonly ShellWord[]): Finding {
  const dashes = args.findIndex(({ value }) => value === "--");
  const before = dashes === -1 ? args : args.slice(0, dashes);
  const after = dashes === -1 ? [] : args.slice(dashes + 1);
  const parsed = parseOptions(spec, before);
  if (!parsed.ok) return unknown(parsed.why);
  const isFile = ({ value }: ShellWord) =>
    FILE_OPERANDS.has(name) || /^(?:\.{0,2}\/|\.\.?$|~)|\/\.\.?\//.test(value ?? "/");
  // Beside revisions, git takes paths; two of them that are no repository's are compared like by diff.
  const candidates = parsed.operands.filter(
    (word, index) =>
      !(name === "grep" && index === 0 && !parsed.given.some((option) => option.name === "-e")) &&
      (isFile(word) || mayBePath(word)),
  );
  const contents = CONTENTS.has(name) ? parsed.operands.flatMap(inRevision) : [];
  const files = [...candidates, ...contents, ...after.map(withoutMagic)];
  const touches = [...parsed.touches, ...reading(files)];
  const finding: Finding = { effect: "reads", why: `git ${name} looks at the repository`, touches };
  if (name === "ls-files") return { ...finding, ...listed(parsed.given, [...parsed.operands, ...after]) };
  if (name !== "grep") return finding;
  const tracked = !parsed.given.some((option) => option.name === "--untracked");
  const searched = files.length === 0 ? { touches: reading([fixedWord(".")]) } : {};
  return { ...finding, ...searched, readsBelow: { hidden: true, tracked } };
}

/** What `git ls-files` prints where it prints only names, as they are called from here. */
function listed(given: readonly { readonly name: string }[], operands: readonly ShellWord[]): Pick<Finding, "lists"> {
  if (given.some(({ name }) => !["-z", "-c", "--cached"].includes(name))) return {};
  const names = operands.map(({ value }) => value ?? ":");
  if (names.some((name) => name.startsWith(":"))) return {};
  const isGlob = (name: string) => /[*?[]/.test(name);
  if (!names.some(isGlob)) return { lists: { roots: names.length > 0 ? operands : [fixedWord(".")], tracked: true } };
  if (!names.every((name) => /^\*[\w.-]+$/.test(name))) return {};
  return { lists: { roots: [fixedWord(".")], only: names, tracked: true } };
}

/** Names with a dot in front or an ending are as good as paths: a revision of that name is no harm. */
function mayBePath({ value, prefix }: ShellWord): boolean {
  return value === null ? prefix !== "" : /^\.[^.]|\.\w+$/.test(value) && !value.includes(":") && !value.includes("..");
}

/** `HEAD:.env` is the file as it was. */
function inRevision(word: ShellWord): ShellWord[] {
  const colon = word.value?.indexOf(":") ?? -1;
  if (word.value === null || colon === -1) return [];
  const path = word.value.slice(colon + 1).replace(/^\d:/, "");
  return path === "" ? [] : [{ ...word, value: path }];
}

/** `:(top)x`, `:/x` and `:!x` mean something else than the file; the whole repository is as much as they can name. */
function withoutMagic(word: ShellWord): ShellWord {
  return word.value?.startsWith(":") ? { ...word, value: "." } : word;
}

export const gitPrograms: Grammars = { git };
