/** The graph over what is really extracted: a price, and a cart that uses it, in every language with imports. */
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { createExtractor, type Extractor } from "../../../daemon/memory/code/extract.ts";
import type { FileFacts } from "../../../daemon/memory/code/facts.ts";
import { createGraph } from "../../../daemon/memory/graph/graph.ts";
import { viewOf } from "../../support/code-view.ts";

interface Case {
  readonly language: string;
  readonly price: readonly [path: string, text: string];
  readonly cart: readonly [path: string, text: string];
  readonly others?: Readonly<Record<string, string>>;
  /** The name that the cart uses. */
  readonly name: string;
  readonly line: number;
}

const CASES: readonly Case[] = [
  {
    language: "TypeScript",
    price: ["src/price.ts", "export function grossPrice(net: number): number {\n  return net * 1.2;\n}\n"],
    cart: ["src/cart.ts", 'import { grossPrice } from "./price.js";\n\nexport const total = () => grossPrice(1);\n'],
    name: "grossPrice",
    line: 3,
  },
  {
    language: "JavaScript with require",
    price: ["lib/price.js", "exports.grossPrice = function (net) {\n  return net * 1.2;\n};\n"],
    cart: ["lib/cart.js", 'var price = require("./price");\n\nfunction total() {\n  return price.grossPrice(1);\n}\n'],
    name: "grossPrice",
    line: 4,
  },
  {
    language: "Python",
    price: ["shop/price.py", "def gross_price(net):\n    return net * 1.2\n"],
    cart: ["shop/cart.py", "from .price import gross_price\n\n\ndef total():\n    return gross_price(1)\n"],
    others: { "shop/__init__.py": "" },
    name: "gross_price",
    line: 5,
  },
  {
    language: "Go",
    price: ["price/price.go", "package price\n\nfunc GrossPrice(net int) int {\n\treturn net\n}\n"],
    cart: [
      "cart/cart.go",
      'package cart\n\nimport "example.org/shop/price"\n\nfunc Total() int {\n\treturn price.GrossPrice(1)\n}\n',
    ],
    others: { "go.mod": "module example.org/shop\n" },
    name: "GrossPrice",
    line: 6,
  },
  {
    language: "Rust",
    price: ["src/price.rs", "pub fn gross_price(net: u32) -> u32 {\n    net\n}\n"],
    cart: ["src/cart.rs", "use crate::price::gross_price;\n\npub fn total() -> u32 {\n    gross_price(1)\n}\n"],
    others: { "Cargo.toml": '[package]\nname = "shop"\n', "src/lib.rs": "pub mod cart;\npub mod price;\n" },
    name: "gross_price",
    line: 4,
  },
  {
    language: "Java",
    price: [
      "src/org/price/Price.java",
      "package org.price;\n\npublic class Price {\n  static int grossPrice(int net) { return net; }\n}\n",
    ],
    cart: [
      "src/org/cart/Cart.java",
      "package org.cart;\n\nimport org.price.Price;\n\nclass Cart {\n  int total() { return Price.grossPrice(1); }\n}\n",
    ],
    name: "grossPrice",
    line: 6,
  },
  {
    language: "Kotlin",
    price: ["src/org/price/money.kt", "package org.price\n\nfun grossPrice(net: Int): Int {\n  return net\n}\n"],
    cart: [
      "src/org/cart/Cart.kt",
      "package org.cart\n\nimport org.price.grossPrice\n\nfun total(): Int {\n  return grossPrice(1)\n}\n",
    ],
    name: "grossPrice",
    line: 6,
  },
  {
    language: "C#",
    price: [
      "src/Price.cs",
      "namespace Shop.Money\n{\n  public class Price\n  {\n    public static int GrossPrice(int net) { return net; }\n  }\n}\n",
    ],
    cart: [
      "src/Cart.cs",
      "using Shop.Money;\n\nnamespace Shop\n{\n  class Cart\n  {\n    int Total() { return Price.GrossPrice(1); }\n  }\n}\n",
    ],
    name: "GrossPrice",
    line: 7,
  },
  {
    language: "C",
    price: ["src/price.c", '#include "price.h"\n\nint gross_price(int net) {\n  return net;\n}\n'],
    cart: ["src/cart.c", '#include "price.h"\n\nint total(void) {\n  return gross_price(1);\n}\n'],
    others: { "src/price.h": "int gross_price(int net);\n" },
    name: "gross_price",
    line: 4,
  },
  {
    language: "C++",
    price: [
      "include/shop/price.hpp",
      "#pragma once\nnamespace shop {\ninline int gross_price(int net) { return net; }\n}\n",
    ],
    cart: ["src/cart.cpp", "#include <shop/price.hpp>\n\nint total() {\n  return shop::gross_price(1);\n}\n"],
    name: "gross_price",
    line: 4,
  },
  {
    language: "PHP",
    price: [
      "app/Money/Price.php",
      "<?php\nnamespace App\\Money;\n\nclass Price {\n  public static function grossPrice($net) { return $net; }\n}\n",
    ],
    cart: [
      "app/Cart.php",
      "<?php\nnamespace App;\n\nuse App\\Money\\Price;\n\nclass Cart {\n  function total() { return Price::grossPrice(1); }\n}\n",
    ],
    others: { "composer.json": '{"autoload": {"psr-4": {"App\\\\": "app/"}}}' },
    name: "grossPrice",
    line: 7,
  },
  {
    language: "Ruby",
    price: ["lib/shop/price.rb", "def gross_price(net)\n  net\nend\n"],
    cart: ["lib/shop/cart.rb", 'require_relative "price"\n\ndef total\n  gross_price(1)\nend\n'],
    name: "gross_price",
    line: 4,
  },
];

const GRAMMARS = fileURLToPath(new URL("../../../grammars", import.meta.url));

describe("the graph of real code", () => {
  let extractor: Extractor;
  beforeAll(async () => {
    extractor = await createExtractor({ folder: GRAMMARS });
  });

  it.each(CASES)("follows $language from an import to its use", async ({ price, cart, others, name, line }) => {
    const texts = new Map([price, cart, ...Object.entries(others ?? {})]);
    const facts = new Map<string, FileFacts>();
    for (const [path, text] of texts) {
      await extractor.prepare(path, text);
      facts.set(path, extractor.extract(path, text));
    }
    const view = viewOf(facts, 1);
    const graph = createGraph({ view: () => view, history: () => undefined, readText: (path) => texts.get(path) });
    const answer = graph.uses(`${price[0]}#${name}`);
    const uses = answer.ok ? answer.value.uses : [];
    const use = uses.find((found) => found.path === cart[0] && found.kind !== "import");
    expect([use?.line, use?.confidence, use?.within?.name.toLowerCase()]).toEqual([line, "certain", "total"]);
    expect(graph.importsOf(cart[0]).flatMap(({ files }) => files)).not.toEqual([]);
  });
});
