/** Paths that are seldom what a change of the code is about. */
import type { Query } from "./query.ts";

const DEMOTED = 0.3;
const NEVER = 0.1;

const TEST_FOLDER =
  /(?:^|\/)(?:tests?|testing|__tests__|__mocks__|mocks?|spec|specs|e2e|fixtures?|testdata|test[-_]\w+|\w+[-_.]tests?|\w*Tests?)\//;
const TEST_FILE =
  /(?:^|\/)(?:tests?[-_.][^/]*|conftest\.py|tests?\.\w+|[^/]*(?:[-_.](?:tests?|spec|e2e|bench|stories)|Tests?|Spec|TestCase)\.\w+)$/;
const DOCS = /(?:^|\/)(?:docs?|documentation|website|site)\/|\.(?:md|mdx|markdown|rst|adoc|txt)$/i;
const EXAMPLES =
  /(?:^|\/)(?:examples?|samples?|demos?|bench(?:es|marks?)?|perf|playgrounds?|tutorials?|sandbox|scratch)\//i;
const DECLARATIONS = /\.d\.[cm]?ts$/;
const GENERATED =
  /(?:^|\/)(?:vendor|third[-_]party|node_modules|dist|build|generated|__snapshots__|locales?|i18n|translations?|lang)\/|\.(?:snap|min\.\w+|map|po|pot|svg|lock|sum)$|[-_.](?:generated|pb)\.\w+$|_pb2\.pyi?$/i;
const BESIDE_CODE =
  /(?:^|\/)(?:changelog|changes|history|news|licen[cs]e|copying|notice|authors|contributors|contributing|code_of_conduct|security|readme|package-lock|pnpm-lock|yarn|composer|go|cargo|poetry|gemfile)(?:\.(?:md|rst|txt|json|ya?ml|lock|sum|toml))?$|(?:^|\/)\.(?:github|gitlab|circleci|husky|vscode)\//i;

/** What a file's score is multiplied by: 1, .3 for tests, docs, examples and the like, less for what no task is about. */
export function demotion(path: string, query: Query): number {
  if (query.paths.some((piece) => path.endsWith(piece.replace(/^\.?\//, "")))) return 1;
  if (isTestPath(path)) return query.speaksOfTests ? 1 : DEMOTED;
  if (BESIDE_CODE.test(path)) return query.speaksOfDocs ? 1 : NEVER;
  if (DOCS.test(path)) return query.speaksOfDocs ? 1 : DEMOTED;
  if (EXAMPLES.test(path)) return query.speaksOfExamples ? 1 : DEMOTED;
  return DECLARATIONS.test(path) || GENERATED.test(path) ? DEMOTED : 1;
}

/** True for a test, its fixtures and its mocks, in the ways that languages name them. */
export function isTestPath(path: string): boolean {
  return TEST_FOLDER.test(path) || TEST_FILE.test(path);
}
