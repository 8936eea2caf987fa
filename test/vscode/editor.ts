/** A real VS Code in a browser: its own server, its own data, one page that is driven as a person would. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Frame, type Page } from "playwright-core";
import { findChromium, SERVER_MAIN } from "./install.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BROWSER_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const PALETTE_MS = 2000;
const WAIT_MS = Number(process.env["NEXUS_WAIT_MS"] ?? 60_000);

export interface EditorOptions {
  /** Folder for the server's data; made by this. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Folders of other extensions, which are installed. */
  readonly extensions?: readonly string[];
}

export interface Editor {
  /** The window that was opened last. */
  readonly page: Page;
  /** Opens a folder in a fresh browser's window that runs this project (or `extension`); `tests` names a module to run in its host. */
  open(workspace: string, options?: { readonly tests?: string; readonly extension?: string }): Promise<void>;
  reload(): Promise<void>;
  /** Runs a command by its title, from the palette. */
  command(title: string): Promise<void>;
  /** Answers the box with this title that asks for a text. */
  type(title: string, text: string): Promise<void>;
  /** Picks the entry of a list by a part of its text. */
  pick(text: string): Promise<void>;
  /** The page inside the run panel, once it shows a run. */
  panel(): Promise<Frame>;
  /** The page inside the design panel, once it shows documents. */
  design(): Promise<Frame>;
  /** Answers the editor's own box for a file or folder. */
  chooseFile(title: string, path: string): Promise<void>;
  /** Presses a button of a dialog that covers the window. */
  dialog(button: string): Promise<void>;
  screenshot(name: string): Promise<void>;
  close(): Promise<void>;
}

export async function startEditor(options: EditorOptions): Promise<Editor> {
  const port = await freePort();
  writeSettings(options);
  for (const extension of options.extensions ?? [])
    cpSync(extension, join(options.folder, "extensions", basename(extension)), { recursive: true });
  const server = startServer(options, port);
  let browser: Browser | undefined;
  try {
    await serverIsUp(server);
    browser = await chromium.launch({ executablePath: findChromium(), args: BROWSER_FLAGS });
    return createEditor(browser, port, async () => {
      await browser?.close();
      await stop(server);
    });
  } catch (error) {
    await browser?.close();
    await stop(server);
    throw error;
  }
}

function createEditor(browser: Browser, port: number, close: () => Promise<void>): Editor {
  let page: Page;
  const remote = (path: string) => `vscode-remote://localhost:${port}${path}`;
  const isReady = () => page.locator(".monaco-workbench .statusbar-item").first().waitFor();
  return {
    get page() {
      return page;
    },
    async open(workspace, { tests, extension = ROOT.replace(/\/$/, "") } = {}) {
      const payload = [
        ["extensionDevelopmentPath", remote(extension)],
        ...(tests === undefined ? [] : [["extensionTestsPath", remote(tests)]]),
      ];
      const query = new URLSearchParams({ folder: workspace, payload: JSON.stringify(payload) });
      for (const context of browser.contexts()) await context.close();
      page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      page.setDefaultTimeout(WAIT_MS);
      await page.goto(`http://localhost:${port}/?${query}`);
      await isReady();
      await page.locator('.activitybar [aria-label^="Nexus"]').first().waitFor();
    },
    async reload() {
      const reloaded = page.waitForEvent("load");
      await this.command("Developer: Reload Window");
      await reloaded;
      await isReady();
    },
    async command(title) {
      // The palette lists what is known when it opens, and a page that is just loading swallows keys: so it is asked again.
      const row = page.locator(".quick-input-list .monaco-list-row", { hasText: title }).first();
      const ask = async () => {
        await page.keyboard.press("Escape");
        await page.keyboard.press("F1");
        const input = page.locator(".quick-input-widget input[type=text]");
        await input.fill(`>${title}`, { timeout: PALETTE_MS });
        await row.waitFor({ timeout: PALETTE_MS });
      };
      for (let attempts = WAIT_MS / PALETTE_MS; attempts > 0; attempts--) {
        const isThere = await ask().then(
          () => true,
          () => false,
        );
        if (isThere) return await row.click();
      }
      throw new Error(`the palette does not know “${title}”`);
    },
    async type(title, text) {
      const heading = page.locator(".quick-input-title", { hasText: title }).first();
      await heading.waitFor();
      const input = page.locator(".quick-input-widget .quick-input-box input").first();
      await input.fill(text);
      await input.press("Enter");
      // The extension checks the text first; whatever is pressed meanwhile would go to this box.
      const list = page.locator(".quick-input-list .monaco-list-row").first();
      await Promise.race([heading.waitFor({ state: "hidden" }), list.waitFor()]);
    },
    async pick(text) {
      await page.locator(".quick-input-list .monaco-list-row", { hasText: text }).first().click();
    },
    panel: () => panelFrame(page, ".run-header:not(.design-header)"),
    design: () => panelFrame(page, ".design-header"),
    async chooseFile(title, path) {
      const box = page.locator(".quick-input-title", { hasText: title }).first();
      await box.waitFor();
      const input = page.locator(".quick-input-widget .quick-input-box input").first();
      await input.fill(path);
      // It looks at the disk before it takes an answer, and does not show when it has; a folder it may only open at first. What
      // it began with it may write only after it is seen, over the path.
      for (let attempts = 20; attempts > 0 && (await box.isVisible()); attempts--) {
        await page.waitForTimeout(1500);
        const value = await input.inputValue({ timeout: 1000 }).catch(() => path);
        if (!value.startsWith(path)) await input.fill(path);
        if (await box.isVisible()) await page.locator(".quick-input-action .monaco-button").first().click();
      }
      await box.waitFor({ state: "hidden" });
    },
    async dialog(button) {
      await page.locator(".monaco-dialog-box .monaco-button", { hasText: button }).first().click();
    },
    async screenshot(name) {
      await page.screenshot({ path: join(ROOT, "docs", "images", name), animations: "disabled" });
    },
    close,
  };
}

/** A panel's page is a frame within a frame; it is there when it shows its head. */
async function panelFrame(page: Page, head: string): Promise<Frame> {
  const deadline = Date.now() + WAIT_MS;
  while (Date.now() < deadline) {
    for (const frame of page.frames()) {
      const isShown = await frame
        .locator(head)
        .isVisible()
        .catch(() => false);
      if (isShown) return frame;
    }
    await page.waitForTimeout(100);
  }
  throw new Error(`no panel with ${head} appeared`);
}

function writeSettings({ folder, settings }: EditorOptions): void {
  for (const place of ["User", "Machine"]) {
    mkdirSync(join(folder, "data", place), { recursive: true });
    writeFileSync(join(folder, "data", place, "settings.json"), JSON.stringify(settings, null, 2));
  }
}

function startServer({ folder, env }: EditorOptions, port: number): ChildProcess {
  const flags = ["--host", "127.0.0.1", "--port", String(port), "--without-connection-token"];
  const more = ["--accept-server-license-terms", "--enable-smoke-test-driver", "--telemetry-level", "off"];
  return spawn(process.execPath, [SERVER_MAIN, ...flags, ...more, "--server-data-dir", folder], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function serverIsUp(server: ChildProcess): Promise<void> {
  let output = "";
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString("utf8");
      if (output.includes("Extension host agent listening")) resolve();
    };
    server.stdout?.on("data", read);
    server.stderr?.on("data", read);
    server.once("exit", (code) => reject(new Error(`the editor's server ended with ${code}: ${output.slice(-2000)}`)));
  });
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const ended = once(server, "exit");
  server.kill();
  await ended;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
