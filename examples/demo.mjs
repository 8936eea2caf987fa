// `npm run demo`: a goal becomes a tested change, in a copy of examples/notes and a data folder that are thrown away.
// `npm run demo -- team`: the same with examples/orders, where agents of many fields work side by side.
// A scripted model answers over HTTP; with OPENAI_API_KEY or ANTHROPIC_API_KEY in the environment the real one is asked.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const nexusProgram = join(root, "dist", "daemon", "main.js");
const folder = mkdtempSync(join(tmpdir(), "nexus-demo-"));
const EXAMPLES = { notes: "notes", team: "orders" };
const [wanted = "notes"] = process.argv.slice(2);
const example = Object.hasOwn(EXAMPLES, wanted)
  ? EXAMPLES[wanted]
  : fail(`Known: ${Object.keys(EXAMPLES).join(", ")}.`);
const project = join(folder, example);
const goal = readFileSync(join(root, "examples", example, "goal.txt"), "utf8").trim();
/** What a person allows beforehand, where nobody can be asked. */
const policy = join(root, "examples", `${example}.policy.json`);
const allowed = existsSync(policy) ? ["--policy", policy] : [];
const usesRealModel = Boolean(process.env.OPENAI_API_KEY || process.env.ANTHROPIC_API_KEY);
const bold = (text) => (process.stdout.isTTY && !process.env.NO_COLOR ? `\u001b[1m${text}\u001b[0m` : text);

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
  process.exitCode = await demo();
} catch (error) {
  process.stderr.write(`The demo failed: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  await cleanUp();
}

async function demo() {
  await prepareProject();
  const env = usesRealModel ? environment({}) : environment(await startScriptedModel());
  const nexus = (...args) => must(process.execPath, [nexusProgram, ...args], { env });

  say("The goal", goal);
  say("Nexus works on it", "nexus run GOAL (in a terminal of your own it would ask before it carries out the plan)\n");
  daemonMayRun = true;
  await nexus("run", "--repo", project, ...allowed, goal);

  say("The change, still outside your files", "nexus runs diff latest\n");
  await nexus("runs", "diff", "latest");

  say("Accepting it", "nexus runs accept latest\n");
  await nexus("runs", "accept", "latest");

  say("The project's own tests, once more, in its own folder", "node --test\n");
  await must(process.execPath, ["--test", "--test-reporter=spec"], { cwd: project, env });

  say("Done", "What the run did and cost: nexus runs show latest\n");
  await nexus("runs", "show", "latest");
  process.stdout.write(
    "\nThat was all; nothing is left of it. README.md says how to use Nexus on a project of your own.\n",
  );
  return 0;
}

/** A repository of its own, as a user would have it. */
async function prepareProject() {
  cpSync(join(root, "examples", example), project, { recursive: true });
  rmSync(join(project, "goal.txt"));
  const author = ["-c", "user.name=Demo", "-c", "user.email=demo@example.invalid", "-c", "commit.gpgsign=false"];
  for (const args of [
    ["init", "-q"],
    ["add", "."],
    [...author, "commit", "-q", "-m", "The example"],
  ])
    await must("git", args, { cwd: project });
}

/** Prints which model answers, and gives the variables that point to it. */
async function startScriptedModel() {
  const program = join(root, "test", "support", "scripted-model.ts");
  const script = join(root, "examples", `${example}.script.json`);
  scriptedModel = spawn(process.execPath, [program, "--provider", "openai", "--script", script, "--delay", "2"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(scriptedModel.stdout, "data");
  const { url } = JSON.parse(line);
  return { NEXUS_PROVIDER: "openai-compatible", OPENAI_BASE_URL: url, NEXUS_MODEL: "scripted", NEXUS_PRICE: "1.25,10" };
}

/** The user's environment with the demo's data folder; nothing of the user's own Nexus or model but the keys. */
function environment(model) {
  const own = Object.entries(process.env).filter(
    ([name]) => usesRealModel || !/^(NEXUS|OPENAI|ANTHROPIC|OLLAMA)_/.test(name),
  );
  const about = usesRealModel
    ? "a real model, with the key in your environment; it will cost a little."
    : `a scripted model: a program that answers over HTTP with turns written beforehand
(examples/${example}.script.json). Its price is made up. All else is real: daemon, git, edits, tests.`;
  say("Nexus demo", `Answers come from ${about}`);
  return { ...Object.fromEntries(own), ...model, NEXUS_HOME: join(folder, "home") };
}

function fail(problem) {
  process.stderr.write(`${problem}\n`);
  rmSync(folder, { recursive: true, force: true });
  process.exit(2);
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
    const env = { ...process.env, NEXUS_HOME: join(folder, "home") };
    const stop = spawn(process.execPath, [nexusProgram, "daemon", "stop"], { stdio: "ignore", env });
    await once(stop, "exit");
  }
  if (scriptedModel !== undefined && scriptedModel.exitCode === null) {
    scriptedModel.kill();
    await once(scriptedModel, "exit");
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
