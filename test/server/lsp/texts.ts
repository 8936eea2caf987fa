/** What the fake memory knows of a file that several tests open. */
import { META } from "../../support/fake-memory.ts";

const entry = (symbol: string, kind: string, startLine: number, endLine: number) => ({
  ...{ symbol, kind, path: "src/cart.ts", line: startLine, startLine, endLine, signature: symbol, doc: "" },
});

export const SYMBOL_OF_CART = { symbols: [entry("Cart", "class", 2, 4), entry("Cart.add", "method", 3, 3)], ...META };
