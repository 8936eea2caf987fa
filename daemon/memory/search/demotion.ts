/** Paths that are seldom what a change of the code is about. */
import type { Query } from "./query.ts";

const DEMOTED = 0.3;
const NEVER = 0.1;

const TEST_FOLDER =
  /(?:^|\/)(?:tests?|testing|__tests__|__mocks__|mocks?|spec|specs|e2e|fixtures?|testdata|unittests?|test[-_]\w+|[\w.-]+[-_.]tests?|[\w.-]*Tests?)\/|^t\//;
const TEST_FILE =
  /(?:^|\/)(?:tests?[-_.][^/]*|conftest\.py|tests?\.\w+|[^/]*(?:[-_.](?:tests?|spec|e2e|bench|stories)|Tests?|TestCase)\.\w+|[^/]+Spec\.(?:scala|kts?|groovy|hs|php))$/;
const DOCS = /(?:^|\/)(?:docs?|documentation|website)\/|\.(?:md|mdx|markdown|rst|adoc|txt)$/i;
const EXAMPLES = /(?:^|\/)(?:examples?|samples?|demos?|bench(?:es|marks?)?|playgrounds?|tutorials?)\//i;
const DECLARATIONS = /\.d\.[cm]?ts$/;
const GENERATED =
  /(?:^|\/)(?:vendor|third[-_]party|node_modules|dist|generated|__snapshots__|locales?|translations?)\/|\.(?:snap|min\.\w+|map|po|pot|svg|lock|sum)$|[-_.](?:generated|pb)\.\w+$|_pb2\.pyi?$/i;
const BESIDE_CODE =
  /(?:^|\/)(?:changelog|changes|history|news|licen[cs]e|copying|notice|authors|contributors|contributing|code_of_conduct|security|readme|package-lock|pnpm-lock|yarn|composer|go|cargo|poetry|gemfile)(?:\.(?:md|rst|txt|json|ya?ml|lock|sum|toml))?$|(?:^|\/)\.(?:github|gitlab|circleci|husky|vscode)\//i;

/** What a path says of its file, tests before all else: a test's README is a test's. */
type PathKind = "code" | "test" | "beside" | "docs" | "example" | "generated";

/** Takes a microsecond or two: to be asked once a path, not once a query. */
function pathKind(path: string): PathKind {
  if (TEST_FOLDER.test(path) || TEST_FILE.test(path)) return "test";
  if (BESIDE_CODE.test(path)) return "beside";
  if (DOCS.test(path)) return "docs";
  if (EXAMPLES.test(path)) return "example";
  return DECLARATIONS.test(path) || GENERATED.test(path) ? "generated" : "code";
}

/** What the scores of such files are multiplied by: 1, .3 for tests, docs and the like, less for what no task is about. */
function kindFactor(kind: PathKind, query: Query): number {
  switch (kind) {
    case "code":
      return 1;
    case "test":
      return query.speaksOfTests ? 1 : DEMOTED;
    case "beside":
      return query.speaksOfDocs ? 1 : NEVER;
    case "docs":
      return query.speaksOfDocs ? 1 : DEMOTED;
    case "example":
      return query.speaksOfExamples ? 1 : DEMOTED;
    case "generated":
      return DEMOTED;
  }
}

/** The factor of one file; 1 for every file that the query names. */
export function demotion(path: string, query: Query): number {
  return isNamed(path, query) ? 1 : kindFactor(pathKind(path), query);
}

/** True when the query holds the end of the path, as in "src/server.ts" or "server.ts". */
function isNamed(path: string, query: Query): boolean {
  return query.paths.some((piece) => `/${path}`.endsWith(`/${piece.replace(/^(?:\.*\/)+/, "")}`));
}
