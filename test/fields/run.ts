/**
 * The acceptance suite of the agents that know a field: each of its scripted tasks over a real project and the real engine,
 * judged by the field's own checkers; and files that were made to hurt them. The models are scripted and speak over HTTP.
 *
 * `npm run test:fields [-- --only backend,data,hostile --task WORDS]`
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { isEnded, type RunState } from "../../protocol/index.ts";
import { type Engine, startEngine } from "../support/engine.ts";
import type { Script } from "../support/scripted/script.ts";
import { attemptHostile, HOSTILE, hasBrowser } from "./hostile.ts";
import type { Scenario } from "./scenario.ts";
import { call, type FieldSuite, type FieldTask } from "./task.ts";
import { backend } from "./tasks/backend.ts";
import { data } from "./tasks/data.ts";
import { devops } from "./tasks/devops.ts";
import { frontend } from "./tasks/frontend.ts";

const SUITES = [backend, frontend, devops, data];
const GOAL = "- do the task\n- look at it\n- put right what is wrong";

const { values } = parseArgs({ options: { only: { type: "string" }, task: { type: "string", default: "" } } });
const only = values.only?.split(",");
let passed = 0;
let failed = 0;
let skipped = 0;

for (const suite of SUITES.filter(({ agent }) => only?.includes(agent) ?? true)) {
  if (suite.needsBrowser === true && !(await hasBrowser())) {
    skipped += suite.tasks.length;
    print(`skip ${suite.agent}: no browser was found on this machine (Chromium, Chrome or Edge)`);
    continue;
  }
  for (const task of suite.tasks) await tried(`${suite.agent}: ${task.name}`, () => attempt(suite, task));
}
for (const [agent, scenarios] of await scenariosOf())
  for (const { name, run } of scenarios) await tried(`${agent}: ${name}`, () => run().then(() => []));
for (const hostile of HOSTILE.filter(() => only?.includes("hostile") ?? true)) {
  if (hostile.needsBrowser === true && !(await hasBrowser())) {
    skipped += 1;
    print(`skip hostile: ${hostile.name}: no browser was found on this machine`);
    continue;
  }
  await tried(`hostile: ${hostile.name}`, () => attemptHostile(hostile));
}
print(`${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

/** Tasks with a course of their own, one file NAME.scenarios.ts an agent. */
async function scenariosOf(): Promise<[string, readonly Scenario[]][]> {
  const ending = ".scenarios.ts";
  const names = readdirSync(import.meta.dirname).filter((name) => name.endsWith(ending));
  const wanted = names.map((name) => name.slice(0, -ending.length)).filter((name) => only?.includes(name) ?? true);
  return Promise.all(
    wanted.map(async (name): Promise<[string, readonly Scenario[]]> => {
      const { SCENARIOS }: { SCENARIOS: readonly Scenario[] } = await import(`./${name}${ending}`);
      return [name, SCENARIOS];
    }),
  );
}

async function tried(name: string, work: () => Promise<string[]>): Promise<void> {
  if (!name.includes(values.task)) return;
  const started = performance.now();
  const problems = await work().catch((error: unknown) => [String(error)]);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (problems.length === 0) passed += 1;
  else failed += 1;
  print(`${problems.length === 0 ? "ok" : "not ok"} ${name} (${seconds} s)`);
  for (const problem of problems) print(`    ${problem}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function attempt(suite: FieldSuite, task: FieldTask): Promise<string[]> {
  const engine = await startEngine({ files: filesOf(suite.project), script: scriptOf(suite, task) });
  try {
    const runId = await engine.start(GOAL, { headless: false, policy: { plan: "allow" } });
    const state = await approvingAll(engine, runId);
    const { checked, told } = await heard(engine, runId);
    const wanted = { ends: task.ends ?? "done", checked: task.checked.join(", ") };
    return [
      ...(state.status === wanted.ends ? [] : [`it ended ${state.status}: ${state.error?.message ?? "no error"}`]),
      ...(checked.join(", ") === wanted.checked ? [] : [`checked: ${checked.join(", ")}; wanted: ${wanted.checked}`]),
      ...(task.told ?? []).filter((text) => !told.includes(text)).map((text) => `nobody was told “${text}”`),
      ...engine.server.unused().map((turn) => `never said: ${JSON.stringify(turn).slice(0, 200)}`),
      ...engine.logged,
    ];
  } finally {
    await engine.close();
  }
}

/** A person who agrees to everything: what is tried here is the field, not the policy. */
async function approvingAll(engine: Engine, runId: string): Promise<RunState> {
  const answered = new Set<string>();
  for (;;) {
    const fresh = ({ pendingApprovals }: RunState) =>
      pendingApprovals.filter(({ approvalId }) => !answered.has(approvalId));
    const state = await engine.until(runId, (now) => isEnded(now.status) || fresh(now).length > 0);
    if (isEnded(state.status)) return state;
    for (const { approvalId, subjectHash } of fresh(state)) {
      answered.add(approvalId);
      await engine.service.answer({ runId, approvalId, subjectHash, decision: "approve" }, { name: "suite" });
    }
  }
}

async function heard(engine: Engine, runId: string): Promise<{ checked: string[]; told: string }> {
  const bodies = (await engine.events(runId)).map(({ body }) => body);
  const checked = bodies.flatMap((body) =>
    body.type === "task.checked" ? [`${body.check} ${body.ok ? "yes" : "no"}`] : [],
  );
  const requests = engine.server.requests.map((request) => JSON.stringify(request));
  return { checked, told: requests.join("\n") };
}

function scriptOf({ agent, role }: FieldSuite, { turns }: FieldTask): Script {
  const acceptance = { command: "git --version", expect: "pass" };
  const own = { id: "work", title: "Do the task", goal: "Do it.", agent, files: [], dependsOn: [], acceptance };
  return [
    { when: { tool: "propose_plan", turn: 0 }, reply: call("propose_plan", { summary: "One task.", tasks: [own] }) },
    ...turns.map((reply, turn) => ({ when: { turn, system: `${role} agent` }, reply })),
  ];
}

function filesOf(project: string): Record<string, string> {
  const folder = fileURLToPath(new URL(`projects/${project}`, import.meta.url));
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ name, parentPath }) => {
      const path = join(parentPath, name);
      return [path.slice(folder.length + 1).replaceAll("\\", "/"), readFileSync(path, "utf8")];
    }),
  );
}
