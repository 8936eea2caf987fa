import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createNotes } from "./notes.js";

const PAGES = {
  "/": ["index.html", "text/html"],
  "/page.js": ["page.js", "text/javascript"],
  "/render.js": ["render.js", "text/javascript"],
};

export function createNotesServer(notes = createNotes()) {
  return createServer(async (request, response) => {
    const url = new URL(request.url, "http://localhost");
    try {
      await answer(request, response, url, notes);
    } catch {
      send(response, 500, { error: "something went wrong" });
    }
  });
}

async function answer(request, response, url, notes) {
  const route = `${request.method} ${url.pathname.replace(/\d+$/, ":id")}`;
  if (route === "GET /notes") return send(response, 200, notes.list());
  if (route === "POST /notes") return addNote(request, response, notes);
  if (route === "DELETE /notes/:id") return removeNote(response, url, notes);
  const page = request.method === "GET" ? PAGES[url.pathname] : undefined;
  if (page === undefined) return send(response, 404, { error: "not found" });
  const [file, type] = page;
  response.writeHead(200, { "content-type": `${type}; charset=utf-8` });
  response.end(await readFile(new URL(`../public/${file}`, import.meta.url)));
}

async function addNote(request, response, notes) {
  const { text } = await readJson(request);
  if (typeof text !== "string" || text.trim() === "") return send(response, 400, { error: "text is empty" });
  return send(response, 201, notes.add(text.trim()));
}

function removeNote(response, url, notes) {
  const id = Number(url.pathname.split("/").at(-1));
  if (!notes.remove(id)) return send(response, 404, { error: "no such note" });
  response.writeHead(204);
  return response.end();
}

async function readJson(request) {
  let body = "";
  for await (const chunk of request) body += chunk;
  try {
    return JSON.parse(body);
  } catch {
    return {};
  }
}

function send(response, status, value) {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}
