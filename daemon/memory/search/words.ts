/** What a word is, for index, history and query alike. */
import { stem } from "./stem.ts";

const SHORTEST_WORD = 2;
const ASCII_PARTS = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+/g;
const PARTS = /\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|[\p{Lo}\p{Lm}]+|\p{N}+/gu;
const ASCII = /^[\x00-\x7f]*$/;

const STOP_WORDS =
  list(`a about above after again all also am an and any are aren as at be because been before being below
  between both but by can cannot could couldn did didn do does doesn doing don done down during each either else etc ever
  every few for from further had hadn has hasn have haven having he her here hers him his how however i if in instead into is
  isn it its itself just let like ll may me might more most much must my near need needs neither no nor not now of off on
  once only onto or other otherwise our out over own per perhaps please quite rather re really same shall she should
  shouldn since so some something still such than that the their them then there these they thing things this those though
  through thus to too toward under until up upon us very via was wasn way we well were weren what when where whether which
  while who whom whose why will with within without won would wouldn yes yet you your`);

const TASK_WORDS =
  list(`add added adding adds adjust adjusted adjusts allow allowed allows apply avoid avoided avoids bug
  bugfix bugs bump change changed changes changing clean cleanup correct corrected correctly create created delete deleted
  drop dropped enable enabled enhance ensure ensures feat feature features fix fixed fixes fixing fixup handle handled
  handles handling implement implementation implemented implements improve improved improvement improvements improves
  introduce introduced issue issues keep make makes making merge minor misc move moved moves prevent prevented prevents
  problem properly provide refactor refactored refactoring remove removed removes removing rename renamed replace replaced
  replaces revert reverted rework rewrite set setting simplify small some support supported supporting supports task tidy
  todo tweak update updated updates updating use used uses using want wip work works`);

/** True for English words that say nothing of a file, and for what every task says: fix, add, remove, support, … */
export function isStopWord(word: string): boolean {
  return STOP_WORDS.has(word) || TASK_WORDS.has(word);
}

/** The words of an identifier, split at camelCase, snake_case and digits, lower case, of two letters at least. */
export function splitIdentifier(word: string): string[] {
  return identifierParts(word).filter((part) => part.length >= SHORTEST_WORD);
}

/** Like `splitIdentifier`, with parts of a single letter or digit. */
export function identifierParts(word: string): string[] {
  return (word.match(ASCII.test(word) ? ASCII_PARTS : PARTS) ?? []).map((part) => part.toLowerCase());
}

/** The stems of a text's words in their order, each as often as it stands there. */
export function textStems(text: string): string[] {
  return splitIdentifier(text).map(stem);
}

function list(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/));
}
