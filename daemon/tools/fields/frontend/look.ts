/** One page in a browser: what axe finds, what it wrote as errors, what it looks like. */
import { posix } from "node:path";
import type { Looked, PageBrowser, PageLook, PageSeen } from "../../../host/browser.ts";
import type { Door } from "../../../host/door.ts";
import { requestOver } from "../../../host/local-http.ts";
import { axeExpressions, type Violation, violationsIn } from "./axe.ts";
import { addressOf, contentOf, ORIGIN, type Site } from "./site.ts";

export interface PageReport {
  readonly violations: readonly Violation[];
  readonly seen: Omit<PageSeen, "values">;
}

export type Reported =
  | { readonly ok: true; readonly report: PageReport }
  | { readonly ok: false; readonly reason: "no_browser" | "failed"; readonly problem: string };

const TIMEOUT_MS = 30_000;
const MAX_BYTES = 20 * 1024 * 1024;

interface Frame {
  readonly browser: PageBrowser;
  readonly signal: AbortSignal;
  readonly width?: number;
  readonly timeoutMs?: number;
}

/** `path`: of an HTML file of the copy. */
export function lookAtFile(path: string, site: Omit<Site, "folder">, frame: Frame): Promise<Reported> {
  const folder = posix.dirname(path) === "." ? "" : posix.dirname(path);
  return report({ url: addressOf(path), content: (url) => contentOf({ ...site, folder }, url) }, frame);
}

/** `path`: of a page that the server behind the door serves. */
export function lookThroughDoor(path: string, door: Door, port: number, frame: Frame): Promise<Reported> {
  const content: PageLook["content"] = async (url, method, body) => {
    const socket = await door.connect(frame.signal);
    if (socket === undefined) return undefined;
    const answer = await requestOver(socket, {
      ...{ method, path: url.pathname + url.search, headers: { host: `127.0.0.1:${port}` }, signal: frame.signal },
      ...{ timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES },
      ...(body === null ? {} : { body }),
    });
    const type = answer.headers.find(([name]) => name === "content-type")?.[1] ?? "application/octet-stream";
    const location = answer.headers.find(([name]) => name === "location")?.[1];
    if (location === undefined) return { status: answer.status, type, body: answer.body };
    const moved = `<meta http-equiv="refresh" content="0;url=${encodeURI(location).replaceAll('"', "")}">`;
    return { status: 200, type: "text/html", body: Buffer.from(moved) };
  };
  return report({ url: `${ORIGIN}${path}`, content }, frame);
}

async function report(
  page: Pick<PageLook, "url" | "content">,
  { browser, signal, width = 1280, timeoutMs = TIMEOUT_MS }: Frame,
): Promise<Reported> {
  const evaluate = axeExpressions();
  if (evaluate === undefined) return { ok: false, reason: "no_browser", problem: "axe-core is not installed." };
  const looked: Looked = await browser.look({ ...page, evaluate, width, height: 800, timeoutMs, signal });
  if (!looked.ok) return looked;
  const { values, ...seen } = looked.seen;
  if (!seen.url.startsWith(`${ORIGIN}/`))
    return { ok: false, reason: "failed", problem: `the page leads away, to ${seen.refused.at(-1) ?? seen.url}` };
  const violations = violationsIn(values.at(-1));
  if (violations === undefined) return { ok: false, reason: "failed", problem: "axe could not look at the page" };
  return { ok: true, report: { violations, seen } };
}
