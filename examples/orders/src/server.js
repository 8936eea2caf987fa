import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createOrders } from "./orders.js";

const PAGES = {
  "/": ["index.html", "text/html; charset=utf-8"],
  "/page.js": ["page.js", "text/javascript; charset=utf-8"],
};

export function createOrdersServer(orders = createOrders()) {
  return createServer(async (request, response) => {
    try {
      await answer(orders, request, response);
    } catch (error) {
      send(response, error instanceof RangeError || error instanceof SyntaxError ? 400 : 500, { error: error.message });
    }
  });
}

async function answer(orders, request, response) {
  const { pathname } = new URL(request.url, "http://localhost");
  if (request.method === "GET" && pathname === "/orders") return send(response, 200, orders.list());
  if (request.method === "POST" && pathname === "/orders")
    return send(response, 201, orders.add(await bodyOf(request)));
  const page = request.method === "GET" ? PAGES[pathname] : undefined;
  if (page === undefined) return send(response, 404, { error: "There is nothing here." });
  const [file, type] = page;
  response.writeHead(200, { "content-type": type });
  response.end(await readFile(new URL(`../public/${file}`, import.meta.url)));
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString());
}

function send(response, status, value) {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}
