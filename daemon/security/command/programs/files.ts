/** Programs that make, change, move or remove files. */
import { type Call, type Finding, type Grammars, reading, replacing, unknown, writing } from "../finding.ts";
import { type ParsedOptions, parseOptions, type Touch } from "../options.ts";
import { fixedWord, type ShellWord } from "../shell-word.ts";

type Parsed = Extract<ParsedOptions, { ok: true }>;

/** A grammar whose operands are all written. */
function writes(spec: string, why: string) {
  return ({ args }: Call): Finding => {
    const parsed = parseOptions(spec, args);
    if (!parsed.ok) return unknown(parsed.why);
    return { effect: "changes", why, touches: [...parsed.touches, ...replacing(parsed.operands)] };
  };
}

function has({ given }: Parsed, ...names: readonly string[]): boolean {
  return given.some(({ name }) => names.includes(name));
}

const RECURSIVE_COPY = ["-r", "-R", "-a", "-d", "-P", "-H", "-L", "--recursive", "--archive", "--no-dereference"];
const COPY = `-abfHiLnPpRrTuvdx -t:> --archive --backup? --force --interactive --no-clobber --no-dereference --no-target-directory
  --parents --preserve? --recursive --target-directory=> --update? --verbose --one-file-system`;

function copy({ args }: Call): Finding {
  const parsed = parseOptions(COPY, args);
  if (!parsed.ok) return unknown(parsed.why);
  const { from, to } = lastIsTarget(parsed);
  const isDeep = has(parsed, ...RECURSIVE_COPY);
  const touches: Touch[] = [...parsed.touches, ...reading(from), ...targets(from, to)];
  return {
    effect: "changes",
    why: "copies files",
    touches,
    relinks: isDeep,
    ...(isDeep ? { readsBelow: { hidden: true, follows: has(parsed, "-L", "-H") } } : {}),
  };
}

/** A file that is moved takes nothing else along; a folder or a link can change what other paths mean. */
async function move({ args, isPlainFile }: Call): Promise<Finding> {
  const parsed = parseOptions(
    "-bfinTuv -t:> --backup? --force --no-clobber --no-target-directory --target-directory=> --verbose",
    args,
  );
  if (!parsed.ok) return unknown(parsed.why);
  const { from, to } = lastIsTarget(parsed);
  const touches: Touch[] = [...parsed.touches, ...reading(from), ...replacing(from), ...targets(from, to)];
  return { effect: "changes", why: "moves files", touches, relinks: !(await arePlain(from, isPlainFile)) };
}

async function arePlain(words: readonly ShellWord[], isPlainFile: Call["isPlainFile"]): Promise<boolean> {
  for (const word of words) if (!(await isPlainFile(word))) return false;
  return true;
}

function lastIsTarget(parsed: Parsed): { from: readonly ShellWord[]; to: readonly ShellWord[] } {
  if (has(parsed, "-t", "--target-directory")) return { from: parsed.operands, to: [] };
  return { from: parsed.operands.slice(0, -1), to: parsed.operands.slice(-1) };
}

/** A target may be a folder: then the file gets its old name there. */
function targets(from: readonly ShellWord[], to: readonly ShellWord[]): Touch[] {
  const below = to.flatMap((target) =>
    from.map((word) => {
      const name =
        word.value
          ?.split("/")
          .filter((part) => part !== "")
          .at(-1) ?? null;
      const value = target.value === null || name === null ? null : `${target.value}/${name}`;
      return { ...target, value, spreads: false };
    }),
  );
  return replacing([...to, ...below]);
}

const DISASTERS = new Set([
  "/",
  "/*",
  "/.",
  "~",
  "~/",
  "~/*",
  "/home",
  "/usr",
  "/etc",
  "/bin",
  "/var",
  "/root",
  "/Users",
]);

function remove(call: Call): Finding {
  const parsed = parseOptions(
    "-dfiIrRv --dir --force --interactive? --one-file-system --preserve-root? --recursive --verbose",
    call.args,
  );
  if (!parsed.ok && call.args.some(({ value }) => value === "--no-preserve-root")) return forbiddenRemoval();
  if (!parsed.ok && call.args.some(({ value }) => /^-[a-zA-Z]*[rR]|^--recursive$/.test(value ?? "")))
    return call.args.some((word) => isDisaster(word, call)) ? forbiddenRemoval() : removesFolders();
  if (!parsed.ok) return unknown(parsed.why);
  const touches = replacing(parsed.operands);
  if (has(parsed, "-r", "-R", "--recursive")) {
    if (parsed.operands.some((word) => isDisaster(word, call))) return { ...forbiddenRemoval(), touches };
    return { ...removesFolders(), touches };
  }
  const isSure = parsed.operands.every(({ value, fromPattern }) => value !== null && !fromPattern);
  if (!isSure) return { effect: "destructive", why: "removes files that a pattern names", touches };
  return { effect: "changes", why: "removes files", touches };
}

function removesFolders(): Finding {
  return { effect: "destructive", why: "removes folders with all that is in them" };
}

function forbiddenRemoval(): Finding {
  return { effect: "forbidden", why: "removes the system's or the user's files" };
}

function isDisaster({ written, value }: ShellWord, { cwd, home }: Call): boolean {
  const plain = (value ?? written).replace(/(?<=.)\/+$/, "");
  if (DISASTERS.has(written) || DISASTERS.has(plain)) return true;
  if (home !== null && (plain === home || written === `${home}/*`)) return true;
  if (/^\$\{?HOME\}?(?:\/\*?)?$/.test(written.replaceAll('"', ""))) return true;
  const isEverything = ["*", ".", "./*", "./"].includes(written);
  return isEverything && (cwd === "/" || (cwd !== null && cwd === home));
}

function link({ args }: Call): Finding {
  const parsed = parseOptions("-sfnrTvi --symbolic --force --no-dereference --relative --verbose", args);
  if (!parsed.ok) return unknown(parsed.why);
  const [target, name, ...rest] = parsed.operands;
  if (!has(parsed, "-s", "--symbolic"))
    return unknown("a hard link hides where a file belongs", writing(parsed.operands));
  if (target === undefined || rest.length > 0) return unknown("its names are not understood", writing(parsed.operands));
  const made = name ?? fixedWord(target.value?.split("/").at(-1) ?? ".");
  // A link's target counts from the link's own folder.
  const folder = made.value?.includes("/") ? made.value.replace(/\/[^/]*$/, "/") : "";
  const isAbsolute = target.value?.startsWith("/") ?? false;
  const points = target.value === null || isAbsolute ? target : { ...target, value: folder + target.value };
  return {
    effect: "changes",
    why: "makes a link",
    touches: [...reading([points]), ...writing([points]), ...replacing([made])],
    relinks: true,
  };
}

/** Nothing for everybody to write, nothing that takes the owner's own reading away, no bit that lends rights. */
const PLAIN_MODE = /^(?:[ugoa]*\+[rxX]+|[ua]?-x|[ug]*\+[rwxX]+|[go]+-[rwx]+|0?[4-7][0-7][0145])$/;

function changeMode({ args }: Call): Finding {
  // A mode such as -x looks like an option.
  const [first, ...rest] = args;
  const isMode = PLAIN_MODE.test(first?.value ?? "");
  const parsed = parseOptions("-v --verbose", isMode ? rest : args);
  if (!parsed.ok)
    return isWideOpen(args) ? { effect: "forbidden", why: "opens the whole system to everybody" } : unknown(parsed.why);
  const operands = isMode ? parsed.operands : parsed.operands.slice(1);
  if (!isMode) return unknown("its mode is not understood", writing(operands));
  return { effect: "changes", why: "changes who may use files", touches: writing(operands) };
}

function isWideOpen(args: readonly ShellWord[]): boolean {
  return (
    args.some(({ value }) => /^-\w*R/.test(value ?? "")) &&
    args.some(({ value, written }) => DISASTERS.has(value ?? written))
  );
}

function tee({ args }: Call): Finding {
  const parsed = parseOptions("-ai --append --ignore-interrupts", args);
  if (!parsed.ok) return unknown(parsed.why);
  const touches = writing(parsed.operands);
  return { effect: touches.length > 0 ? "changes" : "reads", why: "writes its input into files", touches };
}

/** Longer than a line of text says: a disk can be filled with it. */
function cut(call: Call): Finding {
  const parsed = parseOptions("-s: -c --size= --no-create", call.args);
  if (!parsed.ok) return unknown(parsed.why);
  if (!parsed.given.every(({ value }) => value === null || /^[-<]?\d{1,7}$/.test(value)))
    return unknown("makes a file longer", writing(parsed.operands));
  return { effect: "changes", why: "cuts files", touches: replacing(parsed.operands) };
}

const destroys = (why: string) => (): Finding => ({ effect: "destructive", why });

export const files: Grammars = {
  mkdir: writes("-pv --parents --verbose", "makes folders"),
  rmdir: writes("-pv --parents --verbose", "removes empty folders"),
  touch: writes("-acm -d: -t: -r:< --date= --no-create --reference=< --time=", "makes files or renews their time"),
  cp: copy,
  mv: move,
  rm: remove,
  unlink: writes("", "removes a file"),
  ln: link,
  chmod: changeMode,
  tee,
  truncate: cut,
  patch: () => unknown("what a patch changes stands in the patch"),
  shred: destroys("overwrites files so that nothing brings them back"),
  wipe: destroys("overwrites files so that nothing brings them back"),
};
