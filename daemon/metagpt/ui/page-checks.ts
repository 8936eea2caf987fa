/** What is told of a page from what a browser saw of it. Pure. */
import type { PageSeen } from "../../host/browser.ts";
import type { WidthSeen } from "../../host/page-steps.ts";
import type { PageCheck } from "../../tools/checked-page.ts";
import { isSevere, type Violation } from "../../tools/fields/frontend/axe.ts";
import { type Reach, readReach, readSteps, readWidth, type Spot, type Step } from "./page-scripts.ts";

export const NARROW = 360;
export const WIDE = 1280;

export interface PageLooked {
  readonly seen: Pick<PageSeen, "errors" | "missing" | "refused" | "tabbed"> & {
    readonly atWidths: readonly Pick<WidthSeen, "width" | "value">[];
  };
  readonly violations: readonly Violation[];
  /** What the page told of itself before any key. */
  readonly reach: unknown;
}

type Told = readonly string[];

/** All six, in the order of the protocol. */
export function pageChecks({ seen, violations, reach: value }: PageLooked): PageCheck[] {
  const reach = readReach(value);
  const severe = violations.filter(isSevere);
  const contrast = severe.filter(({ id }) => id.startsWith("color-contrast"));
  return [
    checkOf("renders", renderProblems(seen, reach), renderedFine(seen)),
    checkOf(
      "accessibility",
      severe.filter((one) => !contrast.includes(one)).map(violationText),
      "axe: nothing serious",
    ),
    reach === undefined ? unknown("keyboard") : keyboardCheck(reach, readSteps(seen.tabbed)),
    checkOf("contrast", contrast.map(violationText), "axe: all text can be read"),
    widthCheck("narrow", NARROW, seen.atWidths),
    widthCheck("wide", WIDE, seen.atWidths),
  ];
}

const MOST = 8;

function checkOf(name: PageCheck["name"], problems: Told, fine: string): PageCheck {
  const shown = [...problems.slice(0, MOST), ...(problems.length > MOST ? [`and ${problems.length - MOST} more`] : [])];
  return problems.length === 0
    ? { name, outcome: "passed", detail: fine }
    : { name, outcome: "failed", detail: shown.join("; ").slice(0, 2000) };
}

function unknown(name: PageCheck["name"]): PageCheck {
  return { name, outcome: "failed", detail: "the page gave no answer that is understood" };
}

function violationText({ id, help, target, html }: Violation): string {
  return `${help} (axe/${id}), at ${target.slice(0, 100)}: ${html.slice(0, 160)}`;
}

function renderProblems({ errors, missing }: PageLooked["seen"], reach: Reach | undefined): Told {
  return [
    ...errors.map(({ kind, text }) => `the page ${kind === "thrown" ? "throws" : "writes an error"}: ${text}`),
    // What has no ending is asked of a server, which is not here.
    ...missing.filter((path) => /\.\w+$/.test(path)).map((path) => `it asks for ${path}, which is not there`),
    ...(reach?.isDrawn === false ? ["nothing is drawn"] : []),
  ];
}

function renderedFine({ missing, refused }: PageLooked["seen"]): string {
  const unanswered = [...missing, ...refused].slice(0, 5);
  return unanswered.length === 0 ? "no error" : `no error; not answered here: ${unanswered.join(", ")}`;
}

function keyboardCheck({ spots, clickOnly, isRightToLeft }: Reach, steps: readonly Step[]): PageCheck {
  const reached = new Set(steps.map(({ index }) => index));
  const missed = spots.filter(({ index }) => !reached.has(index));
  const problems = [
    ...missed.map(
      ({ name }) =>
        `Tab does not reach ${name}${steps.length > 0 ? `; it stays between ${steps[0]?.name} and ${steps.at(-1)?.name}` : ""}`,
    ),
    ...clickOnly.map((name) => `${name} can be clicked, but no key gets to it: make it a button or a link`),
    ...steps.filter(({ isSeen }) => !isSeen).map(({ name }) => `${name} does not show that it has the focus`),
    ...orderProblems(steps, isRightToLeft),
  ];
  const count = `${spots.length} ${spots.length === 1 ? "element" : "elements"}`;
  return checkOf(
    "keyboard",
    problems,
    spots.length === 0 ? "nothing to reach" : `Tab reaches ${count} in the order in which they stand`,
  );
}

/** Backwards: up without going on to the next column, or back on the same line. */
function orderProblems(steps: readonly Step[], isRightToLeft: boolean): Told {
  return steps.flatMap((step, index) => {
    const before = steps[index - 1];
    if (before === undefined || isEmpty(step) || isEmpty(before)) return [];
    const isAbove = step.bottom <= before.top + 1;
    const isBeside = step.top < before.bottom - 1 && before.top < step.bottom - 1;
    const isBefore = isRightToLeft ? step.left >= before.right - 1 : step.right <= before.left + 1;
    const isNextColumn = isRightToLeft ? step.right <= before.left + 1 : step.left >= before.right - 1;
    const isBack = (isAbove && !isNextColumn) || (isBeside && isBefore && !isBelow(step, before));
    return isBack ? [`from ${before.name} Tab goes back to ${step.name}, which stands before it`] : [];
  });
}

const isEmpty = ({ left, right, top, bottom }: Spot) => right - left < 2 || bottom - top < 2;
/** Most of it stands lower: lines of unlike heights. */
const isBelow = (step: Spot, before: Spot) => step.top > (before.top + before.bottom) / 2;

function widthCheck(name: "narrow" | "wide", width: number, all: PageLooked["seen"]["atWidths"]): PageCheck {
  const found = readWidth(all.find((one) => one.width === width)?.value);
  if (found === undefined) return unknown(name);
  const { overflow, widest } = found;
  const problem = `at ${width} pixels the page is ${overflow} wider than its window: ${widest.join(", ") || "by something that cannot be told"}`;
  return checkOf(name, overflow > 1 ? [problem] : [], `${width} pixels without scrolling sideways`);
}

/** The six as skipped, where nothing could be looked at. */
export function skippedChecks(reason: string): PageCheck[] {
  const names = ["renders", "accessibility", "keyboard", "contrast", "narrow", "wide"] as const;
  return names.map((name) => ({ name, outcome: "skipped", detail: reason.slice(0, 500) }));
}
