/** The profile cannot be tried here; its text is held still, and what must be in it is looked for. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createSeatbelt, seatbeltProfile } from "../../../daemon/security/sandbox/seatbelt.ts";
import { makeTree } from "./boxes.ts";

const places = {
  root: "/Users/u/.nexus/copies/1",
  home: "/Users/u",
  writable: ["/private/tmp/box/tmp", "/private/tmp/box/caches"],
  readable: ["/Users/u/.nvm", "/Users/u/tree/node_modules"],
  hidden: ["/Users/u/.nexus", "/Users/u/.ssh"],
};

it("refuses first, hides before it allows the copy, and protects last", () => {
  const profile = seatbeltProfile(places);
  expect(profile).toMatchSnapshot();
  const lines = profile.split("\n");
  const at = (start: string) => lines.findIndex((line) => line.startsWith(start));
  expect(at("(deny default)")).toBe(1);
  expect(at('(deny file-read* file-write* (subpath "/Users/u/.nexus")')).toBeGreaterThan(
    at('(allow file-read* (subpath "/Users/u/.nvm")'),
  );
  expect(at("(allow file-read* file-write*")).toBeGreaterThan(
    at('(deny file-read* file-write* (subpath "/Users/u/.nexus")'),
  );
  expect(at("(deny file-write*")).toBeGreaterThan(at("(allow file-read* file-write*"));
  expect(profile).toContain("(deny network*)");
});

it("opens one port of this machine where hosts are allowed", () => {
  const profile = seatbeltProfile({ ...places, proxyPort: 4321 });
  expect(profile).toContain('(allow network-outbound (remote ip "localhost:4321"))');
  expect(profile).not.toContain("(deny network*)");
});

it("lets a command listen on the one port that it serves, and reach nothing by it", () => {
  const profile = seatbeltProfile({ ...places, served: 8080 });
  expect(profile).toContain('(allow network-bind network-inbound (local ip "localhost:8080"))');
  expect(profile).toContain("(deny network*)");
  expect(profile).not.toContain("network-outbound");
});

it("lets a program of ours reach one port of this machine, and write all of a scratch folder", () => {
  const profile = seatbeltProfile({ ...places, reaches: 4321, isScratch: true });
  expect(profile.indexOf('(allow network-outbound (remote ip "localhost:4321"))')).toBeGreaterThan(
    profile.indexOf("(deny network*)"),
  );
  expect(profile).not.toContain("(deny file-write* (regex");
});

it("lets no name of a folder end a string or a pattern", () => {
  const profile = seatbeltProfile({ ...places, root: '/Users/u/a") (allow default) ("(b)*' });
  expect(profile).toContain('"/Users/u/a\\") (allow default) (\\"(b)*"');
  expect(profile.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')).not.toContain("allow default");
});

describe.skipIf(process.platform === "win32")("a confined command", () => {
  const rules = { readable: ["/opt/tools"], hidden: ["/opt/keys"], hosts: [] };

  async function confined(more: { hosts?: string[]; caches?: string } = {}) {
    const root = makeTree();
    const env = { HOME: root, PATH: "/usr/bin:/bin" };
    return createSeatbelt("/usr/bin/sandbox-exec").confine(["/bin/ls", "-l"], env, { root, ...rules, ...more });
  }

  it("is started through the profile, with folders of its own that go with it", async () => {
    const { argv, env, dispose } = await confined();
    expect([argv[0], argv[1], ...argv.slice(3)]).toEqual(["/usr/bin/sandbox-exec", "-p", "/bin/ls", "-l"]);
    expect(argv[2]).toContain("(deny network*)");
    expect(argv[2]).toContain('(subpath "/opt/keys")');
    const temporary = env["TMPDIR"] ?? "";
    expect(argv[2]).toContain(`(subpath "${temporary}")`);
    expect(statSync(temporary).mode & 0o777).toBe(0o700);
    expect(env["npm_config_cache"]?.startsWith(join(temporary, "..", "caches"))).toBe(true);
    await dispose();
    expect(existsSync(temporary)).toBe(false);
  });

  it("keeps a run's caches, and has one port where hosts are allowed", async () => {
    const caches = join(makeTree(), "kept");
    const { argv, env, dispose } = await confined({ hosts: ["registry.example"], caches });
    expect(argv[2]).not.toContain("(deny network*)");
    const port = /localhost:(\d+)/.exec(argv[2] ?? "")?.[1];
    expect(env["HTTPS_PROXY"] ?? env["https_proxy"]).toContain(`:${port}`);
    expect(env["GOCACHE"]?.startsWith(caches)).toBe(true);
    await dispose();
    expect(existsSync(caches)).toBe(true);
  });
});
