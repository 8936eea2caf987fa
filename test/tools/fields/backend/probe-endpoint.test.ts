import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { createCommandRunner } from "../../../../daemon/security/sandbox/command-runner.ts";
import { call, contextOf, makeFolder } from "../../workspace.ts";

const SERVER = `import { createServer } from "node:http";
createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => { body += chunk; });
  request.on("end", () => {
    if (request.url === "/big") return response.end("x".repeat(100_000));
    if (request.url === "/crash") process.exit(3);
    response.writeHead(request.method === "POST" ? 201 : 200, { "content-type": "application/json", "x-own": "yes" });
    response.end(JSON.stringify({ method: request.method, url: request.url, body }));
  });
}).listen(Number(process.env.PORT), "127.0.0.1", () => console.log("serves"));
`;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const runners = [
  ["behind the wall of this machine", createCommandRunner()],
  ["without a wall", createCommandRunner({ sandbox: async () => ({ kind: "none", reason: "test" }) })],
] as const;

describe.each(runners)("probe_endpoint %s", (_, commands) => {
  it("starts the server, asks it, and leaves nothing running", async () => {
    const root = makeFolder({ "server.mjs": SERVER });
    const port = await freePort();
    const requests = [
      { path: "/a?b=1" },
      { method: "POST", path: "/a", body: '{"c":2}' },
      { path: "/big" },
      { path: "/crash" },
    ];
    const input = { command: "node server.mjs", port, requests };
    const { output, status } = await call(root, "probe_endpoint", input, { context: contextOf(root, { commands }) });
    expect(status).toBe("done");
    expect(output).toMatch(/GET \/a\?b=1 → 200 in \d+ ms/);
    expect(output).toContain("x-own: yes");
    expect(output).toMatch(/POST \/a \(7 characters\) → 201/);
    expect(output).toContain('"body":"{\\"c\\":2}"');
    expect(output).toContain("more than 4000 bytes");
    expect(output).toMatch(/GET \/crash → no answer/);
    expect(output).toContain("serves");
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  });

  it("says why a server did not start", async () => {
    const root = makeFolder({});
    const context = contextOf(root, { commands });
    const input = { command: "echo no such luck; exit 7", port: await freePort(), requests: [{ path: "/" }] };
    const { output, status } = await call(root, "probe_endpoint", input, { context });
    expect(status).toBe("failed");
    expect(output).toMatch(/ended before it listened \(exit code 7\).*no such luck/s);
  });
});

it("does not ask a server that somebody else runs", async () => {
  const other = createServer((_, response) => response.end("secret")).listen(0, "127.0.0.1");
  await new Promise((resolve) => other.once("listening", resolve));
  const { port } = other.address() as AddressInfo;
  for (const [, commands] of runners) {
    const root = makeFolder({});
    const input = { command: "sleep 1", port, requests: [{ path: "/" }] };
    const { output, status } = await call(root, "probe_endpoint", input, { context: contextOf(root, { commands }) });
    expect(status).toBe("failed");
    expect(output).not.toContain("secret");
  }
  other.close();
});
