import type { Bread } from "./breads.ts";

/** How many of each bread, by its id. */
export type Basket = Readonly<Record<string, number>>;

export interface Line {
  readonly bread: Bread;
  readonly count: number;
}

export const PICKUP_TIMES = ["7:00", "7:30", "8:00", "8:30", "9:00"];

/** One more or one less, never below none and never more than there are. */
export function changed(basket: Basket, { id, left }: Bread, by: number): Basket {
  return { ...basket, [id]: Math.min(left, Math.max(0, (basket[id] ?? 0) + by)) };
}

export function linesOf(basket: Basket, breads: readonly Bread[]): Line[] {
  return breads.flatMap((bread) => {
    const count = basket[bread.id] ?? 0;
    return count > 0 ? [{ bread, count }] : [];
  });
}

/** In cents. */
export function totalOf(lines: readonly Line[]): number {
  return lines.reduce((sum, { bread, count }) => sum + bread.price * count, 0);
}

export function priceText(cents: number): string {
  return `€ ${(cents / 100).toFixed(2)}`;
}
