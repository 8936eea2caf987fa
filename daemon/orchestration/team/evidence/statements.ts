/**
 * Lines of a file that do something when they are reached, told by their first word: for files that no coverage report knows,
 * because no test loads them. Too few rather than too many, so that types and settings are not held against anybody. Pure.
 */

const SCRIPT =
  /^\s*(?:export\s+(?:default\s+)?)?(?:async\s+)?(?:const(?!\s+enum\b)|let|var|function|class|return|if|for|while|switch|throw|await|yield|try)\b/;
const STATEMENTS: Readonly<Record<string, RegExp>> = {
  js: SCRIPT,
  py: /^\s*(?:(?:async\s+)?(?:def|for|with)|class|return|if|while|try|raise|yield|assert|await)\b|^\s*[\w.]+(?:\s*:\s*[\w[\], .]+)?\s*=[^=]/,
  go: /^\s*(?:func|return|if|for|switch|select|defer|go)\b|:=/,
};
/** How tools are set up, and what only declares. */
const DECLARING = /\.d\.[cm]?ts$|(^|\/)[^/]*(\.config|rc)\.\w+$|(^|\/)(setup|conftest|__init__)\.py$/;

/** Numbers from 1, in order. */
export function statementLines(path: string, text: string): number[] {
  const ending = path.split(".").at(-1)?.toLowerCase() ?? "";
  const pattern = STATEMENTS[/^[cm]?[jt]sx?$/.test(ending) ? "js" : ending];
  if (pattern === undefined || DECLARING.test(path)) return [];
  return text.split("\n").flatMap((line, index) => (pattern.test(line) ? [index + 1] : []));
}
