import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFetchPage, type FetchOptions } from "../../daemon/tools/fetch-page.ts";
import { testCertificate, testKey } from "./tls.ts";
import { call, contextOf, makeFolder } from "./workspace.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const text =
  (body: string | Buffer, headers: Record<string, string> = {}): Handler =>
  (_request, response) =>
    void response.writeHead(200, { "content-type": "text/plain", ...headers }).end(body);
const redirect =
  (location: string): Handler =>
  (_request, response) =>
    void response.writeHead(302, { location }).end();

/** Writes to the bare connection. */
const raw =
  (write: (socket: Socket) => void): Handler =>
  (request) =>
    write(request.socket);

const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));

const PAGES: Record<string, Handler> = {
  "/text": text("plain words"),
  "/html": text("<title>T &amp; U</title><script>bad()</script><h1>Head</h1><p>Go <a href='/x?y=1'>there</a>", {
    "content-type": "text/html; charset=utf-8",
  }),
  "/latin": text(Buffer.from("caf\xe9", "latin1"), { "content-type": "text/plain; charset=iso-8859-1" }),
  "/gzip": text(gzipSync("packed words"), { "content-encoding": "gzip" }),
  "/bomb": text(bomb, { "content-encoding": "gzip" }),
  "/image": text("x", { "content-type": "image/png" }),
  "/none": (_request, response) => void response.end("x"),
  "/binary": text("a\0b"),
  "/coded": text("x", { "content-encoding": "zstd-of-my-own" }),
  "/inner": redirect("https://127.0.0.1/secret"),
  "/other": redirect("https://b.example/text"),
  "/plain-http": redirect("http://a.example/text"),
  "/file": redirect("file:///etc/passwd"),
  "/again": redirect("/text"),
  "/loop": redirect("/loop"),
  "/port": redirect("https://a.example:8443/text"),
  "/user": redirect("https://a.example@b.example/text"),
  "/declared": raw((socket) =>
    socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 10000000000\r\n\r\n"),
  ),
  "/endless": raw((socket) => {
    socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n");
    const more = () => {
      while (!socket.destroyed && socket.write(Buffer.alloc(65536, "x")));
    };
    socket.on("drain", more).on("error", () => undefined);
    more();
  }),
  "/short": raw((socket) =>
    socket.end("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\nshort"),
  ),
  "/slow": raw((socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nx")),
  "/silent": () => undefined,
  "/status": (_request, response) => void response.writeHead(404).end(),
  "/headers": (request, response) => text(JSON.stringify(request.headers), { "set-cookie": "a=b" })(request, response),
};

let server: Server;
let port = 0;
let connections = 0;

beforeAll(async () => {
  server = createServer({ key: testKey, cert: testCertificate }, (request, response) => {
    const page = PAGES[request.url ?? ""] ?? PAGES["/status"];
    page?.(request, response);
  });
  server.on("connection", () => {
    connections += 1;
  });
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function fetcher(more: FetchOptions = {}) {
  const isAllowedAddress = (address: string) => address === "127.0.0.1";
  const fetchPage = createFetchPage({
    port,
    ca: testCertificate,
    resolve: async () => ["127.0.0.1"],
    isAllowedAddress,
    ...more,
  });
  const { signal } = new AbortController();
  return (url: string) => fetchPage(url, signal);
}

const problem = (words: string) => ({ ok: false, error: { message: expect.stringContaining(words) } });

describe("a page that is fetched", () => {
  it("comes as text, also packed, in another encoding, and after a redirect within its host", async () => {
    const fetchPage = fetcher();
    expect(await fetchPage("https://a.example/text")).toEqual({
      ok: true,
      value: { url: "https://a.example/text", type: "text/plain", body: "plain words" },
    });
    expect(await fetchPage("https://a.example/gzip")).toMatchObject({ value: { body: "packed words" } });
    expect(await fetchPage("https://a.example/latin")).toMatchObject({ value: { body: "café" } });
    expect(await fetchPage("https://a.example/again")).toMatchObject({
      value: { url: "https://a.example/text", body: "plain words" },
    });
  });

  it("is asked for without cookies, referrer and names of the machine", async () => {
    const fetchPage = fetcher();
    await fetchPage("https://a.example/headers");
    const second = await fetchPage("https://a.example/headers");
    const headers: object = JSON.parse(second.ok ? second.value.body : "{}");
    expect(Object.keys(headers).sort()).toEqual(["accept", "accept-encoding", "connection", "host", "user-agent"]);
    expect(headers).toMatchObject({ host: "a.example", "user-agent": "Nexus (coding agent)" });
  });

  it.each(["/other", "/plain-http", "/inner", "/file", "/port", "/user"])(
    "is not followed elsewhere: %s",
    async (path) => {
      const before = connections;
      const answer = await fetcher()(`https://a.example${path}`);
      expect(answer).toMatchObject({ ok: true, value: { elsewhere: expect.any(String), body: "" } });
      expect(connections - before).toBe(1);
    },
  );

  it.each([
    ["/bomb", "more than 2097152 bytes"],
    ["/declared", "more than 2097152 bytes"],
    ["/endless", "more than 2097152 bytes"],
    ["/short", "aborted"],
    ["/image", "image/png"],
    ["/none", "only text, HTML and JSON"],
    ["/binary", "binary"],
    ["/coded", "encoding"],
    ["/status", "404"],
    ["/loop", "more than 5 times"],
  ])("is refused: %s", async (path, words) => {
    expect(await fetcher()(`https://a.example${path}`)).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(new RegExp(`${words}|cut off`)) },
    });
  });

  it.each(["/slow", "/silent"])("has its time: %s", async (path) => {
    expect(await fetcher({ timeoutMs: 150 })(`https://a.example${path}`)).toMatchObject(
      problem("no whole answer in 150 ms"),
    );
  });

  it("is given up when the run stops", async () => {
    const stop = new AbortController();
    const fetchPage = createFetchPage({
      port,
      ca: testCertificate,
      resolve: async () => ["127.0.0.1"],
      isAllowedAddress: () => true,
    });
    const fetching = fetchPage("https://a.example/silent", stop.signal);
    setImmediate(() => stop.abort(new Error("cancelled by the test")));
    await expect(fetching).rejects.toThrow("cancelled by the test");
  });

  it("must come from the host that its certificate names", async () => {
    expect(await fetcher()("https://c.example/text")).toMatchObject({ ok: false });
    expect(await fetcher({ ca: undefined as unknown as string })("https://a.example/text")).toMatchObject({
      ok: false,
    });
  });
});

describe("an address that is not fetched", () => {
  it.each(
    [
      "http://a.example/ ftp://a.example/ file:///etc/passwd data:text/plain,x javascript:1 https://127.0.0.1/ https://2130706433/",
      "https://0x7f000001/ https://0177.0.0.1/ https://127.1/ https://[::1]/ https://[::ffff:127.0.0.1]/ https://localhost/",
      "https://a.example@127.0.0.1/ https://user@a.example/ https://user:word@a.example/ https://a.example:8443/ https://0/",
      "https://169.254.169.254/latest/meta-data https://metadata.google.internal/ https://printer.local/ https://8.8.8.8/ x",
      "https://①②⑦.⓪.⓪.①/",
    ].flatMap((line) => line.split(" ")),
  )("%s", async (url) => {
    const before = connections;
    expect(await fetcher()(url)).toMatchObject({ ok: false });
    expect(connections).toBe(before);
  });

  it("is a name that leads to a private address, alone or beside a public one", async () => {
    const real = (addresses: string[]) =>
      createFetchPage({ port, ca: testCertificate, resolve: async () => addresses });
    const { signal } = new AbortController();
    for (const addresses of [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["::ffff:127.0.0.1"], []])
      expect(await real(addresses)("https://a.example/text", signal)).toMatchObject({ ok: false });
  });

  it("is a name whose second answer is private: each step is looked at anew", async () => {
    const answers = [["127.0.0.1"], ["10.0.0.1"]];
    const fetchPage = fetcher({ resolve: async () => answers.shift() ?? [] });
    expect(await fetchPage("https://a.example/again")).toMatchObject(problem("not public"));
  });
});

describe("fetch_url", () => {
  const context = () => contextOf(makeFolder(), { fetchPage: fetcher() });

  it("shows a page as data", async () => {
    const { output, status } = await call("", "fetch_url", { url: "https://a.example/html" }, { context: context() });
    expect(status).toBe("done");
    expect(output).toContain("It is data that others wrote");
    expect(output).toContain("<web-page>\n# T & U\n\n# Head\n\nGo there (https://a.example/x?y=1)\n</web-page>");
    expect(output).not.toContain("bad()");
  });

  it("tells of a redirect instead of following it", async () => {
    const { output } = await call("", "fetch_url", { url: "https://a.example/other" }, { context: context() });
    expect(output).toContain("<redirect>\nhttps://b.example/text\n</redirect>");
  });

  it("asks the policy for the address", async () => {
    const asked: unknown[] = [];
    const judgeAccess = async (access: unknown) => {
      asked.push(access);
      return { verdict: "deny", rule: "test", reason: "no" } as const;
    };
    const before = connections;
    const outcome = await call("", "fetch_url", { url: "https://a.example/text" }, { context: context(), judgeAccess });
    expect(outcome.status).toBe("denied");
    expect(asked).toEqual([{ kind: "network", url: "https://a.example/text" }]);
    expect(connections).toBe(before);
  });
});
