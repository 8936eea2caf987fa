/** The pages that show what was bundled: one for each story in the Component Story Format, the app's own, and a list of all. */
import { posix } from "node:path";
import { escaped } from "./svg-text.ts";

/** A module of ours that shows one story: `import` of the story file comes first. `package`: react or preact. */
export function storyModule(file: string, framework: "react" | "preact"): string {
  const mount =
    framework === "preact"
      ? `import { createElement, render } from "preact";\nconst mount = (element, root) => render(element, root);`
      : `import { createElement } from "react";\nimport { createRoot } from "react-dom/client";\nconst mount = (element, root) => createRoot(root).render(element);`;
  return `import * as stories from ${JSON.stringify(`./${file}`)};\n${mount}\n${SHOW}`;
}

/** https://storybook.js.org/docs/api/csf: objects and functions, `args`, `render`, `decorators`; `play` is not run. */
const SHOW = `
const root = document.getElementById("story");
const meta = stories.default ?? {};
const story = stories[root.dataset.story];
const isFunction = typeof story === "function";
const args = { ...meta.args, ...story.args };
const context = { args, name: root.dataset.story, parameters: { ...meta.parameters, ...story.parameters }, globals: {}, viewMode: "story" };
const draw = isFunction ? story : (story.render ?? meta.render ?? ((own) => createElement(story.component ?? meta.component, own)));
const decorators = [...(story.decorators ?? []), ...(meta.decorators ?? [])];
const Story = decorators.reduce((Inner, decorate) => (more) => decorate((own) => createElement(Inner, own ?? more), context), (own) => draw({ ...args, ...own }, context));
mount(createElement(Story), root);
`;

const page = (title: string, head: string, body: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
${head}
</head>
<body>
${body}
</body>
</html>
`;

const sheet = (address: string) => `<link rel="stylesheet" href="${escaped(address)}">`;

/** Addresses from the page's folder. */
export interface PageParts {
  readonly script: string;
  readonly styles: readonly string[];
}

/** Before the project's own styles, so that these have the last word. */
const ROOM = "<style>#story { padding: 1rem; }</style>";

export function storyPage(component: string, story: string, { script, styles }: PageParts): string {
  const body = `<main id="story" data-story="${escaped(story)}"></main>\n<script src="${escaped(script)}"></script>`;
  return page(`${component}: ${story}`, [ROOM, ...styles.map(sheet)].join("\n"), body);
}

const MODULE = /<script\b[^>]*\bsrc\s*=\s*["']([^"']+)["'][^>]*>\s*<\/script>/gi;

/** Scripts of a page that lie in the project, from its root. */
export function scriptsIn(html: string, path: string): string[] {
  return [...html.matchAll(MODULE)].flatMap(([, source = ""]) => placeOf(source, path) ?? []);
}

/** Undefined: it is elsewhere. */
function placeOf(source: string, page: string): string | undefined {
  if (/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(source)) return undefined;
  const plain = source.replace(/[?#].*$/, "");
  return plain.startsWith("/") ? plain.slice(1) : posix.join(posix.dirname(page), plain);
}

/** The app's page with its scripts replaced by what was bundled of them. */
export function appPage(html: string, path: string, partsOf: (script: string) => PageParts | undefined): string {
  const styles: string[] = [];
  const scripted = html.replace(MODULE, (whole, source: string) => {
    const parts = partsOf(placeOf(source, path) ?? "");
    if (parts === undefined) return whole;
    styles.push(...parts.styles);
    return `<script defer src="${escaped(parts.script)}"></script>`;
  });
  const links = styles.map(sheet).join("\n");
  return scripted.includes("</head>")
    ? scripted.replace("</head>", () => `${links}\n</head>`)
    : `${links}\n${scripted}`;
}

export interface ListedPage {
  readonly target: string;
  /** From the list's folder. */
  readonly address: string;
  /** A picture of it. */
  readonly picture?: string;
}

/** What a person opens first. */
export function listPage(title: string, pages: readonly ListedPage[]): string {
  const items = pages.map(({ target, address, picture }) => {
    const shown = picture === undefined ? "" : `<img src="${escaped(picture)}" alt="" loading="lazy">`;
    const name = target === "/" ? "The app" : target.replace("/", ": ");
    return `<li><a href="${escaped(address)}">${shown}<span>${escaped(name)}</span></a></li>`;
  });
  return page(
    title,
    `<style>${LIST_STYLES}</style>`,
    `<main>\n<h1>${escaped(title)}</h1>\n<ul>\n${items.join("\n")}\n</ul>\n</main>`,
  );
}

const LIST_STYLES = `
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; color: #1f2328; background: #f6f8fa; }
main { max-width: 72rem; margin: 0 auto; padding: 2rem 1rem; }
ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr)); gap: 1rem; padding: 0; list-style: none; }
a { display: block; padding: 0.75rem; border: 1px solid #d0d7de; border-radius: 0.75rem; background: #ffffff; color: #0a3069; }
img { display: block; width: 100%; height: 10rem; object-fit: cover; object-position: left top; margin-bottom: 0.5rem; border-radius: 0.5rem; }
`;
