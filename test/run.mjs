// Runs a script of this project right after `git clone`: installs what package-lock.json says unless it is there, builds
// unless the bundles are newer than their sources, then starts the script under the pinned Node with the rest of the
// arguments. Plain JavaScript for Node 20, because it runs before anything is installed.
//
//   node test/run.mjs [--no-build] SCRIPT [ARGUMENTS…]
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const modules = join(root, "node_modules");
const BUILD_SCRIPT = "esbuild.config.mjs";
const SOURCES = [
  "protocol",
  "daemon",
  "extension",
  "webview",
  "grammars",
  "docs/generate",
  "package.json",
  BUILD_SCRIPT,
];

const words = process.argv.slice(2);
const wantsBuild = words[0] !== "--no-build";
const [script, ...rest] = wantsBuild ? words : words.slice(1);
if (script === undefined) fail("usage: node test/run.mjs [--no-build] SCRIPT [ARGUMENTS…]");

if (!isInstalled()) {
  process.stderr.write("Installing the dependencies of package-lock.json …\n");
  await must(npm(), ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"], "npm ci");
}
const node = pinnedNode();
if (wantsBuild && !isBuilt()) await must([node], [BUILD_SCRIPT], "the build");
process.exitCode = await run([node], [script, ...rest]);

/** True when every package of the lock that this platform needs is there in the locked version. */
function isInstalled() {
  const installed = readPackages(join(modules, ".package-lock.json"));
  if (installed === undefined) return false;
  const locked = Object.entries(readPackages(join(root, "package-lock.json")) ?? {});
  return locked.every(
    ([path, entry]) => path === "" || entry.optional === true || installed[path]?.version === entry.version,
  );
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}

function isBuilt() {
  const built = changedAt(join(root, "dist", "meta", "daemon.json"));
  return built > 0 && SOURCES.every((source) => newestIn(join(root, source)) <= built);
}

function newestIn(path) {
  if (!existsSync(path) || !statSync(path).isDirectory()) return changedAt(path);
  const files = readdirSync(path, { recursive: true });
  return Math.max(0, ...files.map((file) => changedAt(join(path, file))));
}

function changedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** The Node of the lock; where its install script was switched off, this one if it is new enough. */
function pinnedNode() {
  const pinned = join(modules, "node", "bin", process.platform === "win32" ? "node.exe" : "node");
  if (existsSync(pinned)) return pinned;
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 22 || (major === 22 && minor < 13))
    fail(`Node ${process.versions.node} is too old and the pinned one is missing: run \`npm rebuild node\`.`);
  return process.execPath;
}

/** npm as it was started, else the one on the PATH. */
function npm() {
  const file = process.env.npm_execpath;
  if (file?.endsWith(".js")) return [process.execPath, file];
  return [process.platform === "win32" ? "npm.cmd" : "npm"];
}

async function must(command, args, name) {
  const code = await run(command, args);
  if (code !== 0) fail(`${name} failed with exit code ${code}.`);
}

/** Runs to the end and answers with the exit code; a signal that ends us reaches the child first. */
function run([program, ...first], args) {
  return new Promise((resolve) => {
    const child = spawn(program, [...first, ...args], {
      cwd: root,
      stdio: "inherit",
      shell: program.endsWith(".cmd"),
      env: { ...process.env, PATH: [join(modules, ".bin"), process.env.PATH].join(delimiter) },
    });
    const forward = (signal) => child.kill(signal);
    process.on("SIGTERM", forward).on("SIGINT", forward);
    const end = (code) => {
      process.off("SIGTERM", forward).off("SIGINT", forward);
      resolve(code);
    };
    child.on("error", (error) => {
      process.stderr.write(`${error.message}\n`);
      end(1);
    });
    child.on("exit", (code) => end(code ?? 1));
  });
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
