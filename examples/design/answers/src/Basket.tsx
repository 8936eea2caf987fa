import { type Line, priceText, totalOf } from "./order.ts";

export function Basket({ lines }: { readonly lines: readonly Line[] }) {
  return (
    <section className="basket" aria-labelledby="basket-title">
      <h2 id="basket-title">Your order</h2>
      {lines.length === 0 ? (
        <p className="empty">Nothing yet. Choose a bread.</p>
      ) : (
        <>
          <ul className="lines">
            {lines.map(({ bread, count }) => (
              <li key={bread.id}>
                <span>
                  {count} × {bread.name}
                </span>
                <span>{priceText(bread.price * count)}</span>
              </li>
            ))}
          </ul>
          <p className="total">
            <span>Total</span>
            <strong>{priceText(totalOf(lines))}</strong>
          </p>
        </>
      )}
    </section>
  );
}
