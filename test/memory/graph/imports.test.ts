import { describe, expect, it } from "vitest";
import { importResolver } from "../../../daemon/memory/graph/imports.ts";
import { indexPaths } from "../../../daemon/memory/graph/paths.ts";
import { type FileSketch, factsOf } from "../../support/code-view.ts";

/** Text of the configuration files; sketches of those whose declarations count; "" for the rest. */
type Files = Record<string, string | FileSketch>;

function resolve(files: Files, from: string, target: string, names: string[] = [], line = 1): readonly string[] {
  const tree = {
    paths: indexPaths([...new Set([...Object.keys(files), from])].sort()),
    readText: (path: string) => (typeof files[path] === "string" ? files[path] : undefined),
    facts: (path: string) => (typeof files[path] === "object" ? factsOf(files[path]) : undefined),
  };
  return importResolver(tree)(from, { target, names, line });
}

const empty = (...paths: string[]): Files => Object.fromEntries(paths.map((path) => [path, ""]));

describe("JavaScript and TypeScript", () => {
  const files: Files = {
    ...empty("src/cart.ts", "src/view.tsx", "src/old.js", "src/price/index.ts", "src/data.json", "src/App.vue"),
    ...empty("src/both.ts", "src/both.js", "src/types.d.ts", "src/main.mts", "packages/cart/src/index.ts"),
    ...empty("packages/cart/src/deep/tax.ts", "packages/money/lib/entry.js", "packages/money/feature/a.js"),
    ...empty("packages/cart/internal/log.ts", "lib/plain.ts", "web/public/logo.ts", "lib/once.ts"),
    "tsconfig.json": `{ // comments are allowed
      "compilerOptions": { "baseUrl": ".", "paths": { "@/*": ["src/*"], "once": ["lib/once.ts"], "@x/*/end": ["src/*"], }, },
    }`,
    "packages/cart/tsconfig.json": `{"extends": "../../tsconfig.json"}`,
    "packages/cart/package.json": `{"name": "@shop/cart", "imports": {"#log": "./internal/log.ts"}, "main": "dist/index.js"}`,
    "packages/money/package.json": `{"name": "money", "exports": {".": {"types": "./none.d.ts", "default": "./lib/entry.js"}, "./f/*": "./feature/*.js"}}`,
    "broken/package.json": "{ not json",
    "broken/tsconfig.json": "{ neither",
  };
  it.each([
    ["an ending left out", "src/main.mts", "./cart", "src/cart.ts"],
    ["the ending itself", "src/main.mts", "./old.js", "src/old.js"],
    [".js for what is written in .ts", "src/main.mts", "./cart.js", "src/cart.ts"],
    [".js for what is written in .tsx", "src/main.mts", "./view.js", "src/view.tsx"],
    ["the real .js where both are there", "src/main.mts", "./both.js", "src/both.js"],
    [".mjs for what is written in .mts", "src/cart.ts", "./main.mjs", "src/main.mts"],
    ["a folder's index", "src/main.mts", "./price", "src/price/index.ts"],
    ["a folder's index with a slash", "src/main.mts", "./price/", "src/price/index.ts"],
    ["its own folder's index", "src/price/tax.ts", ".", "src/price/index.ts"],
    ["a parent folder", "src/price/tax.ts", "../cart", "src/cart.ts"],
    ["a type declaration", "src/main.mts", "./types", "src/types.d.ts"],
    ["a component", "src/main.mts", "./App.vue", "src/App.vue"],
    ["a query of the bundler", "src/main.mts", "./data.json?raw", "src/data.json"],
    ["an alias", "packages/cart/src/index.ts", "@/cart", "src/cart.ts"],
    ["an alias in a folder with broken configuration", "broken/a.ts", "./b", undefined],
    ["an alias without star", "src/main.mts", "once", "lib/once.ts"],
    ["an alias with a tail", "src/main.mts", "@x/cart/end", "src/cart.ts"],
    ["an alias without star only whole", "src/main.mts", "once/more", undefined],
    ["baseUrl", "src/main.mts", "lib/plain", "lib/plain.ts"],
    ["a workspace package whose build is not there", "src/main.mts", "@shop/cart", "packages/cart/src/index.ts"],
    ["a path in a workspace package", "src/main.mts", "@shop/cart/deep/tax", "packages/cart/src/deep/tax.ts"],
    ["conditional exports", "src/main.mts", "money", "packages/money/lib/entry.js"],
    ["exports with a star", "src/main.mts", "money/f/a", "packages/money/feature/a.js"],
    ["the package's own imports", "packages/cart/src/index.ts", "#log", "packages/cart/internal/log.ts"],
    ["the served folder's root", "web/pages/a.ts", "/logo", "web/public/logo.ts"],
    ["a package from outside", "src/main.mts", "react", undefined],
    ["Node's own module", "src/main.mts", "node:fs", undefined],
    ["a way out of the workspace", "src/main.mts", "../../etc/passwd", undefined],
    ["itself", "src/cart.ts", "./cart", undefined],
    ["nothing", "src/main.mts", "", undefined],
  ])("resolves %s", (_name, from, target, path) => {
    expect(resolve(files, from, target)).toEqual(path === undefined ? [] : [path]);
  });
});

describe("Python", () => {
  const files = empty(
    "src/shop/__init__.py",
    "src/shop/cart.py",
    "src/shop/json/__init__.py",
    "src/shop/json/tag.py",
    "src/shop/types.pyi",
    "tools/clean.py",
    "tools/types.py",
    "tests/conftest.py",
    "space/part/deep.py",
  );
  it.each([
    [
      "a module, and the package whose name it binds",
      "t.py",
      "shop.cart",
      [],
      ["src/shop/cart.py", "src/shop/__init__.py"],
    ],
    ["a module under src", "tests/test_cart.py", "shop.cart", ["Cart"], ["src/shop/cart.py"]],
    ["a package", "tests/test_cart.py", "shop", [], ["src/shop/__init__.py"]],
    ["names of a package", "tests/test_cart.py", "shop", ["Cart"], ["src/shop/__init__.py"]],
    ["submodules among names", "t.py", "shop", ["cart", "x"], ["src/shop/cart.py", "src/shop/__init__.py"]],
    ["one dot", "src/shop/cart.py", ".json", ["tag"], ["src/shop/json/tag.py"]],
    ["a dot alone", "src/shop/cart.py", ".", ["json"], ["src/shop/json/__init__.py"]],
    ["two dots", "src/shop/json/tag.py", "..cart", ["Cart"], ["src/shop/cart.py"]],
    ["a stub", "src/shop/cart.py", ".types", [], ["src/shop/types.pyi"]],
    ["a script beside", "tools/clean.py", "types", [], ["tools/types.py"]],
    ["not a script far away", "src/shop/cart.py", "types", [], []],
    ["not the package's part for the library's", "src/shop/cart.py", "json", [], []],
    ["a package without __init__", "t.py", "space.part.deep", [], ["space/part/deep.py"]],
    ["submodules of one", "t.py", "space.part", ["deep"], ["space/part/deep.py"]],
    ["the library", "t.py", "os.path", ["join"], []],
    ["too many dots", "t.py", ".....x", [], []],
  ])("resolves %s", (_name, from, target, names, paths) => {
    expect(resolve(files, from, target, names)).toEqual(paths);
  });
});

describe("Go", () => {
  const files: Files = {
    ...empty(
      "main.go",
      "cart/cart.go",
      "cart/price.go",
      "cart/cart_test.go",
      "tools/gen/gen.go",
      "vendor/x.org/y/y.go",
    ),
    "go.mod": "module example.org/shop\n\ngo 1.22\n",
    "tools/go.mod": "// a comment\nmodule example.org/shop/tools\n",
  };
  it.each([
    ["a package: all its files but tests", "example.org/shop/cart", ["cart/cart.go", "cart/price.go"]],
    ["the module's root", "example.org/shop", ["main.go"]],
    ["the module inside a module", "example.org/shop/tools/gen", ["tools/gen/gen.go"]],
    ["what is vendored", "x.org/y", ["vendor/x.org/y/y.go"]],
    ["the library", "fmt", []],
    ["a name that only begins alike", "example.org/shopping/cart", []],
  ])("resolves %s", (_name, target, paths) => {
    expect(resolve(files, "cmd/run.go", target)).toEqual(paths);
  });
});

describe("Rust", () => {
  const files: Files = {
    ...empty(
      "shop/src/lib.rs",
      "shop/src/cart/mod.rs",
      "shop/src/cart/item.rs",
      "shop/src/price.rs",
      "shop/src/price/tax.rs",
    ),
    ...empty("my-money/src/lib.rs", "my-money/src/coin.rs", "shop/tests/all.rs"),
    "shop/Cargo.toml": '[package]\nname = "shop"\nversion = "1.0.0"\n',
    "my-money/Cargo.toml": '[package]\nversion = "1.0.0"\nname = "my-money"\n[lib]\nname = "coins"\n',
    "shop/src/tested.rs": { defines: ["function f 1-2", "module tests 5-20"] },
  };
  it.each([
    ["mod in the root", "shop/src/lib.rs", "price", [], ["shop/src/price.rs"]],
    ["mod in a module's file", "shop/src/price.rs", "tax", [], ["shop/src/price/tax.rs"]],
    ["crate::", "shop/src/price/tax.rs", "crate::cart::item::Item", [], ["shop/src/cart/item.rs"]],
    ["a type in a module", "shop/src/price.rs", "crate::cart::Cart", [], ["shop/src/cart/mod.rs"]],
    [
      "names of which one is a module",
      "shop/src/price.rs",
      "crate::cart",
      ["item", "Cart"],
      ["shop/src/cart/item.rs", "shop/src/cart/mod.rs"],
    ],
    ["braces", "shop/src/price.rs", "crate::cart::{Cart, item}", [], ["shop/src/cart/mod.rs"]],
    ["super::", "shop/src/cart/item.rs", "super::Cart", [], ["shop/src/cart/mod.rs"]],
    ["super:: twice", "shop/src/cart/item.rs", "super::super::price", [], ["shop/src/price.rs"]],
    ["self::", "shop/src/cart/mod.rs", "self::item::Item", [], ["shop/src/cart/item.rs"]],
    ["a crate of the workspace", "shop/src/lib.rs", "my_money::coin::Coin", [], ["my-money/src/coin.rs"]],
    ["a crate by its library's name", "shop/src/lib.rs", "coins::Coin", [], ["my-money/src/lib.rs"]],
    ["the own crate in a test", "shop/tests/all.rs", "shop::price", [], ["shop/src/price.rs"]],
    ["the library", "shop/src/lib.rs", "std::fmt", [], []],
  ])("resolves %s", (_name, from, target, names, paths) => {
    expect(resolve(files, from, target, names)).toEqual(paths);
  });

  it("knows that super inside of mod tests is the file itself", () => {
    expect(resolve(files, "shop/src/tested.rs", "super::*", [], 6)).toEqual([]);
    expect(resolve(files, "shop/src/tested.rs", "super::super::price", [], 6)).toEqual(["shop/src/price.rs"]);
  });
});

describe("namespaces", () => {
  const java: Files = {
    ...empty("app/src/main/java/org/shop/Cart.java", "app/src/main/java/org/shop/Price.java"),
    "app/src/main/kotlin/org/shop/money/all.kt": { defines: ["class Coin 1-3", "function pay 4-5"] },
  };
  it.each([
    ["a class", "org.shop.Cart", ["app/src/main/java/org/shop/Cart.java"]],
    ["an inner class", "org.shop.Cart.Line", ["app/src/main/java/org/shop/Cart.java"]],
    ["a static member", "org.shop.Price.tax", ["app/src/main/java/org/shop/Price.java"]],
    ["a package", "org.shop.*", ["app/src/main/java/org/shop/Cart.java", "app/src/main/java/org/shop/Price.java"]],
    ["Kotlin's type in a file of another name", "org.shop.money.Coin", ["app/src/main/kotlin/org/shop/money/all.kt"]],
    ["Kotlin's function", "org.shop.money.pay", ["app/src/main/kotlin/org/shop/money/all.kt"]],
    ["the library", "java.util.List", []],
  ])("resolves on the JVM %s", (_name, target, paths) => {
    expect(resolve(java, "app/src/main/java/org/other/Main.java", target)).toEqual(paths);
  });

  it("resolves C# by declared namespaces, then by folders", () => {
    const files: Files = {
      "a/One.cs": { defines: ["module Shop.Cart 1-9"] },
      "b/Two.cs": { defines: ["module Shop 1-9", "module Cart 2-8 in Shop"] },
      "Shop/Money/Coin.cs": "",
    };
    expect(resolve(files, "Main.cs", "Shop.Cart")).toEqual(["a/One.cs", "b/Two.cs"]);
    expect(resolve(files, "Main.cs", "Shop.Money")).toEqual(["Shop/Money/Coin.cs"]);
    expect(resolve(files, "Main.cs", "System.Text")).toEqual([]);
  });

  it.each([
    ["by composer.json", "App\\Models\\User", [], ["app/Models/User.php"]],
    ["a group", "App\\Models", ["User"], ["app/Models/User.php"]],
    ["by the end of the path", "Shop\\Cart", [], ["src/Shop/Cart.php"]],
    ["an included file", "./helpers.php", [], ["app/helpers.php"]],
    ["from outside", "Monolog\\Logger", [], []],
  ])("resolves PHP %s", (_name, target, names, paths) => {
    const files: Files = {
      ...empty("app/Models/User.php", "src/Shop/Cart.php", "app/helpers.php"),
      "composer.json": '{"autoload": {"psr-4": {"App\\\\": "app/"}}}',
    };
    expect(resolve(files, "app/run.php", target, names)).toEqual(paths);
  });

  it("resolves Swift by target", () => {
    const files = empty("Sources/Core/A.swift", "Sources/Core/In/B.swift", "Sources/App/main.swift");
    expect(resolve(files, "Sources/App/main.swift", "Core")).toEqual([
      "Sources/Core/A.swift",
      "Sources/Core/In/B.swift",
    ]);
  });
});

describe("paths", () => {
  const files = empty(
    "lib/net/socket.h",
    "lib/net/impl/socket.c",
    "other/net/socket.h",
    "include/zone.h",
    "lib/shop.rb",
    "lib/shop/cart.rb",
    "spec/spec_helper.rb",
    "css/_base.scss",
    "css/all.css",
    "docs/readme.md",
    "docs/guide/intro.md",
    "infra/modules/db/main.tf",
  );
  it.each([
    ["an include beside", "lib/net/a.c", "socket.h", "lib/net/socket.h"],
    ["an include by the end of its path, nearest first", "other/x/a.c", "net/socket.h", "other/net/socket.h"],
    ["an include from another folder", "lib/net/a.c", "zone.h", "include/zone.h"],
    ["a system header", "lib/net/a.c", "stdio.h", undefined],
    ["require_relative", "lib/shop.rb", "shop/cart", "lib/shop/cart.rb"],
    ["require on the load path", "spec/cart_spec.rb", "shop/cart", "lib/shop/cart.rb"],
    ["a helper of the tests", "spec/deep/cart_spec.rb", "spec_helper", "spec/spec_helper.rb"],
    ["a gem", "lib/shop.rb", "json", undefined],
    ["a style's partial", "css/all.css", "base", "css/_base.scss"],
    ["a style from elsewhere", "css/all.css", "https://example.org/x.css", undefined],
    ["a link between documents", "docs/readme.md", "guide/intro.md#first", "docs/guide/intro.md"],
    ["a link to a folder", "notes.md", "docs", "docs/readme.md"],
    ["a link out", "docs/readme.md", "https://example.org/", undefined],
    ["a module of Terraform", "infra/main.tf", "./modules/db", "infra/modules/db/main.tf"],
  ])("resolves %s", (_name, from, target, path) => {
    expect(resolve(files, from, target)).toEqual(path === undefined ? [] : [path]);
  });
});
