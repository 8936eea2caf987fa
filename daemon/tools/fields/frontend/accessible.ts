/** Pages that the work touched can be used by people with impairments: axe in a browser, or what can be told without one. */
import { posix } from "node:path";
import { createPageBrowser, type PageBrowser } from "../../../host/browser.ts";
import { listWorkspace } from "../../../memory/listing.ts";
import { type FieldCheck, type FieldContext, type FieldFinding, type FieldResult, resultOf } from "../field-check.ts";
import { askJudge } from "../judge/ask.ts";
import { type Found, Judged, type JudgedText } from "../judge/requests.ts";
import { baseTexts, broughtIn, findingOf, lookedAt, readTexts } from "../judge/texts.ts";
import { isSevere, type Violation } from "./axe.ts";
import { lookAtFile, type PageReport, type Reported } from "./look.ts";
import { isPage, isStyle } from "./static.ts";

const SCRIPT = /\.m?js$/i;
const MOST_PAGES = 5;

export const accessible: FieldCheck = {
  name: "accessible",
  description: "Pages bring no new serious violation of axe in a browser; HTML and CSS can be read.",
  appliesTo: (changed) => changed.some((path) => isPage(path) || isStyle(path)),
  run: checkAccessible,
};

async function checkAccessible(context: FieldContext): Promise<FieldResult> {
  const still = await checkStill(context);
  const pages = await pagesOf(context);
  // A page's scripts are the workspace's own: where nothing of it may be run, they are not either.
  if (context.trusted !== true) return without("the workspace is not trusted, so no page of it was opened", still);
  const reports = await openPages(pages.slice(0, MOST_PAGES), context);
  if (typeof reports === "string") return without(reports, still);
  const cut = pages.length > MOST_PAGES ? `, ${pages.length - MOST_PAGES} more not opened` : "";
  // What was looked at in a browser is better known than what its tags say.
  const inText = still.found.filter(({ rule, path }) => !rule.startsWith("static/") || !pages.includes(path));
  const findings = [...still.unread, ...inText.map(findingOf), ...reports.flatMap((report) => report.findings)];
  return resultOf(findings, `${lookedAt(still.looked)}; ${pages.length} opened in a browser with axe${cut}`);
}

interface Still {
  readonly found: readonly Found[];
  readonly unread: readonly FieldFinding[];
  readonly looked: Readonly<Record<string, number>>;
}

function without(why: string, { found, unread, looked }: Still): FieldResult {
  return resultOf([...unread, ...found.map(findingOf)], `static check only (${why}) of ${lookedAt(looked)}`);
}

async function checkStill(context: FieldContext): Promise<Still> {
  const paths = context.changed.filter((path) => isPage(path) || isStyle(path));
  const { texts, unread } = await readTexts(context.root, paths);
  const before = await baseTexts(context, paths);
  const now = await judged(texts, context);
  if (typeof now === "string")
    return { found: [], unread: [...unread, { path: "", message: now, severity: "error" }], looked: {} };
  const was = before.length === 0 || now.found.length === 0 ? undefined : await judged(before, context);
  const known = was === undefined || typeof was === "string" ? [] : was.found;
  return { found: broughtIn(known, now.found, { before, after: texts }), unread, looked: now.looked };
}

async function judged(texts: readonly JudgedText[], { signal }: FieldContext): Promise<Judged | string> {
  const answer = await askJudge({ kind: "pages", texts: [...texts] }, Judged, { signal });
  return answer.ok ? answer.value : `The pages could not be looked at: ${answer.error.message}`;
}

/** Pages that were changed, and those that name a style sheet or script that was. */
async function pagesOf({ root, signal, changed }: FieldContext): Promise<string[]> {
  const names = changed.filter((path) => isStyle(path) || SCRIPT.test(path)).map((path) => posix.basename(path));
  const { paths } = await listWorkspace(root, { signal });
  const { texts } = await readTexts(root, [...new Set([...changed.filter(isPage), ...paths.filter(isPage)])]);
  return texts
    .filter(({ path, text }) => changed.includes(path) || names.some((name) => text.includes(name)))
    .map(({ path }) => path);
}

/** A text: why nothing can be opened at all. */
async function openPages(pages: readonly string[], context: FieldContext): Promise<FieldResult[] | string> {
  const browser = createPageBrowser();
  const reports: FieldResult[] = [];
  try {
    for (const page of pages) {
      const report = await checkPage(page, context, browser);
      if (typeof report === "string") return report;
      reports.push(report);
    }
    return reports;
  } finally {
    await browser.close();
  }
}

async function checkPage(page: string, context: FieldContext, browser: PageBrowser): Promise<FieldResult | string> {
  const { root, signal } = context;
  const after = await lookAtFile(page, { root }, { browser, signal });
  if (!after.ok && after.reason === "no_browser") return after.problem;
  if (!after.ok) return resultOf([{ path: page, message: `${after.problem} (page/broken)`, severity: "error" }], "");
  const before = await reportBefore(page, context, browser);
  return resultOf([...newViolations(page, before, after.report), ...newErrors(page, before, after.report)], "");
}

async function reportBefore(
  page: string,
  context: FieldContext,
  browser: PageBrowser,
): Promise<PageReport | undefined> {
  const { root, signal, changed, base } = context;
  if ((await base(page)) === undefined) return undefined;
  const instead = new Map(await Promise.all(changed.map(async (path) => [path, await base(path)] as const)));
  const before: Reported = await lookAtFile(page, { root, instead }, { browser, signal });
  return before.ok ? before.report : undefined;
}

function newViolations(page: string, before: PageReport | undefined, after: PageReport): FieldFinding[] {
  // An element is known again by what it is, or by where it is.
  const known = before?.violations ?? [];
  const isOld = (one: Violation) =>
    known.some((old) => old.id === one.id && (old.target === one.target || old.html === one.html));
  return after.violations
    .filter((violation) => !isOld(violation))
    .map((violation) => ({
      path: page,
      message: `${violation.help}, at ${violation.target.slice(0, 120)}: ${violation.html.slice(0, 200)} (axe/${violation.id})`,
      severity: isSevere(violation) ? "error" : "warning",
    }));
}

function newErrors(page: string, before: PageReport | undefined, after: PageReport): FieldFinding[] {
  const known = new Set(before?.seen.errors.map(({ text }) => text));
  const errors = after.seen.errors.filter(({ text }) => !known.has(text));
  const gone = after.seen.missing.filter((path) => before?.seen.missing.includes(path) !== true);
  return [
    ...errors.map(({ kind, text }): FieldFinding => {
      const what = kind === "thrown" ? "the page throws" : "the page writes an error";
      return {
        path: page,
        message: `${what}: ${text} (page/${kind})`,
        severity: kind === "thrown" ? "error" : "warning",
      };
    }),
    ...gone.map(
      (path): FieldFinding => ({
        path: page,
        message: `it asks for ${path}, which is not there (page/missing)`,
        severity: "warning",
      }),
    ),
  ];
}
