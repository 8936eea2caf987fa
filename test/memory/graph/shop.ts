/** One small shop in four languages: cart uses price, checkout uses cart, each with its test. */
import type { FileSketch } from "../../support/code-view.ts";

export type Sketches = Readonly<Record<string, FileSketch>>;

export interface Shop {
  readonly language: string;
  readonly files: Sketches;
  readonly texts: Readonly<Record<string, string>>;
  readonly paths: { readonly price: string; readonly cart: string; readonly checkout: string; readonly test: string };
  readonly command: string;
}

const PRICE: FileSketch = { defines: ["function netPrice 1-3", "function grossPrice 5-9"], uses: ["call netPrice 6"] };
const cart = (imports: string[]): FileSketch => ({
  defines: ["class ShoppingCart 3-20", "method cartTotal 5-9 in ShoppingCart"],
  uses: ["call grossPrice 6"],
  imports,
});
const checkout = (imports: string[]): FileSketch => ({
  defines: ["function checkOut 3-9"],
  uses: ["type ShoppingCart 4", "call cartTotal 5"],
  imports,
});
const test = (imports: string[]): FileSketch => ({
  defines: ["function testCart 3-8"],
  uses: ["type ShoppingCart 4", "call cartTotal 5"],
  imports,
});
/** Has the names too, but nothing to do with the shop. */
const STRANGER: FileSketch = { defines: ["function grossPrice 1-2"], uses: ["call grossPrice 5"] };

export const SHOPS: readonly Shop[] = [
  {
    language: "TypeScript",
    files: {
      "src/price.ts": PRICE,
      "src/cart/cart.ts": cart(["../price.js {grossPrice} 1"]),
      "src/cart/index.ts": { imports: ["./cart.ts"] },
      "src/checkout.ts": checkout(["./cart {ShoppingCart} 1"]),
      "test/cart/cart.test.ts": test(["../../src/cart/index.ts {ShoppingCart} 1"]),
      "tools/report.ts": STRANGER,
      "package.json": {},
    },
    texts: { "package.json": '{"devDependencies": {"vitest": "4"}}' },
    paths: {
      price: "src/price.ts",
      cart: "src/cart/cart.ts",
      checkout: "src/checkout.ts",
      test: "test/cart/cart.test.ts",
    },
    command: "npx vitest run test/cart/cart.test.ts",
  },
  {
    language: "Python",
    files: {
      "src/shop/__init__.py": { imports: [".cart {ShoppingCart} 1"] },
      "src/shop/price.py": PRICE,
      "src/shop/cart.py": cart([".price {grossPrice} 1"]),
      "src/shop/checkout.py": checkout(["shop {ShoppingCart} 1"]),
      "tests/test_cart.py": test(["shop.cart {ShoppingCart} 1"]),
      "tools/report.py": STRANGER,
      "pytest.ini": {},
    },
    texts: {},
    paths: {
      price: "src/shop/price.py",
      cart: "src/shop/cart.py",
      checkout: "src/shop/checkout.py",
      test: "tests/test_cart.py",
    },
    command: "python -m pytest tests/test_cart.py",
  },
  {
    language: "Go",
    files: {
      "go.mod": {},
      "price/price.go": PRICE,
      "cart/cart.go": cart(["example.org/shop/price 1"]),
      "cart/cart_test.go": test([]),
      "checkout/checkout.go": checkout(["example.org/shop/cart 1"]),
      "tools/report.go": STRANGER,
    },
    texts: { "go.mod": "module example.org/shop\n" },
    paths: {
      price: "price/price.go",
      cart: "cart/cart.go",
      checkout: "checkout/checkout.go",
      test: "cart/cart_test.go",
    },
    command: "go test ./cart",
  },
  {
    language: "Java",
    files: {
      "pom.xml": {},
      "src/main/java/org/shop/price/Price.java": {
        defines: ["class Price 1-10", "method netPrice 2-3 in Price", "method grossPrice 5-9 in Price"],
        uses: ["call netPrice 6"],
      },
      "src/main/java/org/shop/cart/Cart.java": cart(["org.shop.price.Price 1"]),
      "src/main/java/org/shop/Checkout.java": checkout(["org.shop.cart.Cart 1"]),
      "src/test/java/org/shop/cart/CartTest.java": test([]),
      "src/main/java/org/tools/Report.java": STRANGER,
    },
    texts: {},
    paths: {
      price: "src/main/java/org/shop/price/Price.java",
      cart: "src/main/java/org/shop/cart/Cart.java",
      checkout: "src/main/java/org/shop/Checkout.java",
      test: "src/test/java/org/shop/cart/CartTest.java",
    },
    command: "mvn -B test -Dtest=CartTest",
  },
];
