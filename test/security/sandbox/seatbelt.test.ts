/** The profile cannot be tried here; its text is held still, and what must be in it is looked for. */
import { expect, it } from "vitest";
import { seatbeltProfile } from "../../../daemon/security/sandbox/seatbelt.ts";

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

it("lets no name of a folder end a string or a pattern", () => {
  const profile = seatbeltProfile({ ...places, root: '/Users/u/a") (allow default) ("(b)*' });
  expect(profile).toContain('"/Users/u/a\\") (allow default) (\\"(b)*"');
  expect(profile.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')).not.toContain("allow default");
});
