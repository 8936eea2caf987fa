/**
 * A browser that is on this machine, closed off: every request it makes is answered by us or refused, it has no profile of
 * the user's, and it ends with the look. None is ever downloaded.
 */
import { delimiter, join } from "node:path";
import type { Browser, BrowserContext, Page, Route } from "playwright-core";
import { isExecutable, realPath } from "./files.ts";
import { type PageTabs, type PageWidth, seeAtWidth, type WidthSeen, walkByTab } from "./page-steps.ts";
import { hostPlatform } from "./processes.ts";

export interface PageContent {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
}

export interface PageLook {
  /** http, of a host that nobody needs to find: nothing is sent anywhere. */
  readonly url: string;
  /** What stands at an address of the page's own origin; undefined: nothing. */
  content(url: URL, method: string, body: Buffer | null): Promise<PageContent | undefined>;
  /** Expressions that are evaluated in the page, one after another, once it has loaded. */
  readonly evaluate: readonly string[];
  readonly width: number;
  readonly height: number;
  /** A walk with the keyboard after that, from the page's beginning. */
  readonly tabs?: PageTabs;
  /** Looked at one after another in the end. */
  readonly widths?: readonly PageWidth[];
  /** Of all of it. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface PageSeen {
  /** What the expressions came to. */
  readonly values: readonly unknown[];
  /** What the expression of the walk came to after each Tab. */
  readonly tabbed: readonly unknown[];
  readonly atWidths: readonly WidthSeen[];
  /** What the page wrote as an error, and what it threw; the first 50. */
  readonly errors: readonly { readonly kind: "console" | "thrown"; readonly text: string }[];
  /** Addresses elsewhere that it asked for, which were refused; the first 50. */
  readonly refused: readonly string[];
  /** Of its own, that are not there. */
  readonly missing: readonly string[];
  /** Where it stood in the end. */
  readonly url: string;
  readonly title: string;
  /** PNG of what is seen without scrolling, or of the first of the widths. */
  readonly screenshot: Buffer;
  /** False where this machine did not let the browser build its own sandbox. */
  readonly sandboxed: boolean;
}

export type Looked =
  | { readonly ok: true; readonly seen: PageSeen }
  | { readonly ok: false; readonly reason: "no_browser" | "failed"; readonly problem: string };

const MOST = 50;
const SETTLE_MS = 300;
const CLOSE_MS = 5000;

/** All that asks for a network of its own is closed, beside the answers to every request. */
const ARGUMENTS = [
  "--host-resolver-rules=MAP * ~NOTFOUND",
  "--proxy-server=http://127.0.0.1:9",
  "--proxy-bypass-list=<-loopback>",
  "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--disable-extensions",
  "--js-flags=--max-old-space-size=512",
];

/** Where browsers are that Chrome's protocol can drive. */
function places(env: Readonly<Record<string, string | undefined>>): string[] {
  if (hostPlatform === "darwin")
    return ["Google Chrome", "Chromium", "Microsoft Edge"].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    );
  if (hostPlatform === "win32") {
    const roots = [env["ProgramFiles"], env["ProgramFiles(x86)"], env["LocalAppData"]].flatMap((root) => root ?? []);
    return roots.flatMap((root) => [
      join(root, "Google", "Chrome", "Application", "chrome.exe"),
      join(root, "Microsoft", "Edge", "Application", "msedge.exe"),
      join(root, "Chromium", "Application", "chrome.exe"),
    ]);
  }
  // Not through PATH: a folder of it may belong to a workspace.
  const folders = ["/usr/bin", "/usr/local/bin", "/snap/bin", "/opt/google/chrome", "/run/current-system/sw/bin"];
  const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "microsoft-edge"];
  return names.flatMap((name) => folders.map((folder) => join(folder, name)));
}

/** The absolute path of a browser's program; undefined where this machine has none of the usual. */
export async function findBrowser(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<string | undefined> {
  for (const place of places(env)) if (await isExecutable(place)) return realPath(place).then(() => place);
  return undefined;
}

/** One browser for several looks. It starts with the first, and anew after a page that had to be ended. */
export interface PageBrowser {
  /** One at a time. Rejects with the signal's reason; everything else that goes wrong is a value. */
  look(page: PageLook): Promise<Looked>;
  close(): Promise<void>;
}

export function createPageBrowser(): PageBrowser {
  let started: Started | undefined;

  async function close(): Promise<void> {
    const browser = started?.browser;
    started = undefined;
    if (browser !== undefined) await Promise.race([browser.close().catch(() => undefined), wait(CLOSE_MS)]);
  }

  return {
    close,
    async look(page) {
      const program = await findBrowser();
      if (program === undefined)
        return none("no browser was found: install Chromium, Chrome or Edge; Nexus never downloads one");
      const playwright = await import("playwright-core").catch(() => undefined);
      if (playwright === undefined)
        return none("the package playwright-core, which drives a browser, is not installed");
      page.signal.throwIfAborted();
      const own = started ?? (await launch(playwright.chromium, program));
      if (typeof own === "string") return { ok: false, reason: "failed", problem: own };
      started = own;
      const limit = AbortSignal.any([page.signal, AbortSignal.timeout(page.timeoutMs)]);
      try {
        return { ok: true, seen: { ...(await untilAborted(see(own.browser, page), limit)), sandboxed: own.sandboxed } };
      } catch (error) {
        await close();
        page.signal.throwIfAborted();
        const text = error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : String(error);
        const problem = limit.aborted
          ? `the page did not come to rest in ${page.timeoutMs / 1000} s: does it loop?`
          : text;
        return { ok: false, reason: "failed", problem };
      }
    },
  };
}

interface Started {
  readonly browser: Browser;
  readonly sandboxed: boolean;
}

function none(problem: string): Looked {
  return { ok: false, reason: "no_browser", problem };
}

type Launcher = typeof import("playwright-core")["chromium"];

/** False once a browser has started without its sandbox only: root, and machines without user namespaces for everybody. */
let buildsSandbox = true;

async function launch(chromium: Launcher, program: string): Promise<Started | string> {
  let problem = "";
  for (const sandboxed of buildsSandbox ? [true, false] : [false]) {
    try {
      const browser = await chromium.launch({
        executablePath: program,
        headless: true,
        chromiumSandbox: sandboxed,
        args: ARGUMENTS,
        timeout: 20_000,
        handleSIGINT: false,
        handleSIGTERM: false,
        handleSIGHUP: false,
        env: browserEnvironment(),
      });
      buildsSandbox = sandboxed;
      return { browser, sandboxed };
    } catch (error) {
      problem = error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : String(error);
    }
  }
  return `${program} could not be started: ${problem}`;
}

/** Nothing of the user's but where programs and temporary files are. */
function browserEnvironment(): Record<string, string> {
  const names = [
    "PATH",
    "HOME",
    "TMPDIR",
    "TEMP",
    "TMP",
    "SystemRoot",
    "windir",
    "LocalAppData",
    "ProgramFiles",
    "LANG",
  ];
  const own = Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
  return {
    ...own,
    PATH:
      own["PATH"]
        ?.split(delimiter)
        .filter((folder) => folder !== "")
        .join(delimiter) ?? "",
  };
}

async function see(browser: Browser, look: PageLook): Promise<Omit<PageSeen, "sandboxed">> {
  const errors: PageSeen["errors"][number][] = [];
  const refused: string[] = [];
  const missing: string[] = [];
  const { width, height } = look;
  const context = await browser.newContext({
    viewport: { width, height },
    serviceWorkers: "block",
    acceptDownloads: false,
    bypassCSP: true,
    reducedMotion: "reduce",
  });
  await answerAll(context, look, refused, missing);
  const page = await context.newPage();
  // Windows that it opens are none of ours.
  context.on("page", (other) => void (other === page ? undefined : other.close().catch(() => undefined)));
  const note = (kind: "console" | "thrown", text: string) => {
    // What was not there or was refused is told by its address.
    if (errors.length < MOST && !text.startsWith("Failed to load resource"))
      errors.push({ kind, text: text.slice(0, 500) });
  };
  page.on("console", (message) => (message.type() === "error" ? note("console", message.text()) : undefined));
  page.on("pageerror", (error) => note("thrown", error.message));
  await page.goto(look.url, { waitUntil: "load", timeout: look.timeoutMs });
  await page.waitForLoadState("networkidle", { timeout: 3000 }).catch(() => undefined);
  await page.waitForTimeout(SETTLE_MS);
  const values: unknown[] = [];
  for (const expression of look.evaluate) values.push(await page.evaluate(expression));
  const tabbed = look.tabs === undefined ? [] : await walkByTab(page, look.tabs);
  const atWidths: WidthSeen[] = [];
  for (const own of look.widths ?? []) atWidths.push(await seeAtWidth(page, own, height));
  const screenshot = atWidths[0]?.screenshot ?? (await page.screenshot({ type: "png", timeout: 10_000 }));
  const title = await titleOf(page);
  const seen = { values, tabbed, atWidths, errors, refused, missing, url: page.url(), title, screenshot };
  await context.close();
  return seen;
}

async function titleOf(page: Page): Promise<string> {
  return (await page.title().catch(() => "")).slice(0, 200);
}

async function answerAll(context: BrowserContext, look: PageLook, refused: string[], missing: string[]): Promise<void> {
  const { origin } = new URL(look.url);
  const add = (list: string[], url: string) => {
    if (list.length < MOST && !list.includes(url)) list.push(url.slice(0, 300));
  };
  await context.routeWebSocket(/.*/, (socket) => void socket.close());
  await context.route("**/*", (route) => answer(route, origin, look, add, refused, missing).catch(() => undefined));
}

async function answer(
  route: Route,
  origin: string,
  look: PageLook,
  add: (list: string[], url: string) => void,
  refused: string[],
  missing: string[],
): Promise<void> {
  const request = route.request();
  const url = new URL(request.url());
  if (url.protocol === "data:" || url.protocol === "blob:") return route.continue();
  if (url.origin !== origin) {
    add(refused, url.href);
    return route.abort("blockedbyclient");
  }
  const content = await look.content(url, request.method(), request.postDataBuffer());
  if (content !== undefined)
    return route.fulfill({ status: content.status, contentType: content.type, body: content.body });
  if (url.pathname !== "/favicon.ico") add(missing, url.pathname);
  return route.fulfill({ status: 404, contentType: "text/plain", body: "not there" });
}

function untilAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
