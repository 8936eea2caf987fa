import { createServer } from "node:http";

const orders = [{ id: "1", item: "Tea" }];

const routes = {
  "GET /orders": (response) => response.end(JSON.stringify(orders)),
};

createServer((request, response) => {
  const route = routes[`${request.method} ${request.url}`];
  response.setHeader("content-type", "application/json");
  if (route) return route(response);
  response.writeHead(404).end('{"error":"not found"}');
}).listen(Number(process.env.PORT ?? 8080), "127.0.0.1");
