import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, it } from "node:test";
import { createNotesServer } from "../src/server.js";

describe("the service", () => {
  const server = createNotesServer();
  let address;

  before(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    address = `http://127.0.0.1:${server.address().port}`;
  });
  after(() => server.close());

  const post = (note) => fetch(`${address}/notes`, { method: "POST", body: JSON.stringify(note) });
  const list = async () => (await fetch(`${address}/notes`)).json();

  it("adds a note and lists it, newest first", async () => {
    await post({ text: "first" });
    const response = await post({ text: "  second " });
    assert.equal(response.status, 201);
    assert.equal((await response.json()).text, "second");
    assert.deepEqual(
      (await list()).map((note) => note.text),
      ["second", "first"],
    );
  });

  it("refuses an empty note", async () => {
    assert.equal((await post({ text: " " })).status, 400);
    assert.equal((await post({})).status, 400);
  });

  it("removes a note", async () => {
    const { id } = await (await post({ text: "third" })).json();
    const remove = () => fetch(`${address}/notes/${id}`, { method: "DELETE" });
    assert.equal((await remove()).status, 204);
    assert.equal((await remove()).status, 404);
  });

  it("serves the page", async () => {
    const response = await fetch(address);
    assert.match(response.headers.get("content-type"), /text\/html/);
    assert.match(await response.text(), /<ul id="notes">/);
  });
});
