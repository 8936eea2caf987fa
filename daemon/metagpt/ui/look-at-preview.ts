/** A preview in a browser of this machine: every page looked at, checked, and photographed narrow and wide. */
import { createPageBrowser, type Looked, type PageBrowser } from "../../host/browser.ts";
import type { CheckedPage } from "../../tools/checked-page.ts";
import { axeExpressions, violationsIn } from "../../tools/fields/frontend/axe.ts";
import { ORIGIN } from "../../tools/fields/frontend/site.ts";
import { NARROW, pageChecks, skippedChecks, WIDE } from "./page-checks.ts";
import { REACH, STEP, WIDTH } from "./page-scripts.ts";
import type { Preview, PreviewPage } from "./preview.ts";

const TIMEOUT_MS = 30_000;
const MOST_TABS = 120;
const MOST_PAGES = 40;
const HEIGHT = 800;

export interface LookedAt {
  readonly pages: readonly CheckedPage[];
  /** Why no page could be looked at; undefined: they were. */
  readonly skipped: string | undefined;
}

/** Rejects with the signal's reason only. `pathOf`: where a picture will be kept; it is not written here. */
export async function lookAtPreview(
  preview: Preview,
  {
    signal,
    pathOf,
  }: { readonly signal: AbortSignal; readonly pathOf: (target: string, width: number) => string | null },
): Promise<LookedAt> {
  const browser = createPageBrowser();
  const pages: CheckedPage[] = [];
  try {
    for (const page of preview.pages.slice(0, MOST_PAGES)) {
      const checked = await lookAtPage(preview, page, browser, { signal, pathOf });
      if (typeof checked === "string")
        return {
          pages: preview.pages.map(({ target }) => ({ target, checks: skippedChecks(checked), screenshots: [] })),
          skipped: checked,
        };
      pages.push(checked);
    }
    const left = preview.pages.slice(MOST_PAGES).map(({ target }) => ({
      target,
      checks: skippedChecks(`only ${MOST_PAGES} pages are looked at`),
      screenshots: [],
    }));
    return { pages: [...pages, ...left], skipped: undefined };
  } finally {
    await browser.close();
  }
}

/** A text: why nothing can be looked at on this machine. */
async function lookAtPage(
  preview: Preview,
  { target, address }: PreviewPage,
  browser: PageBrowser,
  {
    signal,
    pathOf,
  }: { readonly signal: AbortSignal; readonly pathOf: (target: string, width: number) => string | null },
): Promise<CheckedPage | string> {
  const axe = axeExpressions();
  if (axe === undefined) return "axe-core is not installed";
  const looked: Looked = await browser.look({
    ...{ url: `${ORIGIN}${address}`, content: preview.content, evaluate: [...axe, REACH], width: WIDE, height: HEIGHT },
    tabs: { evaluate: STEP, most: MOST_TABS },
    widths: [WIDE, NARROW].map((width) => ({ width, evaluate: WIDTH })),
    ...{ timeoutMs: TIMEOUT_MS, signal },
  });
  if (!looked.ok && looked.reason === "no_browser") return looked.problem;
  if (!looked.ok) return { target, checks: failedChecks(looked.problem), screenshots: [] };
  const { seen } = looked;
  if (!seen.url.startsWith(`${ORIGIN}/`))
    return {
      target,
      checks: failedChecks(`the page leads away, to ${seen.refused.at(-1) ?? seen.url}`),
      screenshots: [],
    };
  const violations = violationsIn(seen.values.at(-2));
  if (violations === undefined)
    return { target, checks: failedChecks("axe could not look at the page"), screenshots: [] };
  const screenshots = seen.atWidths.map(({ width, height, screenshot: png }) => ({
    width,
    height,
    png,
    path: pathOf(target, width),
  }));
  return { target, checks: pageChecks({ seen, violations, reach: seen.values.at(-1) }), screenshots };
}

/** It did not even come up; the rest cannot be told. */
function failedChecks(problem: string) {
  const [renders, ...others] = skippedChecks("the page did not come up");
  return renders === undefined ? others : [{ ...renders, outcome: "failed" as const, detail: problem }, ...others];
}
