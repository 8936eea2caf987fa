// `npm run demo:design`: one sentence becomes requirements, a design with wireframes, tasks, and a React page whose checks in a
// browser have passed. The roles' answers are scripted (examples/design); all else is real: daemon, git, checks, browser.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { findBrowser } from "../daemon/host/browser.ts";
import { buildPreview } from "../daemon/metagpt/ui/preview.ts";
import { listPage } from "../daemon/metagpt/ui/preview-page.ts";
import { designScript } from "./design/script.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const nexusProgram = join(root, "dist", "daemon", "main.js");
const example = join(root, "examples", "design");
const goal = readFileSync(join(example, "goal.txt"), "utf8").trim();
/** Kept: what the user can open. */
const folder = mkdtempSync(join(tmpdir(), "nexus-design-"));
const project = join(folder, "kornblume");
const pages = join(folder, "pages");
/** Thrown away. */
const scratch = mkdtempSync(join(tmpdir(), "nexus-demo-"));
const bold = (text) => (process.stdout.isTTY && !process.env.NO_COLOR ? `\u001b[1m${text}\u001b[0m` : text);

/** How a browser is installed here. */
const INSTALL = {
  linux: "apt install chromium, or your system's own way",
  darwin: "brew install --cask google-chrome",
  win32: "Edge is part of Windows; else winget install Google.Chrome",
};

let scriptedModel;
let daemonMayRun = false;
let current;
let interrupted = false;
for (const signal of ["SIGINT", "SIGTERM"])
  process.on(signal, () => {
    interrupted = true;
    current?.kill(signal);
  });

try {
  await demo();
} catch (error) {
  process.stderr.write(`The demo failed: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  await cleanUp();
}

async function demo() {
  const browser = await findBrowser();
  say(
    "Nexus demo: from a sentence to a page",
    `The answers of the roles are scripted: a program gives over HTTP what was written beforehand in
examples/design/answers. All else is real: daemon, git, tests, checks of the design${browser === undefined ? "." : ", and the browser."}`,
  );
  if (browser === undefined) sayNoBrowser();
  await prepareProject();
  const env = environment(await startScriptedModel(browser !== undefined));

  say("The sentence", goal);
  say(
    "The roles work on it",
    "nexus metagpt run GOAL --trust --apply (in a terminal of your own, each document would be shown to you first)\n",
  );
  daemonMayRun = true;
  await must(process.execPath, [nexusProgram, "metagpt", "run", goal, "--repo", project, "--trust", "--apply"], {
    env,
  });

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
  const author = ["-c", "user.name=Demo", "-c", "user.email=demo@example.invalid", "-c", "commit.gpgsign=false"];
  for (const args of [
    ["init", "-q"],
    ["add", "."],
    [...author, "commit", "-q", "-m", "The bakery's empty page"],
  ])
    await must("git", args, { cwd: project });
}

async function startScriptedModel(hasBrowser) {
  const script = join(scratch, "script.json");
  writeFileSync(script, JSON.stringify(designScript(join(example, "answers"), { isCareless: hasBrowser })));
  const program = join(root, "test", "support", "scripted-model.ts");
  scriptedModel = spawn(process.execPath, [program, "--provider", "openai", "--script", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(scriptedModel.stdout, "data");
  const { url } = JSON.parse(line);
  return { NEXUS_PROVIDER: "openai-compatible", OPENAI_BASE_URL: url, NEXUS_MODEL: "scripted", NEXUS_PRICE: "1.25,10" };
}

/** The user's environment with the demo's data folder; nothing of the user's own Nexus or model. */
function environment(model) {
  const own = Object.entries(process.env).filter(([name]) => !/^(NEXUS|OPENAI|ANTHROPIC|OLLAMA)_/.test(name));
  return { ...Object.fromEntries(own), ...model, NEXUS_HOME: join(scratch, "home") };
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

function say(title, text) {
  process.stdout.write(`\n${bold(`== ${title}`)}\n${text}\n`);
}

/** Runs to the end with its output shown; throws when it fails or the demo was interrupted. */
async function must(program, args, options) {
  if (interrupted) throw new Error("interrupted");
  current = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"], ...options });
  const [code, signal] = await once(current, "exit");
  if (code !== 0) throw new Error(`${program} ${args[0]} … ended with ${signal ?? `exit code ${code}`}`);
}

async function cleanUp() {
  interrupted = false;
  if (daemonMayRun) {
    const env = { ...process.env, NEXUS_HOME: join(scratch, "home") };
    const stop = spawn(process.execPath, [nexusProgram, "daemon", "stop"], { stdio: "ignore", env });
    await once(stop, "exit");
  }
  if (scriptedModel !== undefined && scriptedModel.exitCode === null) {
    scriptedModel.kill();
    await once(scriptedModel, "exit");
  }
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  if (process.exitCode === 1) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
