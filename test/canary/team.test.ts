/** A secret that agents tell each other, or that a workflow is told, is found in nothing that is kept or sent. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { call, GOAL, planned, task, turns } from "../orchestration/team/fixture.ts";
import { type Engine, startEngine } from "../support/engine.ts";

const SECRET = `sk-proj-${"aB3dE5gH7jK9".repeat(3)}`;
let engine: Engine;
afterEach(() => engine.close());

/** Names of what holds the secret: types of events, requests, files below the data folder. */
async function holders(runId: string): Promise<string[]> {
  const events = await engine.events(runId);
  await engine.audit.close();
  const files = readdirSync(engine.home, { recursive: true, encoding: "utf8" })
    .filter((name) => !name.startsWith("worktrees") && statSync(join(engine.home, name)).isFile())
    .map((name) => [name, readFileSync(join(engine.home, name), "latin1")] as const);
  const all = [
    ...events.map(({ body }) => [body.type, JSON.stringify(body)] as const),
    ...engine.server.requests.map((request, index) => [`request ${index}`, JSON.stringify(request)] as const),
    ...files,
  ];
  return all.filter(([, text]) => text.includes(SECRET)).map(([name]) => name);
}

it("in plans, messages, notes, goals that are handed over, and answers", { timeout: 120_000 }, async () => {
  const handed = { agent: "testing", title: SECRET, goal: `Use ${SECRET}.`, returns: SECRET, files: [`${SECRET}.txt`] };
  engine = await startEngine({
    script: [
      ...planned(task("a", { files: ["**"], goal: `Keep ${SECRET}.` }), task("b", { dependsOn: ["a"] })),
      ...turns(
        "a",
        call("send_message", { to: "b", kind: "inform", text: `It is ${SECRET}.` }),
        call("board_write", { key: SECRET, value: SECRET, source: SECRET }, { key: "k", value: `["${SECRET}"]` }),
        call("delegate", handed),
        { text: `It is ${SECRET}.` },
      ),
      ...turns("a.3.0", { text: `It is ${SECRET}.` }),
      ...turns("b", call("board_read", {}), { text: `I read ${SECRET}.` }),
    ],
  });
  const runId = await engine.start(GOAL);
  expect((await engine.ended(runId)).tasks.map(({ id, status }) => `${id} ${status}`)).toEqual([
    "a done",
    "b done",
    "a.3.0 done",
  ]);
  expect(await holders(runId)).toEqual([]);
});

it("in inputs, outputs and commands of a workflow", { timeout: 120_000 }, async () => {
  const yaml = `name: told
inputs: { x: { type: string } }
outputs: { said: steps.say.output.output, x: inputs.x }
steps:
  - { id: say, command: { run: 'printf %s "$X"', env: { X: '\${{ inputs.x }}' } } }
  - { id: keep, set: { v: 'the \${{ inputs.x }}' } }
`;
  const path = ".nexus/workflows/told.yaml";
  engine = await startEngine({ files: { [path]: yaml }, script: [] });
  const runId = await engine.start("Workflow told", { workflow: { path, inputs: { x: SECRET } } });
  expect(await engine.ended(runId)).toMatchObject({ status: "done" });
  expect(await holders(runId)).toEqual([]);
});
