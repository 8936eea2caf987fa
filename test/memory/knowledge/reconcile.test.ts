import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CitedCode } from "../../../daemon/memory/knowledge/cited-code.ts";
import type { CiteInput, NewFact } from "../../../protocol/index.ts";
import { git, makeRepository, put } from "../../tools/workspace.ts";
import { codeIn, factOf, newFact, openKnowledge, WORKSPACE } from "./desk.ts";

const CART = `// The cart.
function add(price, count) {
  return price * count;
}

function total(prices) {
  return prices.reduce((sum, price) => sum + price, 0);
}
`;
const MODEL = "class Cart:\n    def add(self, price):\n        self.prices.append(price)\n        return self\n";

const FILES = { "src/cart.js": CART, "src/model.py": MODEL, "README.md": "# Shop\n" };
const ADD: CiteInput = { kind: "symbol", path: "src/cart.js", symbol: "add" };
const TOTAL: CiteInput = { kind: "file", path: "src/cart.js", lines: { start: 6, end: 8 } };
const WHOLE: CiteInput = { kind: "file", path: "src/cart.js" };
const PYTHON: CiteInput = { kind: "file", path: "src/model.py", lines: { start: 2, end: 4 } };

/** A real repository: the blob ids are git's, and what changed is what git says. */
async function repositoryDesk() {
  const root = makeRepository(FILES);
  const text = (path: string) => (existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : undefined);
  const cited: CitedCode = {
    async content(_workspace, path) {
      const content = text(path);
      return content === undefined ? undefined : { oid: git(root, "hash-object", path).trim(), text: content };
    },
    symbol: (workspace, path, name) => codeIn(new Map([[path, text(path) ?? ""]])).symbol(workspace, path, name),
  };
  const { knowledge } = await openKnowledge({ cited });
  return {
    root,
    knowledge,
    write: (path: string, change: (before: string) => string) => put(root, path, change(text(path) ?? "")),
    remember: (cites: CiteInput[], more: Partial<NewFact> = {}) =>
      factOf(knowledge.remember(WORKSPACE, newFact({ cites, ...more }), "Ada")),
    reconcile: () => {
      const listed = git(root, "ls-files", "-z", "--modified", "--deleted", "--others");
      return knowledge.reconcile(WORKSPACE, [...new Set(listed.split("\0").filter((path) => path !== ""))]);
    },
  };
}

type RepositoryDesk = Awaited<ReturnType<typeof repositoryDesk>>;

describe("a citation", () => {
  it.each<[string, CiteInput, (desk: RepositoryDesk) => void, object]>([
    ["stays when nothing changed", ADD, () => {}, { path: "src/cart.js", lines: { start: 2, end: 4 } }],
    [
      "of a symbol follows it down the file",
      ADD,
      ({ write }) => write("src/cart.js", (cart) => `// more\n\n${cart}`),
      { lines: { start: 4, end: 6 } },
    ],
    [
      "of a symbol does not mind white space",
      ADD,
      ({ write }) => write("src/cart.js", (cart) => cart.replace("price * count", "price  *\n    count")),
      { lines: { start: 2, end: 5 } },
    ],
    [
      "of a symbol does not mind its neighbours",
      ADD,
      ({ write }) => write("src/cart.js", (cart) => cart.replace("sum + price", "sum - price")),
      { lines: { start: 2, end: 4 } },
    ],
    [
      "of a symbol follows it to another file",
      ADD,
      ({ write }) => {
        write("src/sum.js", () => CART.slice(CART.indexOf("function add"), CART.indexOf("function total")));
        write("src/cart.js", (cart) => cart.slice(cart.indexOf("function total")));
      },
      { path: "src/sum.js", lines: { start: 1, end: 3 } },
    ],
    [
      "of lines follows them",
      TOTAL,
      ({ write }) => write("src/cart.js", (cart) => cart.replace("// The cart.\n", "")),
      { lines: { start: 5, end: 7 } },
    ],
    [
      "of a file does not mind line ends",
      WHOLE,
      ({ write }) => write("src/cart.js", (cart) => cart.replaceAll("\n", "\r\n")),
      { path: "src/cart.js" },
    ],
    [
      "of a file follows its new name",
      WHOLE,
      ({ root }) => renameSync(join(root, "src/cart.js"), join(root, "src/basket.js")),
      { path: "src/basket.js" },
    ],
    [
      "of a symbol follows its file's new name",
      ADD,
      ({ root }) => renameSync(join(root, "src/cart.js"), join(root, "basket.js")),
      { path: "basket.js", symbol: "add" },
    ],
    [
      "of indented code does not mind a deeper margin",
      PYTHON,
      ({ write }) => write("src/model.py", (model) => model.replace(/^ {4}/gm, "        ")),
      { lines: { start: 2, end: 4 } },
    ],
  ])("%s", async (_name, cite, change, expected) => {
    const desk = await repositoryDesk();
    const { factId } = await desk.remember([cite]);
    change(desk);
    expect((await desk.reconcile()).flagged).toEqual([]);
    const fact = await factOf(desk.knowledge.get(WORKSPACE, factId));
    expect(fact.status).toBe("active");
    expect(fact.cites[0]).toMatchObject(expected);
    // Nothing more happens when the same is looked at again.
    expect(await desk.reconcile()).toMatchObject({ followed: 0, flagged: [], restored: 0 });
  });

  it.each<[string, CiteInput, (desk: RepositoryDesk) => void, RegExp]>([
    [
      "a changed symbol",
      ADD,
      ({ write }) => write("src/cart.js", (cart) => cart.replace("price * count", "price")),
      /^“add” in src\/cart\.js changed since/,
    ],
    [
      "a removed symbol",
      ADD,
      ({ write }) => write("src/cart.js", (cart) => cart.slice(cart.indexOf("function total"))),
      /^“add” in src\/cart\.js is gone since/,
    ],
    [
      "a symbol that was copied, then changed",
      ADD,
      ({ write }) => {
        write("copy.js", () => CART);
        write("src/cart.js", (cart) => cart.replace("price * count", "0"));
      },
      /changed since/,
    ],
    [
      "words that ran together",
      ADD,
      ({ write }) => write("src/cart.js", (cart) => cart.replace("return price", "returnprice")),
      /changed since/,
    ],
    [
      "changed lines",
      TOTAL,
      ({ write }) => write("src/cart.js", (cart) => cart.replace("sum + price", "sum - price")),
      /^what stood in lines 6 to 8 of src\/cart\.js changed/,
    ],
    [
      "a changed file",
      WHOLE,
      ({ write }) => write("src/cart.js", (cart) => `${cart}x`),
      /^src\/cart\.js changed since/,
    ],
    ["a removed file", WHOLE, ({ root }) => rmSync(join(root, "src/cart.js")), /^src\/cart\.js is gone since/],
    [
      "a program that indentation changed",
      PYTHON,
      ({ write }) => write("src/model.py", (model) => model.replace("        return", "    return")),
      /changed since/,
    ],
  ])("flags the fact of %s", async (_name, cite, change, why) => {
    const desk = await repositoryDesk();
    const { factId } = await desk.remember([cite]);
    change(desk);
    const { flagged } = await desk.reconcile();
    expect(flagged).toEqual([{ factId, reason: expect.stringMatching(why) }]);
    expect(await factOf(desk.knowledge.get(WORKSPACE, factId))).toMatchObject({ status: "flagged" });
    expect((await desk.reconcile()).flagged).toEqual([]);
    git(desk.root, "checkout", "-q", "--", ".");
    expect((await desk.knowledge.reconcile(WORKSPACE)).restored).toBe(1);
  });
});

it("says that a dead end is worth another try", async () => {
  const desk = await repositoryDesk();
  const { factId } = await desk.remember([ADD], { kind: "dead_end", text: "Memoising add changed nothing." });
  desk.write("src/cart.js", (cart) => cart.replace("price * count", "price"));
  await desk.reconcile();
  const fact = await factOf(desk.knowledge.get(WORKSPACE, factId));
  expect(fact.reason).toBe("“add” in src/cart.js changed since this was noted: it may be worth trying again.");
});

it("looks only at facts that cite what changed, and only at those in use", async () => {
  const desk = await repositoryDesk();
  await desk.remember([{ kind: "file", path: "README.md" }]);
  const { factId } = await desk.remember([ADD], { text: "Another." });
  await desk.knowledge.forget(WORKSPACE, factId);
  desk.write("src/cart.js", () => "");
  expect((await desk.reconcile()).checked).toBe(0);
  expect((await desk.knowledge.reconcile(WORKSPACE)).checked).toBe(1);
});

it("follows a rename through history, on another branch and back", async () => {
  const desk = await repositoryDesk();
  const { root } = desk;
  const { factId } = await desk.remember([ADD, { kind: "commit", ref: git(root, "rev-parse", "HEAD").trim() }]);
  git(root, "checkout", "-q", "-b", "renamed");
  git(root, "mv", "src/cart.js", "src/basket.js");
  git(root, "-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "-qm", "rename");
  const changed = ["src/cart.js", "src/basket.js"];
  expect(await desk.knowledge.reconcile(WORKSPACE, changed)).toMatchObject({ followed: 1 });
  git(root, "checkout", "-q", "-");
  expect(await desk.knowledge.reconcile(WORKSPACE, changed)).toMatchObject({ followed: 1, flagged: [] });
  const fact = await factOf(desk.knowledge.get(WORKSPACE, factId));
  expect(fact.cites).toMatchObject([{ path: "src/cart.js", symbol: "add" }, { kind: "commit" }]);
});
