/** What the agents of the scenario `team` write. */

export const CANCEL = `    /** Undefined when there is no such order. Throws a RangeError when it was sent. */
    cancel(id) {
      const order = orders.get(id);
      if (order?.status === "sent") throw new RangeError("The order was sent; it cannot be cancelled any more.");
      if (order !== undefined) order.status = "cancelled";
      return order;
    },
`;

export const LIST_LINE = "    list: () => [...orders.values()],\n";
export const POST_LINE = "    return send(response, 201, orders.add(await bodyOf(request)));\n";
export const ROUTE = `  const cancelled = request.method === "POST" ? /^\\/orders\\/(\\d+)\\/cancel$/.exec(pathname) : null;
  if (cancelled !== null) return cancel(orders, Number(cancelled[1]), response);
`;
export const HANDLER = `function cancel(orders, id, response) {
  const order = orders.cancel(id);
  if (order === undefined) return send(response, 404, { error: \`There is no order \${id}.\` });
  return send(response, 200, order);
}

`;
export const HANDLER_MENDED = `function cancel(orders, id, response) {
  if (orders.get(id)?.status === "sent") return send(response, 409, { error: "The order was sent already." });
  const order = orders.cancel(id);
`;

export const HEALTH = `HEALTHCHECK CMD node -e "fetch('http://127.0.0.1:8080/orders').then(({ ok }) => process.exit(ok ? 0 : 1))"
`;

export const MIGRATION = `ALTER TABLE orders ADD COLUMN cancelled_at TIMESTAMP;

-- migrate:down
ALTER TABLE orders DROP COLUMN cancelled_at;
`;

export const NOTE = `# Cancelling an order

- The service keeps orders in memory, "const orders = new Map()" [src/orders.js:3], so nothing outside it sees a change.
- An error of the class RangeError is answered with 400, "error instanceof RangeError" [src/server.js:15]; an order that
  was sent needs an answer of its own.
- The page shows whatever status an order has, "(\${status})" [public/page.js:2], so a cancelled one needs no new text.
`;

export const CANCEL_TEST = `import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, it } from "node:test";
import { cancelButton, canBeCancelled } from "../public/page.js";
import { createOrders } from "../src/orders.js";
import { createOrdersServer } from "../src/server.js";

describe("cancelling", () => {
  const orders = createOrders();
  const server = createOrdersServer(orders);
  let address;

  before(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    address = \`http://127.0.0.1:\${server.address().port}\`;
  });
  after(() => server.close());

  const cancel = (id) => fetch(\`\${address}/orders/\${id}/cancel\`, { method: "POST" });

  it("keeps a cancelled order in the list", async () => {
    const { id } = orders.add({ item: "Tea", quantity: 1 });
    const answer = await cancel(id);
    assert.equal(answer.status, 200);
    assert.equal((await answer.json()).status, "cancelled");
    assert.equal((await cancel(id)).status, 200);
    assert.deepEqual(await (await fetch(\`\${address}/orders\`)).json(), [
      { id, item: "Tea", quantity: 1, status: "cancelled" },
    ]);
  });

  it("does not cancel what was sent or is not there", async () => {
    const order = orders.add({ item: "Cup", quantity: 1 });
    order.status = "sent";
    assert.equal((await cancel(order.id)).status, 409);
    assert.throws(() => orders.cancel(order.id), RangeError);
    assert.equal((await cancel(999)).status, 404);
  });

  it("offers the button for open orders only", () => {
    assert.equal(canBeCancelled({ status: "open" }), true);
    assert.equal(canBeCancelled({ status: "cancelled" }), false);
  });

  it("gives the button a name, and asks the service when it is pressed", async () => {
    const asked = [];
    const attributes = {};
    const kept = { fetch: globalThis.fetch, document: globalThis.document };
    const button = {
      setAttribute: (name, value) => (attributes[name] = value),
      addEventListener: (event, press) => (button[event] = press),
    };
    globalThis.document = { createElement: (name) => Object.assign(button, { name }), getElementById: () => list };
    const list = { replaceChildren: (...items) => (list.items = items) };
    globalThis.fetch = async (...request) => {
      asked.push(request);
      return { json: async () => [] };
    };
    try {
      cancelButton({ id: 7, item: "Tea" });
      await button.click();
    } finally {
      Object.assign(globalThis, kept);
    }
    const { name, type, textContent } = button;
    assert.deepEqual({ name, type, textContent }, { name: "button", type: "button", textContent: "Cancel" });
    assert.deepEqual(attributes, { "aria-label": "Cancel Tea" });
    assert.deepEqual(asked, [["/orders/7/cancel", { method: "POST" }], ["/orders"]]);
    assert.deepEqual(list.items, []);
  });
});
`;

export const OPENAPI = `openapi: 3.1.0
info:
  title: Orders
  version: 1.0.0
paths:
  /orders:
    get:
      summary: Lists the orders
      responses:
        "200":
          description: All orders, cancelled ones too.
    post:
      summary: Adds an order
      responses:
        "201":
          description: The order.
        "400":
          description: The item is missing, or the quantity is not 1 or more.
  /orders/{id}/cancel:
    post:
      summary: Cancels an order
      parameters:
        - name: id
          in: path
          required: true
          schema:
            type: integer
      responses:
        "200":
          description: The cancelled order.
        "404":
          description: There is no such order.
        "409":
          description: It was sent already.
`;
