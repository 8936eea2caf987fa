/**
 * What the project tells agents, for the files at hand. It comes from the repository: it steers how code is written and
 * checked, and grants nothing; what an agent may do is the policy's alone (docs/security.md).
 */
import { globMatcher } from "../../security/paths/glob.ts";
import { type FrontMatter, splitFrontMatter, splitList } from "./front-matter.ts";
import { expandIncludes } from "./includes.ts";
import { join, type RuleFile, type RuleTool, ruleFilesIn } from "./rule-files.ts";
import { readRuleText } from "./rule-text.ts";

export interface Rule {
  /** The file that says it, from the workspace's root. */
  readonly path: string;
  readonly tool: RuleTool;
  /** The folder that it speaks of; "" for the whole workspace. */
  readonly folder: string;
  /** It speaks of files that match one of these only; empty: of all files in the folder. */
  readonly globs: readonly string[];
  readonly text: string;
  /** Files whose text it includes. */
  readonly includes: readonly string[];
}

export interface FoundRules {
  /** Where two disagree the later one wins: from the root to the nearest folder, in a folder AGENTS.md first. */
  readonly rules: readonly Rule[];
  /** Rules that hold on request only, for an agent that wants to read them. */
  readonly offered: readonly { readonly path: string; readonly description: string }[];
  /** What was not read, cut or left out, and why; for people. */
  readonly problems: readonly { readonly path: string; readonly problem: string }[];
}

const MAX_PATHS = 200;
const MAX_FOLDERS = 100;
const MAX_FILES = 200;
const ALL_CHARACTERS = 48_000;
/** Comparisons of a pattern with a path, for all rules together: some tenths of a second at most. */
const MAX_COMPARISONS = 200_000;

/**
 * The rules for `paths` (files from the root; none: for the workspace as a whole). Nothing in the repository makes this
 * fail: what cannot be used is told.
 */
export async function rulesFor(
  root: string,
  paths: readonly string[] = [],
  { maxCharacters = ALL_CHARACTERS }: { readonly maxCharacters?: number } = {},
): Promise<FoundRules> {
  const asked = paths.slice(0, MAX_PATHS);
  const found: Gathering["found"] = { rules: [], offered: [], problems: [] };
  const left = { files: MAX_FILES, comparisons: MAX_COMPARISONS };
  for (const folder of foldersTo(asked)) {
    const files = (await ruleFilesIn(root, folder)).slice(0, left.files);
    left.files -= files.length;
    const known = new Set([...files.map(({ path }) => path), ...found.rules.map(({ path }) => path)]);
    for (const file of files) await addRule(root, file, { paths: asked, known, found, left });
  }
  if (left.files === 0) found.problems.push({ path: "", problem: `Only the first ${MAX_FILES} rules files are read.` });
  return withinLimit(found, maxCharacters);
}

type Offered = FoundRules["offered"][number];
type Problem = FoundRules["problems"][number];

interface Gathering {
  readonly paths: readonly string[];
  readonly known: ReadonlySet<string>;
  readonly found: { rules: Rule[]; offered: Offered[]; problems: Problem[] };
  readonly left: { files: number; comparisons: number };
}

async function addRule(root: string, file: RuleFile, { paths, known, found, left }: Gathering): Promise<void> {
  const { path, tool, folder } = file;
  const tell = (problem: string) => found.problems.push({ path, problem });
  const read = await readRuleText(root, path);
  if (read === undefined) return;
  if ("problem" in read) {
    tell(read.problem);
    return;
  }
  for (const problem of read.problems) tell(problem);
  const { values, body } = file.hasFrontMatter ? splitFrontMatter(read.text) : { values: NO_VALUES, body: read.text };
  const when = file.hasFrontMatter ? conditionOf(values) : ALWAYS;
  if (when.globs === undefined) {
    found.offered.push({ path, description: (values.get("description")?.join(" ") ?? "").slice(0, 300) });
    return;
  }
  left.comparisons -= comparisons(when.globs, paths);
  if (left.comparisons < 0 && when.globs.length > 0) {
    tell("Left out: there are too many patterns to compare.");
    return;
  }
  if (when.globs.length > 0 && !matches(when.globs, folder, paths)) return;
  const mayInclude = tool === "claude" || tool === "gemini";
  const whole = mayInclude
    ? await expandIncludes(root, { path, text: body }, known)
    : { ...NOTHING, text: body.trim() };
  for (const problem of whole.problems) tell(problem);
  const rule = { path, tool, folder, globs: when.globs, text: whole.text, includes: whole.includes };
  if (rule.text !== "" && !isSaid(rule, found.rules)) found.rules.push(rule);
}

const NO_VALUES: FrontMatter["values"] = new Map();
const ALWAYS = { globs: [] };
const NOTHING = { includes: [], problems: [] };

/** No globs: holds always; undefined: on request only. */
function conditionOf(values: FrontMatter["values"]): { globs: readonly string[] | undefined } {
  if (values.get("alwaysapply")?.[0]?.toLowerCase() === "true") return ALWAYS;
  const given = ["globs", "applyto", "paths"].flatMap((key) => values.get(key) ?? []);
  const globs = given.flatMap(splitList).filter((glob) => glob.length <= 300);
  if (globs.some((glob) => glob === "**" || glob === "**/*" || glob === "*")) return ALWAYS;
  return { globs: globs.length === 0 ? undefined : globs.slice(0, 50) };
}

/** At most: each alternative of a glob with each path, once from the root and once from the folder. */
function comparisons(globs: readonly string[], paths: readonly string[]): number {
  const patterns = globs.reduce((sum, glob) => sum + Math.min(64, 2 ** Math.min(6, glob.split(",").length - 1)), 0);
  return 2 * patterns * paths.length;
}

/** A glob is meant from the workspace's root or from the folder of the rules. */
function matches(globs: readonly string[], folder: string, paths: readonly string[]): boolean {
  const matchers = globs.map((glob) => globMatcher(glob.endsWith("/") ? `${glob}**` : glob));
  const inner = folder === "" ? "" : `${folder}/`;
  return paths
    .filter((path) => path.startsWith(inner))
    .some((path) => matchers.some((match) => match(path) || match(path.slice(inner.length))));
}

/**
 * True when the rule repeats one of its folder, or the last one before it that speaks of its folder. One that repeats an
 * earlier word after another was said in between counts: it takes that back.
 */
function isSaid(rule: Rule, earlier: readonly Rule[]): boolean {
  const inner = join(rule.folder, "");
  const covering = earlier.filter(
    ({ folder }) => folder === "" || inner.startsWith(`${folder}/`) || folder === rule.folder,
  );
  const last = covering.at(-1);
  return covering.some((other) => isSame(other, rule) && (other.folder === rule.folder || other === last));
}

function isSame(first: Rule, second: Rule): boolean {
  const plain = ({ text, globs }: Rule) => `${globs.join("\n")}\n${text.replace(/\s+/g, " ")}`;
  return plain(first) === plain(second);
}

/** The root and every folder on the way to a path, parents first. */
function foldersTo(paths: readonly string[]): string[] {
  const folders = new Set([""]);
  for (const path of paths)
    for (let at = path.indexOf("/"); at > 0; at = path.indexOf("/", at + 1)) folders.add(path.slice(0, at));
  const depth = (folder: string) => (folder === "" ? 0 : folder.split("/").length);
  const sorted = [...folders].sort((first, second) => depth(first) - depth(second) || (first < second ? -1 : 1));
  return sorted.slice(0, MAX_FOLDERS);
}

/** What to keep when not all fits: what speaks to every agent before what speaks to one, then the nearest. */
export function byWorth(rules: readonly Rule[]): Rule[] {
  const toAll = ({ tool }: Rule) => (tool === "agents" ? 0 : 1);
  const depth = ({ folder }: Rule) => (folder === "" ? 0 : folder.split("/").length);
  return rules.toSorted((first, second) => toAll(first) - toAll(second) || depth(second) - depth(first));
}

function withinLimit({ rules, offered, problems }: Gathering["found"], maxCharacters: number): FoundRules {
  let used = 0;
  const kept = new Set<Rule>();
  for (const rule of byWorth(rules)) {
    if (used + rule.text.length > maxCharacters) {
      problems.push({ path: rule.path, problem: `Left out: all rules together may have ${maxCharacters} characters.` });
      continue;
    }
    used += rule.text.length;
    kept.add(rule);
  }
  return { rules: rules.filter((rule) => kept.has(rule)), offered, problems };
}
