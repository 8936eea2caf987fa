/** Goes through a reading as a shell would and collects every command that it may start. */
import type { CommandFacts, CommandPart } from "./facts.ts";
import { either, type FolderState, type Outcome, stays } from "./folders.ts";
import { checkFetched, checkTogether, definedNames, windowsProblems } from "./line-rules.ts";
import type { Reading } from "./read-line.ts";
import { fixedWord, unknownWord } from "./shell-word.ts";
import { runSimple, runWords } from "./simple.ts";
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

function asPart({ text, words, effect, why, paths, cwd }: Draft): CommandPart {
  return { text, words, effect, why, paths, cwd };
}

/** A whole text as one shell reads it. */
async function walkText(line: string, walk: Walk, state: FolderState): Promise<Outcome> {
  const reading = await walk.read(line);
  const inner: Walk = { ...walk, line };
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

async function walkPipeline({ negated, commands }: Pipeline, walk: Walk, state: FolderState): Promise<Outcome> {
  const [only, ...more] = commands;
  if (only === undefined) return stays(state);
  if (more.length === 0) {
    const { success, failure } = await walkCommand(only, walk, state);
    return negated ? { success: failure, failure: success } : { success, failure };
  }
  const ends: number[] = [walk.parts.length];
  let outcome = stays(state);
  for (const command of commands) {
    outcome = await walkCommand(command, walk, state);
    ends.push(walk.parts.length);
  }
  checkFetched(walk.parts, ends);
  // The last command of a pipe runs in this shell in some shells, in one of its own in others.
  return stays(either(state, either(outcome.success, outcome.failure)));
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
  return walkCompound(command, walk, state);
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
      return walkAgain([command.condition, command.body], walk, state);
    case "for":
      await substitutions(command.items, walk, state);
      return walkAgain([command.body], walk, state);
    case "case":
      return walkCase(command, walk, state);
    case "function":
      return walkFunction(command, walk, state);
  }
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
