/** What the pages say must be so: generated pages equal their source, links lead somewhere, named scripts exist. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { generatedPages } from "../docs/generate/pages.ts";
import { SETTINGS } from "../docs/generate/settings-page.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const pages = globSync(["*.md", "docs/**/*.md", "examples/*.md", "examples/*/*.md"], { cwd: root });

describe("generated pages", () => {
  it.each(Object.entries(generatedPages()))("docs/%s is up to date (otherwise: npm run docs)", (name, text) => {
    expect(read(`docs/${name}`)).toBe(text);
  });
});

it("names every variable and every setting that the daemon reads", () => {
  const source = `${read("daemon/settings.ts")}${read("daemon/host/paths.ts")}`;
  const variables = [...source.matchAll(/\benv(?:\[|, )"((?:NEXUS|OPENAI|ANTHROPIC|OLLAMA)_\w+)"/g)].map(
    ([, name]) => name,
  );
  const file = /SettingsFile = z\.strictObject\(\{(.*?)\n\}\)/s.exec(source)?.[1] ?? "";
  const names = [...file.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name);
  expect(new Set(variables)).toEqual(new Set(SETTINGS.flatMap(({ variable }) => variable ?? [])));
  expect(new Set(names)).toEqual(new Set(SETTINGS.flatMap(({ name }) => name ?? [])));
});

describe.each(pages)("%s", (page) => {
  const text = read(page);

  it("links to files and headings that exist", () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)];
    const broken = links.filter(([, path = "", anchor]) => {
      const target = path === "" ? page : join(dirname(page), path);
      if (!existsSync(join(root, target))) return true;
      return anchor !== undefined && !headingsOf(read(target)).includes(anchor);
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });

  it("names scripts that exist", () => {
    const manifest: { scripts: Record<string, string> } = JSON.parse(read("package.json"));
    const named = [...text.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name = ""]) => name);
    expect(named.filter((name) => !(name in manifest.scripts))).toEqual([]);
  });
});

/** Headings as the anchors that Markdown readers make of them. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
