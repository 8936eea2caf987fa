/** Which folders an assistant may ask about. */
import { mkdir, mkdtemp, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openFolders } from "../../../daemon/server/mcp/folders.ts";
import { startFaceDaemon } from "../../support/face-daemon.ts";
import { connectClient } from "../../support/mcp/clients.ts";

let root: string;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "nexus-folders-")));
  for (const name of ["home/one/part", "home/two", "home/one-evil"]) await mkdir(join(root, name), { recursive: true });
  await symlink(join(root, "home/two"), join(root, "home/one/link"));
});

afterEach(() => rm(root, { recursive: true }));

const at = (name: string) => join(root, name);
const uri = (name: string) => pathToFileURL(at(name)).href;

it("are those that were named, and no folder above, beside or below them", async () => {
  const folders = await openFolders([at("home/one")], at("home"));
  expect(await folders.resolve()).toBe(at("home/one"));
  expect(await folders.resolve(at("home/one/../one"))).toBe(at("home/one"));
  for (const name of ["home", "home/two", "home/one-evil", "home/one/part", "home/one/link", "none"])
    await expect(folders.resolve(at(name)), name).rejects.toMatchObject({ value: { code: "path.outside" } });
  expect([at("home/one"), at("home/one/part"), at("home/one-evil"), at("home")].map(folders.covers)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

it.each([
  ["the whole disk", "/"],
  ["a folder that is not there", "/nowhere/at/all"],
])("are never %s", async (_name, path) => {
  await expect(openFolders([path], null)).rejects.toMatchObject({ value: { code: "usage.invalid" } });
});

it("are never the home folder, nor one above it", async () => {
  for (const name of ["home", ""])
    await expect(openFolders([at(name)], at("home"))).rejects.toMatchObject({ value: { code: "usage.invalid" } });
});

it("follow the client's roots as far as they lie inside", async () => {
  const folders = await openFolders([at("home/one")], at("home"));
  const roots = [
    uri("home/two"),
    uri("home/one/link"),
    uri("home/one/part"),
    "https://example.org",
    uri("none"),
    uri("home"),
  ];
  const narrowed = await folders.withRoots(roots);
  expect(narrowed.list()).toEqual([at("home/one/part"), at("home/one")]);
  expect((await folders.withRoots([])).list()).toEqual([at("home/one")]);
});

it("are asked of a client that has roots, before its first call is answered", async () => {
  const daemon = await startFaceDaemon();
  await mkdir(join(daemon.repo, "inner"));
  const roots = [{ uri: pathToFileURL(join(daemon.repo, "inner")).href }, { uri: pathToFileURL(root).href }];
  const { client, close } = await connectClient(daemon, ["stdio", "2025-11-25"], {
    capabilities: { roots: { listChanged: true } },
    prepare: (asked) => asked.setRequestHandler("roots/list", () => ({ roots })),
  });
  const { structuredContent } = await client.callTool({ name: "index_status", arguments: {} });
  expect(structuredContent).toMatchObject({ workspace: join(daemon.repo, "inner") });
  const { isError } = await client.callTool({ name: "index_status", arguments: { folder: root } });
  expect(isError).toBe(true);
  await close();
  await daemon.close();
});
