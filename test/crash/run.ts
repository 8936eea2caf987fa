/**
 * Kills a run with SIGKILL: the daemon of a real `nexus run` at random moments, and a daemon in process after
 * every single commit of its event log. After each death it must finish: nothing that was told is lost, no answered model
 * call is repeated, no edit happens twice.
 *
 * `npm run test:crash [-- --scenario NAME --kills N --seed N --lanes N --commits N --chains N --every N]`. A chain is one run
 * whose daemon dies again and again, each time after so many commits: for scenarios that take long.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import type { RunEvent } from "../../protocol/index.ts";
import { removeFolder } from "../support/remove.ts";
import type { ScriptedServer } from "../support/scripted/server.ts";
import { startScriptedOpenAi } from "../support/scripted-openai.ts";
import { problemsOf, problemsOfLife, readLog } from "./oracle.ts";
import { scenarioOf } from "./scenarios/all.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "300" },
    seed: { type: "string", default: "1" },
    lanes: { type: "string", default: "2" },
    commits: { type: "string" },
    chains: { type: "string", default: "0" },
    every: { type: "string", default: "10" },
    scenario: { type: "string", default: "steps" },
  },
});

const scenario = scenarioOf(values.scenario);

/** No run has so many events; a run that gets nowhere ends here. */
const MOST_KILLS = 400;
const NEXUS = resolve("dist/daemon/main.js");
const CHILD = resolve("dist/crash/child.js");
const root = realpathSync(mkdtempSync(join(tmpdir(), "nexus-crash-")));
const policy = join(root, "policy.json");
writeFileSync(policy, JSON.stringify(scenario.policy ?? { plan: "allow" }));

/** The child as one bundle: it starts hundreds of times, and half of that would go into reading its sources. */
await build({
  entryPoints: ["test/crash/child.ts"],
  outdir: "dist/crash",
  bundle: true,
  splitting: true,
  minify: true,
  platform: "node",
  format: "esm",
  // Native, or started from where they are; a run that is killed here needs none of them.
  external: ["@duckdb/node-api", "playwright-core"],
  // As in the daemon's own bundle, so that it finds the programs that are built beside that.
  define: { __NEXUS_VERSION__: '"0.0.0"', __NEXUS_BUILD_TIME__: "0" },
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
});

interface Trial {
  readonly name: string;
  readonly home: string;
  readonly workspace: string;
  readonly server: ScriptedServer;
}

type Outcome = { readonly problems: string[]; readonly killed: boolean };

async function withTrial(name: string, work: (trial: Trial) => Promise<Outcome>): Promise<Outcome> {
  const folder = join(root, name);
  const home = join(folder, "home");
  mkdirSync(home, { recursive: true, mode: 0o700 });
  scenario.makeWorkspace(join(folder, "workspace"));
  const server = await startScriptedOpenAi(scenario.script());
  try {
    return await work({ name, home, workspace: join(folder, "workspace"), server });
  } catch (error) {
    return { problems: [error instanceof Error ? (error.stack ?? error.message) : String(error)], killed: true };
  } finally {
    await server.close();
    await removeFolder(folder);
  }
}

/** Starts a program and collects the events it prints. */
function watchEvents(
  args: string[],
  env: NodeJS.ProcessEnv,
): { child: ChildProcess; events: RunEvent[]; exit: Promise<number | null>; stderr: () => string } {
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  const events: RunEvent[] = [];
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => {
    const { type, ...event } = JSON.parse(line);
    if (event.body !== undefined) events.push(event);
    child.emit("told", type);
  });
  const exit = new Promise<number | null>((done) => child.on("close", (code) => done(code)));
  return { child, events, exit, stderr: () => stderr };
}

const cleanEnv = (home: string, url: string): NodeJS.ProcessEnv => ({
  PATH: process.env["PATH"],
  HOME: home,
  NEXUS_HOME: home,
  NEXUS_PROVIDER: "openai",
  NEXUS_MODEL: "scripted",
  OPENAI_API_KEY: "test-key-0123456789",
  OPENAI_BASE_URL: url,
  NODE_COMPILE_CACHE: resolve("dist/crash/compile-cache"),
});

/** One commit kill: the child dies after commit N, a second one finishes the run. */
async function commitTrial(trial: Trial, commit: number): Promise<Outcome & { commits: number }> {
  const { home, workspace, server } = trial;
  const env = cleanEnv(home, server.url);
  const args = (at: number) => [CHILD, home, workspace, server.url, String(at), values.scenario];
  const first = watchEvents(args(commit), env);
  const code = await first.exit;
  const killed = code === null;
  const requestsAtKill = server.requests.length;
  const runId = first.events[0]?.runId ?? "id-2";
  const logAtKill = await readLog(home, runId);
  const second = killed ? watchEvents(args(0), env) : first;
  const finalCode = await second.exit;
  if (finalCode !== 0)
    return { problems: [`the second life ended with ${finalCode}: ${second.stderr()}`], killed, commits: 0 };
  const acknowledged = killed ? [...first.events, ...second.events] : first.events;
  const observed = {
    home,
    workspace,
    scenario,
    runId,
    acknowledged,
    requests: server.requests,
    requestsAtKill,
    logAtKill,
  };
  return { problems: await problemsOf(observed), killed, commits: logAtKill.length };
}

/** A run whose every life ends after `every` commits, the first after `first`, until one is long enough to finish it. */
async function chainTrial(trial: Trial, first: number, every: number): Promise<Outcome & { kills: number }> {
  const { home, workspace, server } = trial;
  const env = cleanEnv(home, server.url);
  const acknowledged: RunEvent[] = [];
  const problems: string[] = [];
  let [kills, known] = [0, { asked: 0, answered: 0 }];
  for (let at = first; kills < MOST_KILLS; at = every) {
    const args = [CHILD, home, workspace, server.url, String(at), values.scenario];
    const life = watchEvents(args, env);
    const code = await life.exit;
    acknowledged.push(...life.events);
    problems.push(...problemsOfLife(server.requests, known).map((problem) => `life ${kills + 1}: ${problem}`));
    if (code !== null) {
      if (code !== 0) problems.push(`life ${kills + 1} ended with ${code}: ${life.stderr()}`);
      break;
    }
    kills++;
    const runId = acknowledged[0]?.runId ?? "id-2";
    const answered = (await readLog(home, runId)).filter(({ body }) => body.type === "model.responded").length;
    known = { asked: server.requests.length, answered };
  }
  const runId = acknowledged[0]?.runId ?? "";
  const whole = { requestsAtKill: server.requests.length, logAtKill: [] };
  const observed = { home, workspace, scenario, runId, acknowledged, requests: server.requests, ...whole };
  return { problems: [...problems, ...(await problemsOf(observed))], killed: kills > 0, kills };
}

/** One random kill: `nexus run` watches while its daemon dies, and must end with exit code 0 all the same. */
async function randomTrial(trial: Trial, afterMs: number): Promise<Outcome & { activeMs: number }> {
  const { home, workspace, server } = trial;
  const env = cleanEnv(home, server.url);
  const client = watchEvents(
    [
      NEXUS,
      ...(scenario.command ?? ["run"]),
      "--repo",
      workspace,
      "--json",
      "--apply",
      "--policy",
      policy,
      scenario.goal,
    ],
    env,
  );
  const begun = new Promise<void>((done) => client.child.once("told", () => done()));
  await Promise.race([begun, client.exit]);
  const active = performance.now();
  const timer = new Promise<void>((done) => setTimeout(done, afterMs));
  await Promise.race([timer, client.exit]);
  const { pid } = JSON.parse(await readFile(join(home, "daemon.json"), "utf8").catch(() => "{}"));
  const killed = client.child.exitCode === null && pid !== undefined && isRunning(pid);
  if (killed) process.kill(pid, "SIGKILL");
  const requestsAtKill = server.requests.length;
  const heard = client.events.length;
  const code = await client.exit;
  const activeMs = performance.now() - active;
  await endDaemon(home);
  const runId = client.events[0]?.runId ?? "";
  const log = await readLog(home, runId);
  const restart = log.findIndex(({ body }) => body.type === "run.started" && body.reason === "restart");
  const logAtKill = log.slice(0, restart < 0 ? log.length : restart);
  const observed = {
    home,
    workspace,
    scenario,
    runId,
    acknowledged: client.events,
    requests: server.requests,
    requestsAtKill,
    logAtKill,
  };
  const problems = await problemsOf(observed);
  if (code !== 0) problems.push(`nexus run ended with ${code} (${heard} events before the kill): ${client.stderr()}`);
  const numbers = client.events.map((event) => event.seq);
  if (numbers.some((seq, index) => seq !== index + 1))
    problems.push("the client was told an event twice, or missed one");
  return { problems, killed, activeMs };
}

/** Ends the daemon that finished the run; how does not matter to its data. */
async function endDaemon(home: string): Promise<void> {
  const { pid } = JSON.parse(await readFile(join(home, "daemon.json"), "utf8").catch(() => "{}"));
  if (pid !== undefined && isRunning(pid)) process.kill(pid, "SIGKILL");
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Numbers in [0, 1) that depend on nothing but the seed (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

async function inLanes<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const queue = [...items];
  const lane = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Number(values.lanes) }, lane));
}

let passed = 0;
let failed = 0;

function count(name: string, outcome: Outcome): void {
  if (outcome.problems.length === 0) passed++;
  else {
    failed++;
    process.stdout.write(`✗ ${name}\n${outcome.problems.map((problem) => `    ${problem}`).join("\n")}\n`);
  }
}

const started = performance.now();
let commits = 0;
if (values.commits !== "0") {
  const undisturbed = await withTrial("undisturbed", async (trial) => {
    const outcome = await commitTrial(trial, 0);
    commits = outcome.commits;
    return outcome;
  });
  count("undisturbed", undisturbed);
}
/** All of them, or as many as were asked for, spread over the whole run. */
const wanted = Math.min(commits, values.commits === undefined ? commits : Number(values.commits));
const points = Array.from({ length: wanted }, (_, index) => 1 + Math.floor((index * commits) / wanted));
process.stdout.write(`A run of ${commits} events; killing it after each of ${points.length} commits …\n`);
let killedAtCommits = 0;
await inLanes(points, async (commit) => {
  const outcome = await withTrial(`commit-${commit}`, (trial) => commitTrial(trial, commit));
  if (outcome.killed) killedAtCommits++;
  count(`killed after commit ${commit}`, outcome);
});

let killedInChains = 0;
const chains = Number(values.chains);
const every = Number(values.every);
await inLanes([...Array(chains).keys()], async (number) => {
  const first = 1 + Math.floor((number * every) / chains);
  const name = `a chain of kills after ${first} and then every ${every} commits`;
  const outcome = await withTrial(`chain-${number}`, async (trial) => {
    const { kills, ...rest } = await chainTrial(trial, first, every);
    killedInChains += kills;
    process.stdout.write(`${name}: ${kills} kills\n`);
    return { ...rest };
  });
  count(name, outcome);
});

let wholeMs = 0;
const random = createRandom(Number(values.seed));
const kills = Number(values.kills);
if (kills > 0) {
  const whole = await withTrial("whole", async (trial) => {
    const outcome = await randomTrial(trial, 60_000);
    wholeMs = outcome.activeMs;
    return outcome;
  });
  count("a whole nexus run", whole);
  process.stdout.write(
    `A whole run takes ${Math.round(wholeMs)} ms; killing its daemon at ${kills} random moments …\n`,
  );
}
let killedAtRandom = 0;
let drawn = 0;
// A moment at which the run had ended already is no kill: another is drawn for it.
await Promise.all(Array.from({ length: Number(values.lanes) }, killAtRandom));
if (killedAtRandom < kills)
  count("random kills", { problems: [`only ${killedAtRandom} of ${kills} moments hit a run`], killed: false });

async function killAtRandom(): Promise<void> {
  while (killedAtRandom < kills && drawn < 2 * kills) {
    const number = drawn++;
    const delay = random() * wholeMs * 0.95;
    const outcome = await withTrial(`random-${number}`, (trial) => randomTrial(trial, delay));
    if (outcome.killed) killedAtRandom++;
    count(`killed after ${Math.round(delay)} ms (number ${number}, seed ${values.seed})`, outcome);
  }
}

await removeFolder(root);
const seconds = Math.round((performance.now() - started) / 1000);
process.stdout.write(
  `${killedAtCommits} kills at commits, ${killedInChains} in chains, ${killedAtRandom} at random moments, in ${seconds} s\n`,
);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
