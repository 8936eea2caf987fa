import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { listenProxy } from "../../../daemon/host/proxy-server.ts";
import { createAdmission } from "../../../daemon/security/sandbox/proxy.ts";
import type { HostDecision } from "../../../daemon/security/sandbox/sandbox.ts";

const PUBLIC = "93.184.216.34";

describe("the decision on a host", () => {
  const decide = (host: string, port = 443, addresses: string[] = [PUBLIC]) =>
    createAdmission({ hosts: ["packages.vendor.example", "Bücher.example"], resolve: async () => addresses })(
      host,
      port,
    );

  it.each(["packages.vendor.example", "PACKAGES.vendor.example", "packages.vendor.example.", "xn--bcher-kva.example"])(
    "lets %s through",
    async (host) => {
      expect(await decide(host)).toEqual({ ok: true, address: PUBLIC });
      expect(await decide(host, 80)).toEqual({ ok: true, address: PUBLIC });
    },
  );

  it.each([
    ..."evil.test vendor.example packages.vendor.example.evil.test xpackages.vendor.example packages-vendor.example packages.vendor.example@evil.test".split(
      " ",
    ),
    ..."evil.test/packages.vendor.example packages.vendor.example%00.evil.test 127.0.0.1 2130706433 localhost ::1 packages.vendor.example..".split(
      " ",
    ),
  ])("refuses %s", async (host) => {
    expect(await decide(host)).toMatchObject({ ok: false });
  });

  it.each([22, 8080, 0, 65535, 25])("refuses port %s", async (port) => {
    expect(await decide("packages.vendor.example", port)).toMatchObject({
      ok: false,
      reason: expect.stringContaining("Port"),
    });
  });

  it.each([["127.0.0.1"], ["169.254.169.254"], ["::ffff:10.0.0.1"], ["fd00::1"], ["64:ff9b::1"]])(
    "refuses a name that leads to %s, also beside a public address",
    async (address) => {
      expect(await decide("packages.vendor.example", 443, [address])).toMatchObject({ ok: false });
      expect(await decide("packages.vendor.example", 443, [PUBLIC, address])).toMatchObject({ ok: false });
    },
  );

  it("reports each decision", async () => {
    const heard: HostDecision[] = [];
    const admit = createAdmission({
      hosts: ["a.example"],
      resolve: async () => [PUBLIC],
      onHost: (one) => void heard.push(one),
    });
    await admit("a.example", 443);
    await admit("b.example", 443);
    expect(heard).toEqual([
      { host: "a.example", port: 443, address: PUBLIC, refused: null },
      {
        host: "b.example",
        port: 443,
        address: null,
        refused: "b.example is not among the hosts that this command may reach.",
      },
    ]);
  });

  it("asks the name server once for each connection and connects what it was told", async () => {
    const answers = [[PUBLIC], ["127.0.0.1"]];
    const admit = createAdmission({ hosts: ["a.example"], resolve: async () => answers.shift() ?? [] });
    expect(await admit("a.example", 443)).toEqual({ ok: true, address: PUBLIC });
    expect(await admit("a.example", 443)).toMatchObject({ ok: false });
    expect(await admit("a.example", 443)).toMatchObject({ ok: false, reason: "a.example has no address." });
  });
});

describe("the proxy", () => {
  const basic = `Proxy-Authorization: Basic ${Buffer.from("nexus:secret").toString("base64")}\r\n`;

  it.each([
    ["CONNECT a.example:443 HTTP/1.1\r\nHost: a\r\n\r\n", "407"],
    [`CONNECT a.example:443 HTTP/1.1\r\nHost: a\r\n${basic.replace("Basic ", "Basic A")}\r\n`, "407"],
    ["GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n", "407"],
    [`CONNECT b.example:443 HTTP/1.1\r\nHost: b\r\n${basic}\r\n`, "403"],
    [`CONNECT a.example HTTP/1.1\r\nHost: b\r\n${basic}\r\n`, "400"],
    [`GET http://x:y@a.example/ HTTP/1.1\r\nHost: a.example\r\n${basic}\r\n`, "400"],
    [`GET https://a.example/ HTTP/1.1\r\nHost: a.example\r\n${basic}\r\n`, "400"],
    [`GET /etc/passwd HTTP/1.1\r\nHost: a.example\r\n${basic}\r\n`, "400"],
    [`GET http://b.example/ HTTP/1.1\r\nHost: a.example\r\n${basic}\r\n`, "403"],
    ["garbage\r\n\r\n", ""],
  ])("answers %j with %s", async (request, status) => {
    const { port } = await proxyTo(1);
    expect((await exchange(port, request)).split(" ")[1] ?? "").toBe(status);
  });

  it("tunnels and forwards to the address that was admitted, without its own headers", async () => {
    const seen: object[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers);
      response.end("hello");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const target = (server.address() as AddressInfo).port;
    const { port } = await proxyTo(target);
    const plain = await exchange(
      port,
      `GET http://a.example:${target}/x HTTP/1.1\r\nHost: other\r\n${basic}Connection: close\r\n\r\n`,
    );
    expect(plain).toMatch(/^HTTP\/1.1 200[\s\S]*hello/);
    expect(seen[0]).toMatchObject({ host: `a.example:${target}` });
    expect(seen[0]).not.toHaveProperty("proxy-authorization");
    const tunnelled = await exchange(
      port,
      `CONNECT a.example:${target} HTTP/1.1\r\n${basic}\r\n`,
      "GET / HTTP/1.1\r\nHost: in\r\nConnection: close\r\n\r\n",
    );
    expect(tunnelled).toMatch(/200 Connection established[\s\S]*hello/);
  });

  async function proxyTo(target: number): Promise<{ port: number }> {
    const server = await listenProxy({
      token: "secret",
      admit: async (host, port) =>
        host === "a.example" && [target, 80, 443].includes(port)
          ? { ok: true, address: "127.0.0.1" }
          : { ok: false, reason: "no" },
    });
    onTestFinished(server.close);
    return { port: server.port ?? 0 };
  }
});

function exchange(port: number, first: string, then?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(first));
    let text = "";
    socket.on("data", (chunk) => {
      if (text === "" && then !== undefined) socket.write(then);
      text += chunk.toString();
    });
    socket.on("close", () => resolve(text));
    socket.on("error", reject);
    if (then === undefined) socket.on("end", () => socket.end());
  });
}
