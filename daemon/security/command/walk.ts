/** Goes through a reading as a shell would and collects every command that it may start. */

import { expandWords } from "./expand.ts";
import type { CommandFacts, CommandPart } from "./facts.ts";
import { either, type FolderState, type Outcome, stays } from "./folders.ts";
import { checkFetched, checkTogether, definedNames, windowsProblems } from "./line-rules.ts";
import type { Reading } from "./read-line.ts";
import { isPlainName } from "./settings.ts";
import { fixedWord, type Listing, unknownWord } from "./shell-word.ts";
import { runSimple, runWords, withInput } from "./simple.ts";
import type { AndOr, Command, CompoundCommand, Pipeline, Script } from "./syntax.ts";
import { type CommandPlace, type Draft, substitutions, type Walk } from "./walk-state.ts";

const MAX_PARTS = 200;

export async function analyseReading(
  line: string,
  place: CommandPlace,
  read: (line: string) => Promise<Reading>,
): Promise<CommandFacts> {
  const walk: Walk = {
    line,
    place,
    parts: [],
    unclear: new Set(),
    functions: new Set(),
    variables: new Map(),
    listings: new Map(),
    read,
    depth: 0,
    runText: walkText,
    runScript: walkScript,
  };
  await walkText(line, walk, { logical: place.cwd, physical: place.cwd });
  checkTogether(walk);
  for (const problem of windowsProblems(walk)) walk.unclear.add(problem);
  if (walk.parts.length === 0 && walk.unclear.size > 0)
    walk.parts.push({
      text: line.slice(0, 200),
      words: [null],
      effect: "unknown",
      why: "it could not be read",
      paths: [],
      cwd: null,
    });
  return { parts: walk.parts.map(asPart), unclear: [...walk.unclear] };
}

function asPart({ text, words, effect, why, paths, cwd, sets }: Draft): CommandPart {
  return { text, words, effect, why, paths, cwd, ...(sets && { sets }) };
}

/** A whole text as one shell reads it. */
async function walkText(line: string, walk: Walk, state: FolderState): Promise<Outcome> {
  const reading = await walk.read(line);
  // A shell of its own knows no variables of this one; a text in this shell may set them.
  const inner: Walk = { ...walk, line, variables: new Map() };
  for (const problem of reading.problems) walk.unclear.add(problem);
  for (const name of definedNames(reading.script)) walk.functions.add(name);
  const outcome = await walkScript(reading.script, inner, state);
  for (const stray of reading.strays)
    await runWords(stray.words.map(strayWord), { text: stray.text, touches: [], lifts: [] }, inner, null);
  return outcome;
}

/** Only the words that hold nothing special are known. */
function strayWord(text: string) {
  return /^[\w./=@:+,-]+$/.test(text) ? fixedWord(text) : unknownWord(text);
}

async function walkScript(script: Script, walk: Walk, state: FolderState): Promise<Outcome> {
  let outcome = stays(state);
  let current = state;
  for (const item of script) {
    const after = await walkAndOr(item, walk, current);
    if (item.background) walk.unclear.add("a command of it runs on in the background");
    outcome = item.background ? stays(current) : after;
    current = either(outcome.success, outcome.failure);
  }
  return outcome;
}

async function walkAndOr({ first, rest }: AndOr, walk: Walk, state: FolderState): Promise<Outcome> {
  let { success, failure } = await walkPipeline(first, walk, state);
  for (const { operator, pipeline } of rest) {
    const after = await walkPipeline(pipeline, walk, operator === "&&" ? success : failure);
    if (operator === "&&") {
      success = after.success;
      failure = either(failure, after.failure);
    } else {
      success = either(success, after.success);
      failure = after.failure;
    }
  }
  return { success, failure };
}

async function walkPipeline(pipeline: Pipeline, walk: Walk, state: FolderState): Promise<Outcome> {
  const { negated, commands } = pipeline;
  const [only, ...more] = commands;
  if (only === undefined) return stays(state);
  if (more.length === 0) {
    const before = walk.parts.length;
    const { success, failure } = await walkCommand(only, walk, state);
    const listing = printed(walk.parts.slice(before), undefined);
    if (listing !== undefined) walk.listings.set(pipeline, listing);
    return negated ? { success: failure, failure: success } : { success, failure };
  }
  const ends: number[] = [walk.parts.length];
  let outcome = stays(state);
  let input: Listing | undefined;
  for (const command of commands) {
    const before = walk.parts.length;
    const { input: _, ...rest } = walk;
    outcome = await walkCommand(command, input === undefined ? rest : { ...walk, input }, state);
    input = printed(walk.parts.slice(before), input);
    ends.push(walk.parts.length);
  }
  if (input !== undefined) walk.listings.set(pipeline, input);
  checkFetched(walk.parts, ends);
  // The last command of a pipe runs in this shell in some shells, in one of its own in others.
  return stays(either(state, either(outcome.success, outcome.failure)));
}

/** Names of files that a command of a pipe prints: its own, or those that it got. */
function printed(parts: readonly Draft[], input: Listing | undefined): Listing | undefined {
  const [part, ...more] = parts;
  if (part === undefined || more.length > 0 || part.effect !== "reads") return undefined;
  return part.lists ?? (part.passes ? input : undefined);
}

async function walkCommand(command: Command, walk: Walk, state: FolderState): Promise<Outcome> {
  if (walk.parts.length >= MAX_PARTS) {
    walk.unclear.add(`it starts more than ${MAX_PARTS} commands`);
    return stays(null);
  }
  if (command.kind === "simple") return runSimple(command, walk, state);
  if (command.redirects.length > 0) {
    const { start, end, redirects } = command;
    await runSimple({ kind: "simple", start, end, assignments: [], words: [], redirects }, walk, state);
  }
  return walkCompound(command, withInput(walk, command.redirects), state);
}

async function walkCompound(command: CompoundCommand, walk: Walk, state: FolderState): Promise<Outcome> {
  switch (command.kind) {
    case "group":
      return walkScript(command.body, walk, state);
    case "subshell":
      await walkScript(command.body, walk, state);
      return stays(state);
    case "if":
      return walkIf(command, walk, state);
    case "loop":
      if (!readsLines(command.condition)) walk.unclear.add("it may never end");
      return walkAgain([command.condition, command.body], walk, state);
    case "for":
      return walkFor(command, walk, state);
    case "case":
      return walkCase(command, walk, state);
    case "function":
      return walkFunction(command, walk, state);
  }
}

/** True for `while read …`: it ends with its input. */
function readsLines(condition: Script): boolean {
  const only = condition.length === 1 ? condition[0]?.first.commands[0] : undefined;
  if (only?.kind !== "simple") return false;
  const [piece, ...rest] = only.words[0]?.pieces ?? [];
  return piece?.kind === "literal" && piece.text === "read" && rest.length === 0;
}

const MAX_ROUNDS = 40;

/** Each round with what its variable is then; where that is not sure, one round in which it is not known. */
async function walkFor(
  { name, items, body }: Extract<CompoundCommand, { kind: "for" }>,
  walk: Walk,
  state: FolderState,
): Promise<Outcome> {
  await substitutions(items, walk, state);
  if (!isPlainName(name)) walk.unclear.add(`it sets ${name} for what follows`);
  const around = { line: walk.line, home: walk.place.home, folder: state, variables: walk.variables };
  const words = await expandWords(items, around);
  const isKnown = words.length > 0 && words.every(({ value }) => value !== null && value !== "");
  const begin = walk.parts.length;
  if (!isKnown || words.length > MAX_ROUNDS || walk.variables.has(name) || changesName(body, name)) {
    const outer = new Map([...walk.variables].filter(([key]) => key !== name));
    return walkAgain([body], { ...walk, variables: outer }, state);
  }
  const rounds = words.map(({ value }) => new Map([...walk.variables, [name, value ?? ""]]));
  let end = state;
  for (const variables of rounds) end = either(end, (await walkAgain([body], { ...walk, variables }, state)).success);
  // A round that moves makes all others start elsewhere.
  if (end === null && state !== null) {
    walk.parts.length = begin;
    for (const variables of rounds) await walkAgain([body], { ...walk, variables }, null);
  }
  if (words.some(({ fromPattern }) => fromPattern))
    for (const [index, part] of walk.parts.entries())
      if (index >= begin) walk.parts[index] = { ...part, usesPattern: true };
  return stays(end);
}

/** Whether something in the loop sets its variable anew, however it is written. */
function changesName(body: Script, name: string): boolean {
  let changes = false;
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    else if (typeof value === "object" && value !== null) {
      if ("name" in value && value.name === name && !("kind" in value && value.kind === "variable")) changes = true;
      for (const item of Object.values(value)) visit(item);
    }
  };
  visit(body);
  return changes;
}

/** Where a function is called from is not followed. One that starts itself may never end. */
async function walkFunction(
  { name, body }: Extract<CompoundCommand, { kind: "function" }>,
  walk: Walk,
  state: FolderState,
): Promise<Outcome> {
  const begin = walk.parts.length;
  await walkScript(body, walk, null);
  for (const [index, part] of walk.parts.entries())
    if (index >= begin && part.words[0] === name)
      walk.parts[index] = { ...part, effect: "forbidden", why: "a function that starts itself again and again" };
  return stays(state);
}

async function walkIf(
  { branches, otherwise }: Extract<CompoundCommand, { kind: "if" }>,
  walk: Walk,
  state: FolderState,
): Promise<Outcome> {
  const ends: FolderState[] = [];
  let current = state;
  for (const { condition, body } of branches) {
    const tested = await walkScript(condition, walk, current);
    const after = await walkScript(body, walk, tested.success);
    ends.push(after.success, after.failure);
    current = tested.failure;
  }
  const after = await walkScript(otherwise, walk, current);
  return stays(joined([...ends, after.success, after.failure]));
}

async function walkCase(
  { words, bodies }: Extract<CompoundCommand, { kind: "case" }>,
  walk: Walk,
  state: FolderState,
): Promise<Outcome> {
  await substitutions(words, walk, state);
  const ends: FolderState[] = [state];
  for (const body of bodies) {
    const { success, failure } = await walkScript(body, walk, state);
    ends.push(success, failure);
  }
  return stays(joined(ends));
}

function joined([first = null, ...rest]: readonly FolderState[]): FolderState {
  return rest.reduce(either, first);
}

/** A loop's second round starts where the first one ended. */
async function walkAgain(scripts: readonly Script[], walk: Walk, state: FolderState): Promise<Outcome> {
  const begin = walk.parts.length;
  let current = state;
  for (const script of scripts) {
    const { success, failure } = await walkScript(script, walk, current);
    current = either(success, failure);
  }
  if (state === null || either(current, state) !== null) return stays(state);
  walk.parts.length = begin;
  for (const script of scripts) await walkScript(script, walk, null);
  return stays(null);
}
