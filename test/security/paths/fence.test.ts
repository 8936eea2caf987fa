import { linkSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveInside } from "../../../daemon/security/paths/fence.ts";

const isWindows = process.platform === "win32";
let base = "";
let root = "";

beforeAll(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "nexus-fence-")));
  root = join(base, "proj");
  for (const folder of [
    "proj/src/deep",
    "proj/.git",
    "proj-evil",
    "home/.config",
    "deps/node_modules/left-pad",
    "deps/other",
  ])
    mkdirSync(join(base, folder), { recursive: true });
  for (const file of [
    "proj/src/a.ts",
    "proj-evil/x",
    "home/.config/x",
    "deps/node_modules/left-pad/index.js",
    "deps/secret",
  ])
    writeFileSync(join(base, file), file);
  const links: [name: string, target: string][] = [
    ["cfg", join(base, "home/.config")],
    ["src/link.ts", "a.ts"],
    ["inner", "src"],
    ["deep-link", "src/deep"],
    ["dangling", join(base, "nowhere/x")],
    ["dangling-inside", "not-yet"],
    ["loop", "loop"],
    ["up", ".."],
    ["node_modules", join(base, "deps/node_modules")],
    ["secret", join(base, "deps/secret")],
  ];
  for (const [name, target] of links) symlinkSync(target, join(root, name));
  symlinkSync(join(base, "deps/other"), join(base, "deps/node_modules/escape"));
});

afterAll(() => rmSync(base, { recursive: true, force: true }));

describe("resolveInside allows", () => {
  const cases: [path: string, relative: string][] = [
    ["src/a.ts", "src/a.ts"],
    ["./src//a.ts", "src/a.ts"],
    ["src/../src/a.ts", "src/a.ts"],
    ["src/new/deep/file.ts", "src/new/deep/file.ts"],
    ["src/a.ts/below-a-file", "src/a.ts/below-a-file"],
    [".", ""],
    ["", ""],
    ["src/link.ts", "src/a.ts"],
    ["inner/a.ts", "src/a.ts"],
    ["inner/new.ts", "src/new.ts"],
    ["inner/../src/a.ts", "src/a.ts"],
    ["nowhere/../src/a.ts", "src/a.ts"],
    ["..data/x", "..data/x"],
    ["name\nwith line feed", "name\nwith line feed"],
  ];
  it.each(cases)("%j as %j", async (path, relative) => {
    const at = await resolveInside(root, path);
    expect(at).toEqual({ ok: true, value: { absolute: join(root, relative), relative } });
  });

  it("an absolute path inside the root", async () => {
    expect(await resolveInside(root, join(root, "src/a.ts"))).toMatchObject({ value: { relative: "src/a.ts" } });
    expect(await resolveInside(root, root)).toMatchObject({ value: { relative: "" } });
  });
});

describe("resolveInside denies", () => {
  const cases: [why: string, path: () => string][] = [
    ["a way up", () => "../proj-evil/x"],
    ["a way up and back down", () => "src/../../proj/src/a.ts"],
    ["a neighbour whose name begins the same", () => join(base, "proj-evil/x")],
    ["an absolute path", () => "/etc/passwd"],
    ["a NUL", () => "src/a.ts\0.png"],
    ["a link to a folder outside", () => "cfg/x"],
    ["a new file through a link to outside", () => "cfg/new"],
    ["the link itself", () => "cfg"],
    ["a link to a file outside", () => "secret"],
    ["a dangling link to outside", () => "dangling"],
    ["a dangling link, whatever it names", () => "dangling-inside"],
    ["a link loop", () => "loop/x"],
    ["a link to the folder above", () => "up/proj-evil/x"],
    ["a way up behind a link to outside", () => "cfg/../src/a.ts"],
    ["a way up behind a link to a deeper folder", () => "inner/../../x"],
    ["a way up that the system takes from elsewhere", () => "deep-link/../a.ts"],
    ["a name that is too long", () => `${"n".repeat(300)}/x`],
    ["a path that is too long", () => "deep/".repeat(2000)],
    ["dependencies that were not named", () => "node_modules/left-pad/index.js"],
  ];
  it.each(cases)("%s", async (_why, path) => {
    expect(await resolveInside(root, path())).toMatchObject({ ok: false, error: { code: "path.outside" } });
  });

  it("everything when the root is gone", async () => {
    expect(await resolveInside(join(base, "gone"), "a.ts")).toMatchObject({ error: { code: "path.outside" } });
  });
});

describe("linked folders", () => {
  const linked = ["node_modules", "packages/a/node_modules"];

  it("are inside for whoever names them", async () => {
    expect(await resolveInside(root, "node_modules/left-pad/index.js", linked)).toEqual({
      ok: true,
      value: {
        absolute: join(base, "deps/node_modules/left-pad/index.js"),
        relative: "node_modules/left-pad/index.js",
      },
    });
  });

  it.each(["node_modules/escape/x", "node_modules/../../deps/secret", "cfg/x", "node_modules_evil/../../x"])(
    "open no other way out: %s",
    async (path) => {
      expect(await resolveInside(root, path, linked)).toMatchObject({ error: { code: "path.outside" } });
    },
  );

  it("do not open a link of another name to the same place", async () => {
    symlinkSync(join(base, "deps/node_modules"), join(root, "alias"));
    expect(await resolveInside(root, "alias/left-pad/index.js", linked)).toMatchObject({ ok: false });
  });
});

it.skipIf(isWindows)("never leaves the root, whatever the path is made of", async () => {
  const part = fc.constantFrom(
    "..",
    ".",
    "",
    "src",
    "a.ts",
    "cfg",
    "up",
    "inner",
    "loop",
    "node_modules",
    "x",
    "/",
    "\0",
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 8 }), async (parts) => {
      const at = await resolveInside(root, parts.join("/"));
      if (at.ok) expect(realpathSync(deepestExisting(at.value.absolute))).toSatisfy(isInRoot);
    }),
    { numRuns: 300 },
  );
});

function deepestExisting(path: string): string {
  try {
    realpathSync(path);
    return path;
  } catch {
    return deepestExisting(join(path, ".."));
  }
}

function isInRoot(path: string): boolean {
  return path === root || path.startsWith(`${root}/`);
}

it("leaves hard links to the rename that replaces them", async () => {
  linkSync(join(base, "deps/secret"), join(root, "hard"));
  expect(await resolveInside(root, "hard")).toMatchObject({ ok: true });
});
