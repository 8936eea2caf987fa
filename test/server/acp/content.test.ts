/** What a prompt's blocks become. */
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ContentBlock } from "@agentclientprotocol/sdk";
import { expect, it } from "vitest";
import type { SessionClient } from "../../../daemon/server/acp/client.ts";
import { promptContent } from "../../../daemon/server/acp/content.ts";
import { temporaryHome } from "../../support/store.ts";

function setUp(buffers: Readonly<Record<string, string>> = {}) {
  const root = realpathSync(temporaryHome());
  const [workspace, beside] = [join(root, "work"), join(root, "beside")];
  for (const folder of [workspace, beside]) mkdirSync(folder);
  writeFileSync(join(workspace, "a.ts"), "old\n");
  writeFileSync(join(beside, "notes.md"), "Beside.\n");
  writeFileSync(join(root, "secret.txt"), "outside\n");
  symlinkSync(join(root, "secret.txt"), join(beside, "link.txt"));
  const client = {
    abilities: { readsFiles: true },
    context: {
      async request(_: string, { path }: { path: string }) {
        const content = buffers[path.slice(root.length + 1)];
        if (content === undefined) throw new Error("no such buffer");
        return { content };
      },
    },
    tell: async () => undefined,
  } as unknown as SessionClient;
  const link = (path: string, hash = ""): ContentBlock => ({
    ...{ type: "resource_link", name: path, uri: `${pathToFileURL(join(root, path)).href}${hash}` },
  });
  const content = (...blocks: ContentBlock[]) =>
    promptContent(blocks, { sessionId: "s", workspace, directories: [beside] }, client);
  return { root, link, content };
}

const text = (words: string): ContentBlock => ({ type: "text", text: words });

it("names files of the workspace where they are mentioned", async () => {
  const { link, content } = setUp();
  const said = await content(text("Explain "), link("work/a.ts", "#L3:9"), text(", and why."));
  expect(said.text).toBe("Explain @a.ts (lines 3–9), and why.");
  expect((await content(text("See"), { type: "resource_link", name: "Docs", uri: "https://example.org/x" })).text).toBe(
    "See Docs (https://example.org/x)",
  );
});

it("takes what the editor has not saved yet", async () => {
  const { link, content } = setUp({ "work/a.ts": "new\n" });
  expect((await content(text("Explain"), link("work/a.ts"))).unsaved).toEqual([{ path: "a.ts", text: "new\n" }]);
  const saved = setUp({ "work/a.ts": "old\n" });
  expect((await saved.content(text("Explain"), saved.link("work/a.ts"))).unsaved).toEqual([]);
});

it("reads from the session's other folders, and from nowhere else, whatever a link there points to", async () => {
  const { root, link, content } = setUp();
  const said = await content(text("Use"), link("beside/notes.md"), link("beside/link.txt"), link("secret.txt"));
  expect(said.text).toContain("Attached: ");
  expect(said.text).toContain("```\nBeside.\n```");
  expect(said.text).not.toContain("```\noutside");
  expect(said.text).toContain(`@${root}/secret.txt (outside of the workspace)`);
});

it("attaches what the client embeds, as data and not longer than it may be", async () => {
  const { content } = setUp();
  const resource = { uri: "file:///elsewhere/log.txt", text: `\`\`\`\n${"x".repeat(200_000)}` };
  const said = await content(text("Why?"), { type: "resource", resource }, { type: "resource", resource });
  expect(said.text).toMatch(/^Why\? @\/elsewhere\/log\.txt/);
  expect(said.text).toContain("(the first 30000 of 200004 characters)\n````\n");
  expect(said.text.length).toBeLessThan(80_000);
  const blob = { uri: "file:///elsewhere/a.bin", blob: "AAAA" };
  expect((await content({ type: "resource", resource: blob })).text).toContain("no text: it cannot be read");
});

it("takes pictures and refuses what it cannot see or hear", async () => {
  const { content } = setUp();
  const image = { type: "image" as const, mimeType: "image/png", data: "iVBORw0KGgo=" };
  expect((await content(text("What is this?"), image)).images).toEqual([
    { mimeType: "image/png", data: "iVBORw0KGgo=" },
  ]);
  for (const bad of [
    { ...image, mimeType: "image/svg+xml" },
    { ...image, data: "<script>" },
    { type: "audio" as const, mimeType: "audio/wav", data: "AAAA" },
  ])
    await expect(content(text("What?"), bad)).rejects.toMatchObject({ code: -32602 });
  await expect(content(text(" "))).rejects.toMatchObject({ code: -32602 });
});
