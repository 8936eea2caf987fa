/** What a server can do wrong; that the store works with a real one is shown by test/chroma. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { systemClock } from "../../../daemon/host/clock.ts";
import {
  type ChromaStoreOptions,
  collectionName,
  openChromaStore,
} from "../../../daemon/memory/vector/chroma-store.ts";
import { createManualClock } from "../../support/manual-clock.ts";
import { must } from "./conformance.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function open(address: string, more: Partial<ChromaStoreOptions> = {}) {
  const base = { address, repository: "r", model: "m", dimensions: 2, clock: systemClock };
  return must(openChromaStore({ ...base, ...more }));
}

const vector = Float32Array.of(1, 0);

it.each(["", "chroma", "ftp://127.0.0.1"])("refuses “%s” as an address", (address) => {
  const options = { address, repository: "r", model: "m", dimensions: 2, clock: systemClock };
  expect(openChromaStore(options)).toMatchObject({ ok: false, error: { code: "vectors.unavailable" } });
});

it("says that nobody answers", async () => {
  const address = await serve(() => undefined);
  for (const close of closing.splice(0)) close();
  const result = await open(address).search(vector, 1);
  expect(result).toMatchObject({ ok: false, error: { message: expect.stringContaining("cannot be reached") } });
});

it("gives up on a server that never answers, and ends the request", async () => {
  const clock = createManualClock();
  const aborted = Promise.withResolvers<void>();
  const address = await serve((request) => {
    request.on("close", () => aborted.resolve());
    clock.advance(5000);
  });
  const result = await open(address, { clock, timeoutMs: 5000 }).search(vector, 1);
  expect(result).toMatchObject({ ok: false, error: { message: expect.stringContaining("no answer for 5 s") } });
  await aborted.promise;
  expect(clock.pendingTimers).toBe(0);
});

it("sends the token, and says when it is refused", async () => {
  const tokens: unknown[] = [];
  const address = await serve((request, response) => {
    tokens.push(request.headers["x-chroma-token"]);
    response.writeHead(401).end();
  });
  const result = await open(address, { headers: { "x-chroma-token": "secret" } }).count();
  expect(result).toMatchObject({ ok: false, error: { message: expect.stringContaining("refused the token") } });
  expect(JSON.stringify(result)).not.toContain("secret");
  expect(tokens).toEqual(["secret"]);
});

it("follows no redirect with the token", async () => {
  const elsewhere: string[] = [];
  const other = await serve((request, response) => {
    elsewhere.push(request.url ?? "");
    response.end("{}");
  });
  const address = await serve((_, response) => void response.writeHead(307, { location: other }).end());
  expect((await open(address, { headers: { "x-chroma-token": "secret" } }).count()).ok).toBe(false);
  expect(elsewhere).toEqual([]);
});

it.each([
  ["a web page", "<html></html>"],
  ["broken JSON", '{"id": '],
  ["other JSON", "[1, 2]"],
  ["nothing", ""],
])("takes %s for an error", async (_, body) => {
  const address = await serve((_request, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(body);
  });
  expect(await open(address).search(vector, 1)).toMatchObject({ ok: false, error: { code: "vectors.unavailable" } });
});

it("names collections by what they hold, in characters that Chroma takes", () => {
  const name = (repository: string, model: string, dimensions: number) =>
    collectionName({ repository, model, dimensions });
  const names = [
    name("a", "m", 2),
    name("b", "m", 2),
    name("a", "n", 2),
    name("a", "m", 3),
    name("a", "ö/ü".repeat(99), 2),
  ];
  expect(new Set(names).size).toBe(names.length);
  for (const each of names) expect(each).toMatch(/^[a-zA-Z0-9][a-zA-Z0-9._-]{1,61}[a-zA-Z0-9]$/);
});
