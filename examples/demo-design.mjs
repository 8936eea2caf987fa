// `npm run demo:design`: one sentence becomes requirements, a design with wireframes, tasks, and a React page whose checks in a
// browser have passed. The roles' answers are scripted (examples/design); all else is real: daemon, git, checks, browser.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { findBrowser } from "../daemon/host/browser.ts";
import { buildPreview } from "../daemon/metagpt/ui/preview.ts";
import { listPage } from "../daemon/metagpt/ui/preview-page.ts";
import { designScript } from "./design/script.mjs";
import { makeRepository, must, nexus, perform, root, say, startScriptedModel, withoutModel } from "./stage.mjs";

const example = join(root, "examples", "design");
const goal = readFileSync(join(example, "goal.txt"), "utf8").trim();
/** Kept: what the user can open. */
const folder = mkdtempSync(join(tmpdir(), "nexus-design-"));
const project = join(folder, "kornblume");
const pages = join(folder, "pages");
/** Thrown away. */
const scratch = mkdtempSync(join(tmpdir(), "nexus-demo-"));

/** How a browser is installed here. */
const INSTALL = {
  linux: "apt install chromium, or your system's own way",
  darwin: "brew install --cask google-chrome",
  win32: "Edge is part of Windows; else winget install Google.Chrome",
};

await perform(demo, () => {
  const left = process.exitCode === 1 ? [scratch, folder] : [scratch];
  for (const path of left) rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

async function demo() {
  const browser = await findBrowser();
  say(
    "Nexus demo: from a sentence to a page",
    `The answers of the roles are scripted: a program gives over HTTP what was written beforehand in
examples/design/answers. All else is real: daemon, git, tests, checks of the design${browser === undefined ? "." : ", and the browser."}`,
  );
  if (browser === undefined) sayNoBrowser();
  await prepareProject();
  const env = environment(await startScriptedModel(scriptOf(browser !== undefined)));

  say("The sentence", goal);
  say(
    "The roles work on it",
    "nexus metagpt run GOAL --trust --apply (in a terminal of your own, each document would be shown to you first)\n",
  );
  await nexus(env, "metagpt", "run", goal, "--repo", project, "--trust", "--apply");

  say("The project's own tests, in its own folder", "node --test\n");
  await must(process.execPath, ["--test", "--test-reporter=spec"], { cwd: project, env });
  await keepPages();
  tellWhere(browser !== undefined);
}

function sayNoBrowser() {
  say(
    "No browser",
    `This machine has none that Nexus knows, so no page is looked at, and its checks are told as skipped.
Install Chromium, Chrome or Edge (${INSTALL[process.platform] ?? INSTALL.linux}) and start the demo again.`,
  );
}

/** A repository of its own, with the packages that it names. */
async function prepareProject() {
  cpSync(join(example, "project"), project, { recursive: true });
  for (const name of ["react", "react-dom", "scheduler"])
    cpSync(join(root, "node_modules", name), join(project, "node_modules", name), { recursive: true });
  await makeRepository(project, "The bakery's empty page");
}

/** A file of the answers; where a browser looks at the page, the first of them holds a fault. */
function scriptOf(hasBrowser) {
  const script = join(scratch, "script.json");
  writeFileSync(script, JSON.stringify(designScript(join(example, "answers"), { isCareless: hasBrowser })));
  return script;
}

/** The user's environment with the demo's data folder; nothing of the user's own Nexus or model. */
function environment(model) {
  return { ...withoutModel(process.env), ...model, NEXUS_HOME: join(scratch, "home") };
}

/** The page and every story as files that open without a server, and a list of them with their pictures. */
async function keepPages() {
  const stories = readdirSync(join(project, "src"))
    .filter((name) => name.includes(".stories."))
    .map((name) => `src/${name}`);
  const preview = await buildPreview({
    root: project,
    linked: [],
    stories,
    page: "index.html",
    signal: AbortSignal.timeout(60_000),
  });
  if (preview.problems.length > 0)
    throw new Error(preview.problems.map(({ path, message }) => `${path} ${message}`).join("; "));
  for (const [path, { body }] of preview.files) put(path === "index.html" ? "app.html" : path, body);
  const listed = preview.pages.map(({ target, address }) => {
    const own = target === "/" ? "app" : target.replace("/", "-");
    const picture = `docs/ui_design/screenshots/${own}-1280.png`;
    const shown = existsSync(join(project, picture)) ? { picture: `../kornblume/${picture}` } : {};
    return { target, address: target === "/" ? "app.html" : address.slice(1), ...shown };
  });
  put("index.html", listPage("Kornblume, from a sentence to a page", listed));
}

function put(path, content) {
  mkdirSync(dirname(join(pages, path)), { recursive: true });
  writeFileSync(join(pages, path), content);
}

function tellWhere(hasBrowser) {
  const link = (...path) => pathToFileURL(join(folder, ...path)).href;
  const stem = readdirSync(join(project, "docs", "prd"))[0]?.replace(/\.json$/, "") ?? "";
  const lines = [
    ["All pages", link("pages", "index.html")],
    ["The app", link("pages", "app.html")],
    ["Wireframes and flows", link("kornblume", "resources", "ui_design", `${stem}.svg`)],
    ...(hasBrowser ? [["Screenshots", link("kornblume", "docs", "ui_design", "screenshots")]] : []),
    ["Documents", link("kornblume", "docs")],
  ];
  say("Open", lines.map(([name, address]) => `${`${name}:`.padEnd(22)} ${address}`).join("\n"));
  process.stdout.write(`\nThey stay in ${folder}; delete it when you have seen enough.\n`);
}
