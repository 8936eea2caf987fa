/** One simple command: its words, its redirections, what its grammar says, and what it starts in turn. */
import { join, resolve, sep } from "node:path";
import { lstat, stat } from "../../host/files.ts";
import { resolveAnywhere, resolveEntry } from "../paths/fence.ts";
import { isWithin } from "../paths/path-names.ts";
import { worst } from "./effects.ts";
import { expandOne, expandWords } from "./expand.ts";
import type { CommandEffect, PathUse } from "./facts.ts";
import type { Call, Finding } from "./finding.ts";
import { changeFolder, type FolderState, type Outcome, stays } from "./folders.ts";
import { grammarOf } from "./grammars.ts";
import type { Touch } from "./options.ts";
import { mayBeOwnRepository } from "./repositories.ts";
import { secretsBelow } from "./secrets-below.ts";
import { harmlessSetting, isPlainName, maySecretBe } from "./settings.ts";
import { fixedWord, type Listing, type ShellWord, unknownWord } from "./shell-word.ts";
import type { Redirect, SimpleCommand, WordNode } from "./syntax.ts";
import { type Draft, substitutions, type Walk } from "./walk-state.ts";

/** What stands beside the words. */
export interface Beside {
  readonly text: string;
  readonly touches: readonly Touch[];
  /** What raises the effect: an environment that is set for it. */
  readonly lifts: readonly string[];
}

const MAX_DEPTH = 8;

export async function runSimple(command: SimpleCommand, outer: Walk, state: FolderState): Promise<Outcome> {
  const { start, end, assignments, words, redirects } = command;
  const walk = withInput(outer, redirects);
  const around = { line: walk.line, home: walk.place.home, folder: state, variables: walk.variables };
  const before = walk.parts.length;
  const nodes: WordNode[] = [
    ...assignments.map(({ value }) => value),
    ...words,
    ...redirects.map(({ target }) => target),
  ];
  await substitutions(nodes, walk, state);
  checkVariables(nodes, walk);
  const fetched = walk.parts.slice(before).some(({ effect, decodes }) => effect === "network" || decodes);
  const expanded: ShellWord[] = [];
  for (const word of words) {
    const listing = listingOf(word, walk);
    for (const one of await expandWords([word], around)) {
      const known = expanded.length === 0 && isNamedByLoop(word, walk) ? unknownWord(one.written) : one;
      expanded.push({
        ...known,
        ...(known.value === null && fetched && { fetched }),
        ...(listing && { anyOf: listing }),
      });
    }
  }
  const touches = redirects.flatMap((redirect) => redirection(redirect, around, walk));
  const lifts: string[] = [];
  for (const { name, value } of assignments) {
    const known = expandOne(value, around).value;
    if (
      words.length === 0
        ? isPlainName(name) && !walk.variables.has(name)
        : harmlessSetting(name, known) || (name === "IFS" && expanded[0]?.value === "read")
    )
      continue;
    lifts.push(`sets ${name}`);
    if (words.length === 0) walk.unclear.add(`it sets ${name} for what follows`);
  }
  const beside = { text: walk.line.slice(start, end), touches, lifts };
  if (words.length > 0) return runWords(expanded, beside, walk, state);
  if (touches.length > 0 || lifts.length > 0)
    await addPart([], { effect: "reads", why: "redirects what others print" }, beside, walk, state);
  return stays(state);
}

/** What comes through the pipe is not read where something else is put in its place. */
export function withInput(walk: Walk, redirects: readonly Redirect[]): Walk {
  const { input, ...rest } = walk;
  return input !== undefined && redirects.some(({ operator }) => operator.startsWith("<")) ? rest : walk;
}

/** A program's name in a variable is more than a person sees in the line. */
function isNamedByLoop({ pieces }: WordNode, { variables }: Walk): boolean {
  return pieces.some((piece) => piece.kind === "variable" && variables.has(piece.name));
}

/** A word that is nothing but what a command prints, where that is names of files. */
function listingOf({ pieces }: WordNode, { listings }: Walk): Listing | undefined {
  const [piece, ...more] = pieces;
  if (piece?.kind !== "substitution" || piece.quoted || more.length > 0 || piece.scripts.length !== 1) return undefined;
  const [item, ...others] = piece.scripts[0] ?? [];
  return item === undefined || others.length > 0 || item.rest.length > 0 ? undefined : listings.get(item.first);
}

/** What is in the environment under such a name is printed or handed on. */
function checkVariables(nodes: readonly WordNode[], walk: Walk): void {
  for (const { pieces } of nodes)
    for (const piece of pieces)
      if (piece.kind === "variable" && /^[A-Z_]/.test(piece.name) && maySecretBe(piece.name))
        walk.unclear.add(`it uses ${piece.name}, which may hold a secret`);
}

/** Where nothing of a user's is read or changed. */
const HARMLESS_TARGETS = new Set(["/dev/null", "/dev/stdout", "/dev/stderr", "/dev/stdin"]);

function redirection({ operator, target }: Redirect, around: Parameters<typeof expandOne>[1], walk: Walk): Touch[] {
  if (operator === "<<" || operator === "<<<") return [];
  const word = expandOne(target, around);
  if ((operator === ">&" || operator === "<&") && word.value !== null && /^\d?-?$/.test(word.value)) return [];
  if (word.value !== null && HARMLESS_TARGETS.has(word.value)) return [];
  if (operator === ">&" || operator === "<&") walk.unclear.add("shells read >& with a name differently");
  if (word.value !== null && /[*?[]/.test(word.value)) walk.unclear.add("a redirection into a pattern");
  const reads = operator === "<" || operator === "<&" || operator === "<>";
  return [
    ...(reads ? [{ use: "read" as const, word }] : []),
    ...(operator === "<" || operator === "<&" ? [] : [{ use: "write" as const, word }]),
  ];
}

export async function runWords(
  words: readonly ShellWord[],
  beside: Beside,
  walk: Walk,
  state: FolderState,
): Promise<Outcome> {
  const [program, ...args] = words;
  if (program === undefined) return stays(state);
  if (walk.depth >= MAX_DEPTH) {
    walk.unclear.add("it is nested too deeply");
    return stays(null);
  }
  if (["read", "eval"].includes(program.value ?? "") && walk.variables.size > 0)
    walk.unclear.add("a loop's variable may be changed in the loop");
  const finding = await foundFor(program, args, walk, state);
  if (finding.unclear !== undefined) walk.unclear.add(finding.unclear);
  const own = finding.folder === undefined ? state : await otherFolder(finding.folder, walk, state);
  await addPart(words, finding, beside, walk, state, own);
  const inner: Walk = { ...walk, depth: walk.depth + 1 };
  for (const started of finding.starts ?? []) await runWords(started, { ...beside, touches: [] }, inner, own);
  if (finding.script !== undefined) return runScript(finding.script, inner, own, state);
  if (isFolderCommand(program.value, walk)) return moved(program.value ?? "", args, walk, state);
  return walk.functions.has(program.value ?? "") ? stays(null) : stays(state);
}

/** Programs of which every operand is a file or a pattern, however many there are. */
const TAKES_FILES = new Set(
  "wc cat head tail grep egrep fgrep rg ls stat file md5sum sha1sum sha256sum nl du cut basename dirname realpath".split(
    " ",
  ),
);

function takesAnyFiles({ value }: ShellWord, before: readonly ShellWord[]): boolean {
  const hasProgram = before.some((word) => word.value !== null && !word.value.startsWith("-"));
  return TAKES_FILES.has(value ?? "") || (value === "sed" && hasProgram);
}

/** Words that stand for any file below a folder: where the program only reads, it reads what lies there. */
async function foundFor(
  program: ShellWord,
  args: readonly ShellWord[],
  walk: Walk,
  state: FolderState,
): Promise<Finding> {
  const first = args.findIndex(({ anyOf }) => anyOf !== undefined);
  const listing = args[first]?.anyOf;
  if (listing === undefined || !takesAnyFiles(program, args.slice(0, first)))
    return findingOf(program, args, walk, state);
  const named = args.flatMap((word) => (word.anyOf === undefined ? [word] : word.anyOf.roots));
  const finding = await findingOf(program, named, walk, state);
  const isReading = (finding.touches ?? []).every(({ use }) => use === "read");
  const { only, tracked } = listing;
  const isWhole = listing.roots.every(
    ({ value, fromPattern }) => value !== null && !value.startsWith("-") && !fromPattern,
  );
  const isMore = finding.starts !== undefined || finding.script !== undefined || finding.runsInput || finding.decodes;
  if (finding.effect !== "reads" || !isReading || !isWhole || isMore || finding.unclear !== undefined)
    return findingOf(program, args, walk, state);
  const below = { hidden: true, follows: true, asWords: true, ...(only && { only }), ...(tracked && { tracked }) };
  return { ...finding, readsBelow: below };
}

async function findingOf(
  program: ShellWord,
  args: readonly ShellWord[],
  walk: Walk,
  state: FolderState,
): Promise<Finding> {
  const { place, functions } = walk;
  if (program.value === null || program.fromPattern)
    return {
      effect: program.fetched ? "forbidden" : "unknown",
      why: "starts what only the shell will know",
      unclear: "a program's name is not known",
    };
  if (functions.has(program.value)) return { effect: "unknown", why: "calls a function of the same line" };
  const { root, home } = place;
  const isInstalled = async (name: string) =>
    /^[\w.@-]+$/.test(name) && (await stat(join(root, "node_modules", ".bin", name))) !== undefined;
  const cwd = state?.physical ?? null;
  const isPlainFile = async ({ value }: ShellWord) => {
    if (value === null || cwd === null || value.includes("..")) return false;
    const info = await lstat(resolve(cwd, value)).catch(() => null);
    return info !== null && (info === undefined || info.isFile());
  };
  const isOwnRepository = (folder: ShellWord | undefined) => mayBeOwnRepository(folder, cwd, walk);
  const { input } = walk;
  const call: Omit<Call, "name"> = {
    ...{ args, cwd, root, home, isInstalled, isPlainFile, isOwnRepository },
    ...(input && { input }),
  };
  return grammarOf(program.value, call);
}

async function otherFolder(word: ShellWord, walk: Walk, state: FolderState): Promise<FolderState> {
  const { success } = await changeFolder([fixedWord("--"), word], state, walk.place.home, walk.place.root, true);
  return success;
}

function isFolderCommand(name: string | null, { functions }: Walk): boolean {
  return name !== null && ["cd", "pushd", "popd"].includes(name) && !functions.has(name);
}

async function moved(name: string, args: readonly ShellWord[], walk: Walk, state: FolderState): Promise<Outcome> {
  if (name !== "cd") return stays(null);
  const settled = walk.parts.every(({ effect }) => effect === "reads");
  return changeFolder(args, state, walk.place.home, walk.place.root, settled);
}

async function runScript(
  { word, here }: NonNullable<Finding["script"]>,
  walk: Walk,
  own: FolderState,
  state: FolderState,
): Promise<Outcome> {
  if (word.value === null) {
    walk.unclear.add("the text of a shell is known only when it runs");
    return stays(here ? null : state);
  }
  const outcome = await walk.runText(word.value, walk, own);
  return here ? outcome : stays(state);
}

const RAW_DEVICE = /^\/dev\/(?:sd|hd|vd|xvd|nvme|mmcblk|disk|rdisk|md|dm-|loop|mem$|kmem$|port$)/;

async function addPart(
  words: readonly ShellWord[],
  finding: Finding,
  { text, touches, lifts }: Beside,
  walk: Walk,
  from: FolderState,
  folder = from,
): Promise<void> {
  const paths: PathUse[] = [];
  for (const touch of finding.touches ?? []) paths.push(...(await pathUse(touch, walk, folder)));
  if (finding.readsBelow !== undefined)
    for (const path of [...paths])
      if (path.use === "read") paths.push(...(await secretsBelow(path, finding.readsBelow, walk)));
  // Redirections are opened by the shell, wherever the program goes then.
  for (const touch of touches) paths.push(...(await pathUse(touch, walk, from)));
  let { effect, why } = finding;
  const raise = (to: CommandEffect, because: string) => {
    if (worst(effect, to) !== effect) [effect, why] = [to, because];
  };
  if (touches.some(({ use }) => use === "write")) raise("changes", `${why}; its output goes into a file`);
  if (lifts.length > 0) raise("unknown", `${lifts.join(", ")} for what it runs`);
  if (paths.some(({ use, absolute }) => use === "write" && RAW_DEVICE.test(absolute ?? "")))
    raise("forbidden", "writes to a raw device");
  if (finding.runsFile && paths.some(({ inside }) => inside === null))
    raise("unknown", "runs a file that is not of the workspace");
  if (effect === "project" && (folder === null || !isWithin(walk.place.root, folder.physical, sep)))
    raise("unknown", "runs in a folder that is not of the workspace");
  if (words.some(({ fetched }) => fetched) && (finding.script !== undefined || finding.runsInput))
    raise("forbidden", "runs what it fetches, unseen");
  const draft: Draft = {
    text,
    words: words.map(({ value, fromPattern }) => (fromPattern ? null : value)),
    effect,
    why,
    paths,
    cwd: folder?.physical ?? null,
    ...(lifts.length > 0 ? { sets: lifts } : {}),
    ...(finding.runsInput ? { runsInput: true } : {}),
    ...(finding.decodes ? { decodes: true } : {}),
    ...(finding.relinks ? { relinks: true } : {}),
    ...(words.some(({ fromPattern, anyOf }) => fromPattern || anyOf !== undefined) ? { usesPattern: true } : {}),
    ...(finding.lists === undefined || finding.folder !== undefined || touches.length > 0
      ? {}
      : { lists: finding.lists }),
    ...(finding.passes && paths.length === 0 ? { passes: true } : {}),
  };
  walk.parts.push(draft);
}

async function pathUse({ use, word, isEntry = false }: Touch, walk: Walk, folder: FolderState): Promise<PathUse[]> {
  const { root, linked } = walk.place;
  const written = word.written;
  if (word.value === null || word.value === "") return [{ use, written, inside: null, absolute: null }];
  if (HARMLESS_TARGETS.has(word.value)) return [];
  const isAbsolutePath = word.value.startsWith("/") || (walk.place.platform === "win32" && /^[a-z]:/i.test(word.value));
  if (!isAbsolutePath && folder === null) {
    walk.unclear.add("the folder that a path in it starts from is not known");
    return [{ use, written, inside: null, absolute: null }];
  }
  const path = isAbsolutePath ? word.value : `${folder?.physical ?? ""}/${word.value}`;
  const place = await resolveAnywhere(root, path, use === "read" ? linked : []);
  const followed: PathUse = { use, written, ...place };
  if (!isEntry) return [followed];
  const entry = await resolveEntry(root, path);
  return entry.absolute === place.absolute ? [followed] : [{ use, written, ...entry }, followed];
}
