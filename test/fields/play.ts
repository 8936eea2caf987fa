/** Scripted tasks over a real project and the real engine. The models are scripted and speak over HTTP. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findBrowser } from "../../daemon/host/browser.ts";
import { isEnded, type RunState } from "../../protocol/index.ts";
import { type Engine, startEngine } from "../support/engine.ts";
import type { Script } from "../support/scripted/script.ts";
import type { Scenario } from "./scenario.ts";
import { call, type FieldSuite, type FieldTask } from "./task.ts";

/** What is on record of a check that did not apply. */
const NOTHING_TO_CHECK = "nothing that it looks at was changed";
const GOAL = "- do the task\n- look at it\n- put right what is wrong";

/** Why what needs a browser is left out here, if so. */
export async function withoutBrowser(): Promise<string | undefined> {
  return (await findBrowser()) === undefined ? "no browser was found: Chromium, Chrome or Edge" : undefined;
}

export function scenariosOf(suite: FieldSuite): Scenario[] {
  return suite.tasks.map((task) => ({
    name: task.name,
    ...(suite.needsBrowser === true ? { skip: withoutBrowser } : {}),
    run: async () => assert.deepEqual(await attempt(suite, task), []),
  }));
}

/** What is not as it should be. */
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
    body.type === "task.checked" && body.summary !== NOTHING_TO_CHECK
      ? [`${body.check} ${body.ok ? "yes" : "no"}`]
      : [],
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
