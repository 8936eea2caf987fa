/** Random shell lines of programs that can do no harm in a scratch folder, and the same lines with a few bytes changed. */
import type { Random } from "./random.ts";

/** What the folder of programs holds; nothing else is on the PATH of a line. */
export const PROGRAMS =
  "cat head tail wc ls grep sort uniq cut tr touch mkdir cp mv rm tee ln env xargs timeout nice nohup setsid stdbuf find sed basename dirname true false date id uname rmdir seq sh comm nl od stat du awk base64 diff".split(
    " ",
  );

export const FILES = ["a.txt", "b.txt", "sub/c.txt", "sub/.hidden", ".env", "sp ace.txt", "-n", "sub/deep/d.txt"];

const PATHS = [
  ..."a.txt b.txt sub/c.txt sub . .. ../outside/o.txt out/o.txt new.txt sub/new.txt .env *.txt s* .e* ~ ~/x $HOME/y sub/../a.txt out/../a.txt none/x ./a.txt ?.txt [ab].txt sub/* */c.txt out inner inner/c.txt /dev/null link.txt dangling".split(
    " ",
  ),
  '"sp ace.txt"',
  "'a.txt'",
  "a\\.txt",
  '"$PWD"/a.txt',
  '"sub"/c.txt',
  "-",
  "--",
  "-n",
];
const TEXTS = [
  "x",
  "hello",
  "'a b'",
  '"q $x"',
  "$x",
  "$(true)",
  "`true`",
  "PWN",
  "1",
  "''",
  "a#b",
  "{}",
  "~",
  "=",
  "a=b",
  "!",
  "\\;",
  "%s",
  "'$(touch no)'",
  "$((1+2))",
  `\${x:-y}`,
  "é",
  "$?",
  '"`touch PWN2`"',
  "{a,b}",
  "$'x'",
  "a\\ b",
];

type Make = (random: Random, depth: number) => string;

const path: Make = (random) => random.pick(PATHS);
const text: Make = (random) => random.pick(TEXTS);

const readers: readonly Make[] = [
  (random) => `cat ${path(random, 0)}`,
  (random) => `cat ${path(random, 0)} ${path(random, 0)}`,
  (random) => `head -n 1 ${path(random, 0)}`,
  (random) => `wc -l ${path(random, 0)}`,
  (random) => `ls ${random.pick(["", "-la", "-R"])} ${path(random, 0)}`,
  (random) => `grep ${random.pick(["", "-r", "-n", "-c"])} ${text(random, 0)} ${path(random, 0)}`,
  (random) => `sort ${random.pick(["", "-r", "-o new.txt", "-u"])} ${path(random, 0)}`,
  (random) => `uniq ${path(random, 0)} ${random.chance(0.3) ? path(random, 0) : ""}`,
  (random) => `echo ${text(random, 0)} ${text(random, 0)}`,
  (random) => `printf %s ${text(random, 0)}`,
  (random) => `test -f ${path(random, 0)}`,
  (random) => `[ -d ${path(random, 0)} ]`,
  (random) => random.pick(["true", "false", "date", "id", "uname -s", "pwd", ":"]),
  (random) =>
    `sed -n ${random.pick(["1p", "'1,2p'", "'/x/p'", "'s/a/b/p'", "'s/a/b/w PWN'", "'1w PWN'", "'1e touch PWN'", "-i", "'$p;w PWN'"])} ${path(random, 0)}`,
  (random) =>
    `awk ${random.pick(["'{print $1}'", `'BEGIN{system("touch PWN")}'`, `'{print > "PWN"}'`, "'NR==1'"])} ${path(random, 0)}`,
  (random) =>
    `find ${path(random, 0)} ${random.pick(["", "-name '*.txt'", "-type f", "-maxdepth 1 -exec cat {} \\;", "-name a.txt -exec touch PWN \\;", "-newer a.txt", "-fprint PWN", "-name PWN -delete"])}`,
  (random) => `diff ${path(random, 0)} ${path(random, 0)}`,
  (random) => `basename ${text(random, 0)}`,
  (random) => `stat ${path(random, 0)}`,
  (random) => `base64 ${path(random, 0)}`,
  (random) => `du ${path(random, 0)}`,
];

const writers: readonly Make[] = [
  (random) => `touch ${path(random, 0)}`,
  (random) => `mkdir -p ${path(random, 0)}`,
  (random) => `cp ${random.pick(["", "-r", "-t sub"])} ${path(random, 0)} ${path(random, 0)}`,
  (random) => `mv ${path(random, 0)} ${path(random, 0)}`,
  (random) => `rm ${random.pick(["", "-f"])} ${path(random, 0)}`,
  (random) => `tee ${random.pick(["", "-a"])} ${path(random, 0)}`,
  (random) => `ln -s ${path(random, 0)} ${path(random, 0)}`,
  (random) => `rmdir ${path(random, 0)}`,
];

const wrappers: readonly string[] = [
  "env",
  "env X=1",
  "env -i",
  "env -u HOME",
  "env -C sub",
  "timeout 1",
  "timeout -s TERM 1",
  "nice",
  "nice -n 5",
  "nohup",
  "setsid",
  "stdbuf -o0",
  "command",
  "command -v",
  "exec",
  "xargs",
  "xargs -n1",
  "xargs -I{}",
  "! ",
  "time",
  "eval",
  "env env",
  "env nice timeout 1",
  "env -S",
  "builtin",
  "\\",
];

function simple(random: Random, depth: number): string {
  const base = random.chance(0.72) ? random.pick(readers)(random, depth) : random.pick(writers)(random, depth);
  let line = base;
  if (random.chance(0.15)) line = line.replace(/(\S+)$/, substitution(random, depth));
  if (random.chance(0.18)) line = `${random.pick(wrappers)} ${line}`;
  if (random.chance(0.08))
    line = `${random.pick(["X=1", "NODE_ENV=test", "x=$(touch PWN3)", "PATH=.:$PATH", "y=", "HOME=/tmp", "IFS=x"])}${random.pick([" ", " ", ";"])}${line}`;
  if (random.chance(0.2)) line = `${line} ${redirect(random)}`;
  if (random.chance(0.04)) line = `${redirect(random)} ${line}`;
  if (random.chance(0.08)) line = requote(random, line);
  return line;
}

function substitution(random: Random, depth: number): string {
  const inner = depth > 3 ? "true" : script(random, depth + 2);
  return random.pick([
    `$(${inner})`,
    `"$(${inner})"`,
    `\`${inner}\``,
    `x$(${inner})y`,
    `\${z:-$(${inner})}`,
    `\${z:=$(${inner})}`,
    `$((1+$(${inner})))`,
    `"\${z:-$(${inner})}"`,
    `<(${inner})`,
    `"\`${inner}\`"`,
  ]);
}

function redirect(random: Random): string {
  const target = random.chance(0.6)
    ? random.pick(["new.txt", "sub/r.txt", "/dev/null", '"w w"', "a.txt"])
    : path(random, 0);
  return random.pick([
    `> ${target}`,
    `>>${target}`,
    `2>${target}`,
    "2>&1",
    `< ${target}`,
    `>|${target}`,
    "2>/dev/null",
    `<>${target}`,
    `&> ${target}`,
    ">&2",
    `>&${target}`,
    "1>&-",
    `3<${target}`,
    `12>${target}`,
    `<<< ${target}`,
  ]);
}

/** Quotes and escapes that a shell takes away. */
function requote(random: Random, line: string): string {
  const at = random.below(line.length);
  const char = line[at] ?? "";
  if (!/[a-z]/.test(char)) return line;
  return (
    line.slice(0, at) +
    random.pick([`\\${char}`, `'${char}'`, `"${char}"`, `${char}""`, `${char}\\\n`, `$'${char}'`]) +
    line.slice(at + 1)
  );
}

function compound(random: Random, depth: number): string {
  const inner = () => script(random, depth + 1);
  return random.pick<() => string>([
    () => `if ${inner()}; then ${inner()}; fi`,
    () => `if ${inner()}; then ${inner()}; else ${inner()}; fi`,
    () => `for v in ${text(random, 0)} ${path(random, 0)}; do ${inner()}; done`,
    () => `while false; do ${inner()}; done`,
    () => `until true; do ${inner()}; done`,
    () => `case ${text(random, 0)} in x) ${inner()};; *) ${inner()};; esac`,
    () => `(${inner()})`,
    () => `{ ${inner()}; }`,
    () => `f() { ${inner()}; }; f`,
    () => `ls() { ${inner()}; }; ls`,
    () => `(cd sub && ${inner()})`,
    () => `cd ${path(random, 0)} && ${inner()}`,
    () => `cd ${path(random, 0)}; ${inner()}`,
    () => `sh -c '${inner().replaceAll("'", "")}'`,
    () => `sh -c "${inner().replaceAll(/["$`\\]/g, "")}"`,
    () => `eval '${inner().replaceAll("'", "")}'`,
    () => `cat <<EOF\n${text(random, 0)} $(${inner()})\nEOF`,
    () => `cat <<'EOF'\n$(${inner()})\nEOF\n${inner()}`,
    () => `cat <<EOF | ${inner()}\nx\nEOF`,
    () => `cat <<-E > new.txt\n\tx\n\tE\n${inner()}`,
    () => `sh <<EOF\n${inner()}\nEOF`,
    () => `alias ls='touch PWN'; ${inner()}`,
    () => `trap '${inner().replaceAll("'", "")}' EXIT`,
    () => `set -- ${text(random, 0)}; ${inner()}`,
    () => `${inner()} # ${text(random, 0)}`,
    () => `export X=1; ${inner()}`,
  ])();
}

function script(random: Random, depth = 0): string {
  const parts = 1 + (random.chance(0.45) ? random.below(3) : 0);
  let line = "";
  for (let index = 0; index < parts; index += 1) {
    if (index > 0) line += random.pick([" && ", " || ", "; ", " | ", "\n", " & ", ";", "&&", "|", " |& ", " \\\n&& "]);
    line += depth < 3 && random.chance(0.22) ? compound(random, depth) : simple(random, depth);
  }
  return line;
}

const NOISE = " ;&|()<>$`\"'\\{}*?[]#~=!\n\t-aT1/%,.:@^+é\u00a0";

/** Deletes, doubles, swaps or inserts a few characters. */
function mutate(random: Random, line: string): string {
  let result = line;
  for (let count = 1 + random.below(3); count > 0; count -= 1) {
    const at = random.below(result.length + 1);
    const kind = random.below(4);
    if (kind === 0) result = result.slice(0, at) + result.slice(at + 1);
    else if (kind === 1) result = result.slice(0, at) + random.pick([...NOISE]) + result.slice(at);
    else if (kind === 2) result = result.slice(0, at) + random.pick([...NOISE]) + result.slice(at + 1);
    else result = result.slice(0, at) + result.slice(at, at + 1 + random.below(6)) + result.slice(at);
  }
  return result;
}

export function randomLine(random: Random): string {
  const line = script(random);
  return random.chance(0.3) ? mutate(random, line) : line;
}
