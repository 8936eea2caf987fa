export function orderText({ item, quantity, status }) {
  return `${quantity} × ${item} (${status})`;
}

async function show() {
  const orders = await (await fetch("/orders")).json();
  const items = orders.map((order) => {
    const item = document.createElement("li");
    item.textContent = orderText(order);
    return item;
  });
  document.getElementById("orders").replaceChildren(...items);
}

if (globalThis.document !== undefined) {
  document.getElementById("add").addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    const order = { item: form.get("item"), quantity: Number(form.get("quantity")) };
    await fetch("/orders", { method: "POST", body: JSON.stringify(order) });
    await show();
  });
  await show();
}
