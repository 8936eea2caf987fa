import { describe, expect, it } from "vitest";
import { linkCache } from "../../../daemon/memory/graph/links.ts";
import { testCommands } from "../../../daemon/memory/graph/test-commands.ts";
import { isTestFile, isTestPath, subjectOf } from "../../../daemon/memory/graph/test-paths.ts";
import { testPathLike } from "../../../daemon/memory/graph/tests.ts";
import { createWorld } from "../../../daemon/memory/graph/world.ts";
import { codeView } from "../../support/code-view.ts";

describe("test paths", () => {
  it.each([
    ["src/cart.test.ts", "cart"],
    ["src/cart.spec.tsx", "cart"],
    ["src/__tests__/cart.ts", "cart"],
    ["types/cart.test-d.ts", "cart"],
    ["tests/test_cart_item.py", "cartitem"],
    ["cart_test.py", "cart"],
    ["cart/cart_item_test.go", "cartitem"],
    ["tests/cart.rs", "cart"],
    ["src/test/java/org/shop/CartTest.java", "cart"],
    ["src/test/kotlin/CartItemSpec.kt", "cartitem"],
    ["Shop.Tests/CartTests.cs", "cart"],
    ["spec/models/cart_spec.rb", "cart"],
    ["tests/CartTest.php", "cart"],
    ["test/test_cart.rb", "cart"],
    ["Tests/ShopTests/CartTests.swift", "cart"],
  ])("%s is a test of %s", (path, subject) => {
    expect([isTestPath(path), isTestFile(path), subjectOf(path)]).toEqual([true, true, subject]);
  });

  it.each([
    "src/cart.ts",
    "src/latest.ts",
    "src/contest/a.py",
    "src/testimony.py",
    "packages/runtime-test/a.ts",
    "src/protest.go",
    "lib/spectrum.rb",
  ])("%s is none", (path) => {
    expect([isTestPath(path), isTestFile(path)]).toEqual([false, false]);
  });

  it.each(["tests/conftest.py", "test/fixtures/cart.ts", "test/support/server.ts", "tests/data/a.json"])(
    "%s belongs to tests, but none can run it",
    (path) => {
      expect([isTestPath(path), isTestFile(path)]).toEqual([true, false]);
    },
  );
});

describe("where the test of a new file goes", () => {
  it.each([
    ["src/cart/wish.ts", "src/cart/cart.ts", "test/cart/cart.test.ts", "test/cart/wish.test.ts"],
    ["src/shop/wish.py", "src/shop/cart.py", "tests/test_cart.py", "tests/test_wish.py"],
    ["cart/wish.go", "cart/cart.go", "cart/cart_test.go", "cart/wish_test.go"],
    ["src/a/Wish.java", "src/a/Cart.java", "test/a/CartTest.java", "test/a/WishTest.java"],
    ["src/new/wish.ts", "src/cart/cart.ts", "test/cart/cart.test.ts", "test/new/wish.test.ts"],
  ])("%s like %s", (path, sibling, test, expected) => {
    expect(testPathLike(path, sibling, test)).toBe(expected);
  });
});

describe("commands", () => {
  const commands = (tests: readonly string[], files: readonly string[], texts: Record<string, string> = {}) => {
    const view = codeView(Object.fromEntries([...tests, ...files].map((path) => [path, {}])));
    const readText = (path: string) => texts[path];
    const world = createWorld({ view, links: linkCache(readText)(view), history: undefined, readText });
    return testCommands(world, tests).map(({ folder, command }) => [folder, command]);
  };

  it.each<[string, string, string[], Record<string, string>, string[][]]>([
    [
      "jest",
      "a/x.test.js",
      ["a/package.json"],
      { "a/package.json": '{"devDependencies": {"jest": "1"}}' },
      [["a", "npx jest x.test.js"]],
    ],
    [
      "mocha by script",
      "x.test.js",
      ["package.json"],
      { "package.json": '{"scripts": {"test": "mocha --exit"}}' },
      [["", "npx mocha x.test.js"]],
    ],
    [
      "node --test",
      "x.test.js",
      ["package.json"],
      { "package.json": '{"scripts": {"test": "node --test"}}' },
      [["", "node --test x.test.js"]],
    ],
    ["pytest", "tests/test_x.py", ["pyproject.toml"], {}, [["", "python -m pytest tests/test_x.py"]]],
    ["go", "x/y_test.go", ["go.mod"], {}, [["", "go test ./x"]]],
    ["cargo, one target", "core/tests/all.rs", ["core/Cargo.toml"], {}, [["core", "cargo test --test all"]]],
    [
      "gradle",
      "app/src/test/XTest.kt",
      ["app/build.gradle.kts", "app/gradlew"],
      {},
      [["app", "./gradlew test --tests '*XTest'"]],
    ],
    ["rspec", "spec/x_spec.rb", ["Gemfile"], {}, [["", "bundle exec rspec spec/x_spec.rb"]]],
    ["phpunit", "tests/XTest.php", ["phpunit.xml"], {}, [["", "vendor/bin/phpunit tests/XTest.php"]]],
    ["nothing obvious", "tests/x.lua", [], {}, []],
    ["a broken package.json", "x.test.js", ["package.json"], { "package.json": "{" }, []],
  ])("%s", (_name, test, files, texts, expected) => {
    expect(commands([test], files, texts)).toEqual(expected);
  });

  it("lets no path mean anything to a shell", () => {
    const tests = ["tests/test_$(touch x).py", "tests/test_'; rm -rf ~.py", "-rf_test.py"];
    expect(commands(tests, ["pytest.ini"])).toEqual([
      ["", "python -m pytest 'tests/test_$(touch x).py' 'tests/test_'\\''; rm -rf ~.py' ./-rf_test.py"],
    ]);
  });

  it("runs a package of Go once, and no more than 40 files in one command", () => {
    expect(commands(["x/a_test.go", "x/b_test.go"], ["go.mod"])).toEqual([["", "go test ./x"]]);
    const many = Array.from({ length: 60 }, (_, index) => `tests/test_${index}.py`);
    expect(String(commands(many, ["pytest.ini"])[0]?.[1]).split(" ")).toHaveLength(3 + 40);
  });
});
