/**
 * What was built from a design, ready to be looked at: the app's page, and a page for every story. Bundled in memory by esbuild
 * from the project's folder and its own node_modules; no code of the project runs but in a browser that looks at the pages.
 */
import { posix } from "node:path";
import type { PageContent } from "../../host/browser.ts";
import { readFileOnce } from "../../host/source-files.ts";
import { resolveInside } from "../../security/paths/fence.ts";
import { contentOf } from "../../tools/fields/frontend/site.ts";
import { detectFramework, type Framework } from "./framework.ts";
import { type Bundle, bundle, storyExports } from "./preview-bundle.ts";
import { appPage, type PageParts, scriptsIn, storyModule, storyPage } from "./preview-page.ts";
import type { PreviewOptions, PreviewProblem } from "./preview-project.ts";

export interface PreviewPage {
  /** `/` for the app, `PriceTag/Default` for a story. */
  readonly target: string;
  /** Path of its address. */
  readonly address: string;
}

export interface Preview {
  readonly framework: Framework;
  readonly pages: readonly PreviewPage[];
  /** By the file of stories, the names that it exports. */
  readonly stories: ReadonlyMap<string, readonly string[]>;
  /** Files by their path, as a folder that holds all would have them: index.html, stories/, app-0.js … */
  readonly files: ReadonlyMap<string, PageContent>;
  /** What a browser gets at an address of the app's origin. */
  content(url: URL): Promise<PageContent | undefined>;
  /** Why something has no page: the work is not right. */
  readonly problems: readonly PreviewProblem[];
  /** Why something has no page although the work may be right, in words. */
  readonly skipped: readonly string[];
}

const MAX_BYTES = 1024 * 1024;

/** Rejects with the signal's reason only. */
export async function buildPreview(options: PreviewOptions): Promise<Preview> {
  const { root, page } = options;
  const [manifest, html] = await Promise.all([
    textAt(root, "package.json"),
    page === null ? undefined : textAt(root, page),
  ]);
  const framework = detectFramework(manifest, html !== undefined);
  const app = page === null || html === undefined ? undefined : { page, html };
  const files = new Map<string, PageContent>();
  const draft: Draft = { files, stories: new Map(), pages: [], problems: [], skipped: [] };
  if (page !== null && html === undefined) draft.problems.push({ path: page, message: "there is no such page" });
  const styles = app === undefined ? [] : await addApp(options, framework, app, draft);
  if (options.stories.length > 0) await addStories(options, framework, styles, draft);
  const folder = app === undefined ? "" : posix.dirname(app.page).replace(/^\.$/, "");
  return {
    framework,
    ...draft,
    content: async (url) => files.get(fileOf(url)) ?? publicFile({ root, folder, url }),
  };
}

interface Draft {
  readonly files: Map<string, PageContent>;
  readonly stories: Map<string, readonly string[]>;
  readonly pages: PreviewPage[];
  readonly problems: PreviewProblem[];
  readonly skipped: string[];
}

async function textAt(root: string, path: string): Promise<string | undefined> {
  const at = await resolveInside(root, path);
  const read = at.ok ? readFileOnce(at.value.absolute, MAX_BYTES) : undefined;
  return read?.ok === true ? read.bytes.toString("utf8") : undefined;
}

function fileOf(url: URL): string {
  const path = url.pathname.replace(/^\/+/, "");
  return path === "" ? "index.html" : path;
}

/** Pictures and the like, as the tools that serve such projects find them: beside the page, or in public/. */
async function publicFile({
  root,
  folder,
  url,
}: {
  root: string;
  folder: string;
  url: URL;
}): Promise<PageContent | undefined> {
  if (url.pathname.endsWith("/") || /\.html?$/i.test(url.pathname)) return undefined;
  return (await contentOf({ root, folder: posix.join(folder, "public") }, url)) ?? contentOf({ root, folder }, url);
}

const HTML = "text/html; charset=utf-8";

/** Style sheets of the app, which stories are shown with too. */
async function addApp(
  options: PreviewOptions,
  framework: Framework,
  app: { page: string; html: string },
  draft: Draft,
): Promise<string[]> {
  const scripts = scriptsIn(app.html, app.page);
  const entries = scripts.map((script, index) => ({ name: `app-${index}`, file: script }));
  const built = await bundle(options, framework, entries);
  if (!accepted(built, draft)) return [];
  const partsOf = (script: string) => built.parts.get(entries.find(({ file }) => file === script)?.name ?? "");
  const html = appPage(app.html, app.page, partsOf);
  draft.files.set("index.html", { status: 200, type: HTML, body: Buffer.from(html) });
  draft.pages.push({ target: "/", address: "/" });
  return entries.flatMap(({ name }) => built.parts.get(name)?.styles ?? []);
}

/** Takes over what was bundled; false: nothing was. */
function accepted(built: Bundle, { files, problems, skipped }: Draft): built is Bundle & { ok: true } {
  if (built.ok) for (const [path, content] of built.files) files.set(path, content);
  else {
    problems.push(...built.problems);
    skipped.push(...built.skipped);
  }
  return built.ok;
}

async function addStories(
  options: PreviewOptions,
  framework: Framework,
  styles: readonly string[],
  draft: Draft,
): Promise<void> {
  if (framework.name !== "react" && framework.name !== "preact") {
    draft.skipped.push(framework.noStories);
    return;
  }
  const { name: library } = framework;
  // One by one, so that one that is wrong does not take the others along.
  for (const [index, file] of options.stories.entries()) {
    const found = await storyExports(options, file);
    if (found.ok) {
      draft.stories.set(file, found.names);
      const entry = { name: `stories-${index}`, source: storyModule(file, library), from: file };
      const built = await bundle(options, framework, [entry]);
      if (accepted(built, draft)) addStoryPages(file, found.names, built.parts.get(entry.name), styles, draft);
    } else draft.problems.push(...found.problems);
  }
}

function addStoryPages(
  file: string,
  names: readonly string[],
  parts: PageParts | undefined,
  styles: readonly string[],
  { files, pages }: Draft,
): void {
  const component = componentOf(file);
  const all = [...styles, ...(parts?.styles ?? [])].map((one) => `../${one}`);
  for (const story of names) {
    const path = `stories/${component}--${story}.html`;
    const html = storyPage(component, story, { script: `../${parts?.script ?? ""}`, styles: all });
    files.set(path, { status: 200, type: HTML, body: Buffer.from(html) });
    pages.push({ target: `${component}/${story}`, address: `/${path}` });
  }
}

/** `src/PriceTag.stories.tsx` → `PriceTag` */
function componentOf(file: string): string {
  return posix.basename(file).replace(/\.stories\.\w+$/, "");
}
