import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, it } from "node:test";
import { orderText } from "../public/page.js";
import { createOrdersServer } from "../src/server.js";

describe("orders", () => {
  const server = createOrdersServer();
  let address;

  before(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    address = `http://127.0.0.1:${server.address().port}`;
  });
  after(() => server.close());

  it("adds an order and lists it", async () => {
    const order = { item: " Tea ", quantity: 2 };
    const added = await fetch(`${address}/orders`, { method: "POST", body: JSON.stringify(order) });
    assert.equal(added.status, 201);
    assert.deepEqual(await (await fetch(`${address}/orders`)).json(), [
      { id: 1, item: "Tea", quantity: 2, status: "open" },
    ]);
  });

  it("refuses an order without an item or with no quantity", async () => {
    for (const order of [{ quantity: 1 }, { item: "Tea", quantity: 0 }]) {
      const answer = await fetch(`${address}/orders`, { method: "POST", body: JSON.stringify(order) });
      assert.equal(answer.status, 400);
    }
  });

  it("shows an order in words", () => {
    assert.equal(orderText({ item: "Tea", quantity: 2, status: "open" }), "2 × Tea (open)");
  });
});
