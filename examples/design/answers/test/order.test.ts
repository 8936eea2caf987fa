import assert from "node:assert/strict";
import { test } from "node:test";
import { BREADS } from "../src/breads.ts";
import { changed, linesOf, priceText, totalOf } from "../src/order.ts";

const [loaf] = BREADS;
const soldOut = BREADS.find(({ left }) => left === 0);

test("a basket holds no less than none and no more than there are", () => {
  assert.deepEqual(changed({}, loaf, -1), { loaf: 0 });
  assert.deepEqual(changed({ loaf: 12 }, loaf, 1), { loaf: 12 });
  assert.deepEqual(changed({}, soldOut, 1), { croissant: 0 });
});

test("a total is the sum of its lines", () => {
  const lines = linesOf({ loaf: 1, pretzel: 4, roll: 0 }, BREADS);
  assert.equal(lines.length, 2);
  assert.equal(priceText(totalOf(lines)), "€ 11.00");
});
