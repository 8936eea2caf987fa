/** Which files are tests, and which source a test's name speaks of: the common layouts of all languages. */
import { folderOf, nameOf } from "./paths.ts";

const TEST_FOLDER =
  /(^|\/)(tests?|__tests__|specs?|[\w-]+([._]tests?|-tests)|[A-Z]\w*Tests?|androidTest|e2e|cypress)(\/|$)/;
const TEST_NAME = [
  /[._-](test|tests|spec|specs|e2e|cy|bench|test-d)\.[\w.]+$/i,
  /^test[_-][\w-]+\.\w+$/,
  /^(test|tests|conftest)\.(py|rs|rb)$/,
  /_(test|tests|spec)\.\w+$/,
  /^[A-Z]\w*(Test|Tests|Spec|Specs|IT|TestCase)\.(java|kt|kts|scala|groovy|cs|php|swift|cpp|cc)$/,
  /^Test[A-Z]\w*\.(java|kt|php|py|cs)$/,
];
const SUPPORTING =
  /(^|\/)(examples?|docs?|benchmarks?|bench|benches|__benchmarks__|fixtures?|samples?|demo|vendor|third[_-]party|node_modules|dist|build)(\/|$)/;

const MAX_REMEMBERED = 200_000;

/** Asked again and again of all paths of a workspace, by questions that must be quick. */
function remembered<Value>(tell: (path: string) => Value): (path: string) => Value {
  const known = new Map<string, Value>();
  return (path) => {
    const found = known.get(path);
    if (found !== undefined) return found;
    if (known.size >= MAX_REMEMBERED) known.clear();
    const told = tell(path);
    known.set(path, told);
    return told;
  };
}

export const isTestPath: (path: string) => boolean = remembered(
  (path) => TEST_NAME.some((pattern) => pattern.test(nameOf(path))) || TEST_FOLDER.test(folderOf(path)),
);

/** Named as a test: a runner can be given it. */
export const isNamedTest: (path: string) => boolean = remembered(
  (path) => TEST_NAME.some((pattern) => pattern.test(nameOf(path))) && nameOf(path) !== "conftest.py",
);

/** A file that holds tests, not only what tests need: by its name, or by its folder where names tell nothing. */
export const isTestFile: (path: string) => boolean = remembered((path) => {
  if (TEST_NAME.some((pattern) => pattern.test(nameOf(path)))) return isNamedTest(path);
  const isCode = /\.([mc]?[jt]sx?|rs|rb|php|java|kt|cs|swift)$/.test(path) && !path.endsWith(".d.ts");
  return isCode && TEST_FOLDER.test(folderOf(path)) && !SUPPORT.test(path);
});

const SUPPORT =
  /(^|\/)((fixtures?|support|helpers?|mocks?|utils?|common)\/|(fixtures?|support|helpers?|mocks?|setup)\.\w+$)/;

/** Shown last: examples, documents, fixtures, other people's code. */
export function isSupporting(path: string): boolean {
  return SUPPORTING.test(path) || /\.(d\.ts|min\.js|md|rst|txt|lock)$/.test(path);
}

/** "cart.test.ts", "test_cart.py", "CartTest.java" → "cart": lower case, without separators. */
export const subjectOf: (path: string) => string = remembered((path) => {
  const stem = nameOf(path).replace(/^\./, "").split(".")[0] ?? "";
  const plain = stem
    .replace(/^test[_-]?(?=.)|^Test(?=[A-Z])/, "")
    .replace(/[_-](test|tests|spec|specs|e2e|bench)$/i, "")
    .replace(/(?<=\w)(Test|Tests|Spec|Specs|IT|TestCase)$/, "");
  return (plain === "" ? stem : plain).toLowerCase().replaceAll(/[_-]/g, "");
});
