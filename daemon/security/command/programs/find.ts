/** find: an expression of tests, and actions that write or start others. */
import { type Call, type Finding, type Grammars, reading, unknown } from "../finding.ts";
import type { Touch } from "../options.ts";
import { fixedWord, type Listing, type ShellWord } from "../shell-word.ts";

const ALONE = new Set(
  `-a -and -o -or -not ! ( ) , -true -false -daystart -depth -d -mount -xdev -noleaf -empty -readable -writable
   -executable -nouser -nogroup -print -print0 -ls -prune -quit -noignore_readdir_race -ignore_readdir_race -warn -nowarn`.split(
    /\s+/,
  ),
);
const WITH_VALUE = new Set(
  `-name -iname -path -ipath -wholename -iwholename -regex -iregex -regextype -type -xtype -size -mtime -mmin -atime -amin -ctime
   -cmin -perm -user -group -uid -gid -maxdepth -mindepth -links -inum -fstype -lname -ilname -newermt -printf -used`.split(
    /\s+/,
  ),
);
const WITH_FILE = new Set(["-newer", "-anewer", "-cnewer", "-samefile"]);
const WRITES = new Set(["-fprint", "-fprint0", "-fls", "-fprintf"]);
const STARTS = new Set(["-exec", "-execdir", "-ok", "-okdir"]);

function findGrammar({ args }: Call): Finding {
  const rest = [...args];
  while (/^-(?:[HP]|O\d)$/.test(rest[0]?.value ?? "")) rest.shift();
  const roots: ShellWord[] = [];
  while (rest[0] !== undefined && !isExpression(rest[0])) roots.push(...rest.splice(0, 1));
  const places = roots.length > 0 ? roots : [fixedWord(".")];
  const listing = { roots: places, ...onlyNames(rest) };
  const finding = expression(rest, reading(places), listing);
  const isList =
    finding.effect === "reads" &&
    finding.starts?.length === 0 &&
    !args.some(({ value }) => PRINTS_MORE.has(value ?? ""));
  return isList ? { ...finding, lists: listing } : finding;
}

const PRINTS_MORE = new Set(["-ls", "-printf"]);

/** `-name x` where every file must have such a name: only among tests that all must hold. */
function onlyNames(rest: readonly ShellWord[]): { readonly only?: readonly string[] } {
  const words = rest.map(({ value }) => value ?? "(");
  if (words.some((word) => ["-o", "-or", ",", "(", ")", "\\("].includes(word))) return {};
  const at = words.findIndex((word, index) => word === "-name" && !["!", "-not"].includes(words[index - 1] ?? ""));
  const name = words[at + 1];
  return at !== -1 && /^[\w.*?-]+$/.test(name ?? "[") && name !== undefined ? { only: [name] } : {};
}

function isExpression(word: ShellWord): boolean {
  const start = word.value ?? word.prefix;
  return start === "" || /^[-(!,]/.test(start);
}

function expression(rest: ShellWord[], touches: Touch[], listing: Listing): Finding {
  const starts: ShellWord[][] = [];
  let deletes = false;
  let elsewhere = false;
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const { value } = word;
    if (value === null || word.fromPattern)
      return unknown("a part of its expression is known only to the shell", touches);
    if (ALONE.has(value)) continue;
    const argument = WITH_VALUE.has(value) || WITH_FILE.has(value) || WRITES.has(value) ? rest.shift() : undefined;
    if (argument?.spreads) return unknown("a part of its expression is known only to the shell", touches);
    if (WITH_VALUE.has(value)) continue;
    if (WITH_FILE.has(value) && argument !== undefined) touches.push({ use: "read", word: argument });
    else if (value === "-delete") deletes = true;
    else if (STARTS.has(value)) {
      starts.push(startedBy(rest, listing));
      elsewhere ||= value.endsWith("dir");
    } else return unknown(`its action ${value} is not known to be harmless`, touches);
  }
  if (deletes) return { effect: "destructive", why: "deletes every file that it finds", touches, starts };
  if (elsewhere) return { ...unknown("runs a program in each folder where it finds something", touches), starts };
  return { effect: "reads", why: "finds files by name", touches, starts };
}

/** Up to `;`, or `+` behind `{}`. What it finds is known to no one yet, nor what is in its names. */
function startedBy(rest: ShellWord[], listing: Listing): ShellWord[] {
  const words: ShellWord[] = [];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word.value === ";" || (word.value === "+" && words.at(-1)?.written.includes("{}"))) break;
    const holds = word.value?.includes("{}") ?? false;
    const found = { ...word, value: null, prefix: "/", spreads: false };
    words.push(!holds ? word : word.value === "{}" ? { ...found, anyOf: listing } : found);
  }
  return words;
}

export const findPrograms: Grammars = { find: findGrammar };
