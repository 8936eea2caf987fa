/** What is done in a page once it has come to rest: the keyboard, and other widths. */
import type { Page } from "playwright-core";

/** Tab is pressed again and again, and after each time the expression is evaluated in the page. */
export interface PageTabs {
  /** Ends the walk when it comes to null. */
  readonly evaluate: string;
  readonly most: number;
}

/** The page as it is when its window is that wide. */
export interface PageWidth {
  /** CSS pixels. */
  readonly width: number;
  readonly evaluate: string;
}

export interface WidthSeen {
  readonly width: number;
  /** Of the picture. */
  readonly height: number;
  readonly value: unknown;
  /** PNG of the whole page, down to 6000 pixels. */
  readonly screenshot: Buffer;
}

const MOST_HEIGHT = 6000;
const SETTLE_MS = 150;
const PICTURE_MS = 15_000;

export async function walkByTab(page: Page, { evaluate, most }: PageTabs): Promise<unknown[]> {
  const values: unknown[] = [];
  while (values.length < most) {
    await page.keyboard.press("Tab");
    const value: unknown = await page.evaluate(evaluate);
    if (value === null || value === undefined) break;
    values.push(value);
  }
  return values;
}

export async function seeAtWidth(page: Page, { width, evaluate }: PageWidth, height: number): Promise<WidthSeen> {
  await page.setViewportSize({ width, height });
  await page.evaluate("document.activeElement instanceof HTMLElement && document.activeElement.blur(); scrollTo(0, 0)");
  await page.waitForTimeout(SETTLE_MS);
  const value: unknown = await page.evaluate(evaluate);
  const whole: unknown = await page.evaluate("document.documentElement.scrollHeight");
  const tall = Math.min(MOST_HEIGHT, Math.max(1, typeof whole === "number" ? Math.ceil(whole) : height));
  const clip = { x: 0, y: 0, width, height: tall };
  const screenshot = await page.screenshot({ type: "png", fullPage: true, clip, timeout: PICTURE_MS });
  return { width, height: tall, value, screenshot };
}
