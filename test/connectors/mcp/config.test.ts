import { describe, expect, it } from "vitest";
import { findServers, type McpServers } from "../../../daemon/connectors/mcp/config.ts";
import { readDefinitions } from "../../../daemon/connectors/mcp/definition.ts";

const env = { TOKEN: "t0ken" };
const secret = `Bearer \${TOKEN}`;
const user = (entry: unknown, name = "a") => findServers({ [name]: entry } as McpServers, {}, env);
const workspace = (entry: unknown, name = "a") => findServers({}, { [name]: entry }, env);

describe("servers of the user", () => {
  it("are read as other clients write them", () => {
    expect(user({ type: "stdio", command: "npx", args: ["-y", "server"], env: { KEY: secret } }).servers).toEqual([
      {
        kind: "stdio",
        name: "a",
        source: "user",
        argv: ["npx", "-y", "server"],
        env: { KEY: "Bearer t0ken" },
        hosts: [],
        sandbox: true,
        timeoutMs: 60_000,
      },
    ]);
    expect(
      user({ url: "https://x.example/mcp", headers: { Authorization: secret }, timeoutSeconds: 5 }).servers,
    ).toEqual([
      {
        kind: "http",
        name: "a",
        source: "user",
        url: "https://x.example/mcp",
        headers: { Authorization: "Bearer t0ken" },
        timeoutMs: 5000,
      },
    ]);
  });

  it("may be switched off, and may leave the sandbox", () => {
    expect(user({ command: "x", disabled: true })).toEqual({ servers: [], problems: [] });
    expect(user({ command: "x", sandbox: false }).servers[0]).toMatchObject({ sandbox: false });
  });

  it.each([
    ["no command and no url", { args: ["x"] }, "command"],
    ["an empty command", { command: "" }, "command"],
    ["plain http", { url: "http://x.example/mcp" }, "https://"],
    ["another scheme", { url: "file:///etc/passwd" }, "https://"],
    ["no address", { url: "x" }, "no address"],
    ["a password in the address", { url: "https://u:p@x.example/" }, "password"],
    ["a variable that is not there", { command: "x", env: { A: `\${NOWHERE}` } }, "NOWHERE"],
    ["a header that is none", { url: "https://x.example/", headers: { "a\nb": "x" } }, "no name"],
    ["NUL", { command: "a\0b" }, "NUL"],
  ])("%s: it is told what is wrong", (_name, entry, words) => {
    expect(user(entry).problems).toEqual([expect.objectContaining({ problem: expect.stringContaining(words) })]);
  });

  it.each(["nexus", "Nexus-tools", "a__b", "gith\u0443b", "a b", "-a", "", "x".repeat(33)])(
    "is no name: “%s”",
    (name) => {
      expect(user({ command: "x" }, name).servers).toEqual([]);
      expect(user({ command: "x" }, name).problems).toHaveLength(1);
    },
  );

  it("may be this machine without https", () => {
    for (const host of ["127.0.0.1", "localhost", "[::1]"])
      expect(user({ url: `http://${host}:80/` }).servers).toHaveLength(1);
    expect(user({ url: "http://127.0.0.1.evil.example/" }).servers).toHaveLength(0);
  });
});

describe("servers of a workspace", () => {
  it("cannot take the place of a user's", () => {
    const both = findServers({ git: { command: "mine" } }, { GIT: { command: "theirs" }, own: { command: "x" } }, env);
    expect(both.servers.map(({ name }) => name)).toEqual(["git", "own"]);
    expect(both.problems).toEqual([{ name: "GIT", source: "workspace", problem: expect.stringContaining("rename") }]);
  });

  it.each([
    ["read the environment", { command: "x", env: { A: secret } }, "environment"],
    ["send a variable", { url: "https://x.example/", headers: { A: secret } }, "environment"],
    ["leave the sandbox", { command: "x", sandbox: false }, "sandbox"],
    ["make programs load code", { command: "x", env: { NODE_OPTIONS: "-r ./x" } }, "NODE_OPTIONS"],
  ])("cannot %s", (_name, entry, words) => {
    expect(workspace(entry).servers).toEqual([]);
    expect(workspace(entry).problems[0]?.problem).toContain(words);
  });

  it.each([null, 7, "x", [], { a: null }, { a: 7 }, { a: [] }])("may be anything: %j", (servers) => {
    expect(findServers({}, servers, env).servers).toEqual([]);
  });
});

describe("definitions of tools", () => {
  const tool = (name: string, more: object = {}) => ({ name, inputSchema: { type: "object" }, ...more });

  it("have a hash that changes with anything that a model sees", () => {
    const hashes = [
      tool("a"),
      tool("b"),
      tool("a", { description: "x" }),
      tool("a", { inputSchema: { type: "object", a: 1 } }),
    ].map((offered) => readDefinitions([offered]).tools[0]?.hash);
    expect(new Set(hashes).size).toBe(4);
  });

  it("are refused when there are too many or when they are no objects", () => {
    const many = Array.from({ length: 205 }, (_, index) => tool(`t${index}`));
    expect(readDefinitions(many)).toMatchObject({ tools: { length: 200 }, refused: ["5 more than 200 tools"] });
    expect(readDefinitions([tool("a", { inputSchema: { type: "string" } })]).refused).toEqual([
      "a: its schema is not that of an object",
    ]);
  });
});
