/** The orders, in memory. */
export function createOrders() {
  const orders = new Map();
  let last = 0;
  return {
    list: () => [...orders.values()],
    get: (id) => orders.get(id),
    /** Throws a RangeError when the item is missing or the quantity is no positive whole number. */
    add({ item, quantity }) {
      if (typeof item !== "string" || item.trim() === "") throw new RangeError("An order needs an item.");
      if (!Number.isInteger(quantity) || quantity < 1) throw new RangeError("The quantity must be 1 or more.");
      last += 1;
      const order = { id: last, item: item.trim(), quantity, status: "open" };
      orders.set(order.id, order);
      return order;
    },
  };
}
