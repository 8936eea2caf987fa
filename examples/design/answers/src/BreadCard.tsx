import { BreadPicture } from "./BreadPicture.tsx";
import type { Bread } from "./breads.ts";
import { priceText } from "./order.ts";

interface BreadCardProps {
  readonly bread: Bread;
  readonly count: number;
  readonly onChange: (by: number) => void;
}

export function BreadCard({ bread, count, onChange }: BreadCardProps) {
  const { name, about, price, left, shape } = bread;
  const isSoldOut = left === 0;
  return (
    <li className={isSoldOut ? "bread-card is-sold-out" : "bread-card"}>
      <BreadPicture shape={shape} />
      <div className="bread-text">
        <h3>{name}</h3>
        <p className="quiet">{about}</p>
        <p className="price">{priceText(price)}</p>
      </div>
      {isSoldOut ? (
        <p className="sold-out">Sold out for tomorrow</p>
      ) : (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset would ask for a legend of its own
        <div className="amount" role="group" aria-label={`How many: ${name}`}>
          <button type="button" onClick={() => onChange(-1)} disabled={count === 0} aria-label={`One ${name} less`}>
            −
          </button>
          <output aria-live="polite">{count}</output>
          <button type="button" onClick={() => onChange(1)} disabled={count >= left} aria-label={`One ${name} more`}>
            +
          </button>
        </div>
      )}
    </li>
  );
}
