import { BreadCard } from "./BreadCard.tsx";
import type { Bread } from "./breads.ts";
import type { Basket } from "./order.ts";

interface BreadListProps {
  readonly breads: readonly Bread[];
  readonly basket: Basket;
  readonly onChange: (bread: Bread, by: number) => void;
}

export function BreadList({ breads, basket, onChange }: BreadListProps) {
  return (
    <section aria-labelledby="breads-title">
      <h1 id="breads-title">Fresh bread, ready when you are</h1>
      <p className="intro">Order until eight in the evening. Your bread waits for you in a bag with your name on it.</p>
      {breads.length === 0 ? (
        <p className="empty">The oven is resting. Come back tomorrow.</p>
      ) : (
        <ul className="breads">
          {breads.map((bread) => (
            <BreadCard
              key={bread.id}
              bread={bread}
              count={basket[bread.id] ?? 0}
              onChange={(by) => onChange(bread, by)}
            />
          ))}
        </ul>
      )}
    </section>
  );
}
