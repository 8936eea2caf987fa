import { useEffect, useState } from "react";
import { Basket } from "./Basket.tsx";
import { BreadList } from "./BreadList.tsx";
import { BREADS } from "./breads.ts";
import { type Basket as Chosen, changed, linesOf } from "./order.ts";
import { type Pickup, PickupForm } from "./PickupForm.tsx";
import { SiteHeader } from "./SiteHeader.tsx";
import { ThankYou } from "./ThankYou.tsx";

/** `#/thanks` is the page after an order, everything else the shop. */
function useIsDone(): boolean {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const listen = () => setHash(location.hash);
    addEventListener("hashchange", listen);
    return () => removeEventListener("hashchange", listen);
  }, []);
  return hash === "#/thanks";
}

export function App() {
  const [basket, setBasket] = useState<Chosen>({});
  const [pickup, setPickup] = useState<Pickup>();
  const isDone = useIsDone();
  const lines = linesOf(basket, BREADS);

  function order(chosen: Pickup) {
    setPickup(chosen);
    setBasket({});
    location.hash = "#/thanks";
  }

  return (
    <>
      <SiteHeader />
      {isDone && pickup !== undefined ? (
        <main className="page-narrow">
          <ThankYou pickup={pickup} number={1042} />
        </main>
      ) : (
        <main className="page">
          <BreadList
            breads={BREADS}
            basket={basket}
            onChange={(bread, by) => setBasket((before) => changed(before, bread, by))}
          />
          <aside aria-label="Order">
            <Basket lines={lines} />
            <PickupForm canOrder={lines.length > 0} onOrder={order} />
          </aside>
        </main>
      )}
    </>
  );
}
