import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunEvent } from "../../../protocol/index.ts";
import {
  bundleOf,
  eventsOf,
  live,
  openPretended,
  type Pretended,
  type PretendedRun,
} from "../../workflows/pretended.ts";

let pretended: Pretended;
let runs = 0;

beforeAll(async () => {
  pretended = await openPretended();
});
afterAll(() => pretended.close());

async function run(text: string, more: Partial<PretendedRun> = {}) {
  const runId = `run-${++runs}`;
  const lived = await live(pretended.store, { runId, bundle: bundleOf(text), ...more });
  const events = await eventsOf(pretended.store, runId);
  return { ...lived, runId, events, steps: stepsOf(events) };
}

function stepsOf(events: readonly RunEvent[]): Record<string, string> {
  return Object.fromEntries(
    events.flatMap(({ body }) => (body.type === "step.finished" ? [[body.at, body.outcome]] : [])),
  );
}

const command = (id: string, more = "") => `  - { id: ${id}, command: { run: "do ${id}" }${more} }\n`;

describe("a list of steps", () => {
  it("goes in its order, and by needs", async () => {
    const { end, done } = await run(
      `name: w\nsteps:\n${command("a")}${command("b")}${command("c", ", needs: [a]")}${command("d", ", needs: [b, c]")}`,
    );
    expect(end).toEqual({ ok: true, outputs: {} });
    expect(done[0]).toBe("step.a");
    expect(done.at(-1)).toBe("step.d");
    expect(done).toHaveLength(4);
  });

  it("stops at the first failure and undoes what is done, the last first", async () => {
    const undo = ', compensate: { command: { run: "undo" } }';
    const { end, done, steps, events } = await run(
      `name: w\nsteps:\n${command("a", undo)}${command("b", undo)}${command("c", undo)}${command("d")}`,
      { comes: (taskId) => (taskId === "step.c" ? { ok: false, reason: "no" } : { ok: true, output: 1 }) },
    );
    expect(end).toEqual({ ok: false, reason: "Step c failed: no", undone: 2 });
    expect(done).toEqual(["step.a", "step.b", "step.c", "undo.step.b", "undo.step.a"]);
    expect(steps).toEqual({ a: "done", b: "done", c: "failed" });
    expect(events.filter(({ body }) => body.type === "step.compensated")).toHaveLength(2);
  });

  it("passes over what a condition excludes, and goes on after a failure that it may go on from", async () => {
    const { end, steps } = await run(
      `name: w\nsteps:\n${command("a", ", onError: continue")}${command("b", `, when: steps.a.outcome == "done"`)}${command("c")}`,
      { comes: (taskId) => (taskId === "step.a" ? { ok: false, reason: "no" } : { ok: true, output: null }) },
    );
    expect(end).toMatchObject({ ok: true });
    expect(steps).toEqual({ a: "failed", b: "skipped", c: "done" });
  });

  it("tries again as often as it is told to", async () => {
    const { end, events } = await run(
      `name: w\nsteps:\n${command("a", ", retry: { times: 2, delay: 1s, backoff: 3 }")}`,
      {
        comes: (taskId) => (taskId === "step.a.try-3" ? { ok: true, output: null } : { ok: false, reason: "not yet" }),
      },
    );
    expect(end).toMatchObject({ ok: true });
    const delays = events.flatMap(({ body }) => (body.type === "step.retried" ? [body.delayMs] : []));
    expect(delays).toEqual([1000, 3000]);
  });
});

describe("steps in steps", () => {
  it("runs branches side by side and answers with what each came to", async () => {
    let atWork = 0;
    let most = 0;
    const { end } = await run(
      `name: w
outputs: { all: steps.p.output }
steps:
  - id: p
    parallel:
      branches:
        one: [{ id: a, command: { run: x } }, { id: b, command: { run: x } }]
        two: [{ id: c, command: { run: x } }]
`,
      {
        async comes(taskId) {
          most = Math.max(most, ++atWork);
          await new Promise((resolve) => setImmediate(resolve));
          atWork -= 1;
          return { ok: true, output: taskId };
        },
      },
    );
    expect(end).toEqual({ ok: true, outputs: { all: { one: "step.p.one.b", two: "step.p.two.c" } } });
    expect(most).toBe(2);
  });

  it("does the same for each item, and repeats until it is told to end", async () => {
    const { end, done } = await run(
      `name: w
inputs: { names: { type: list } }
outputs: { named: steps.each.output, rounds: steps.again.output }
steps:
  - id: each
    forEach: { in: inputs.names, as: name, steps: [{ id: s, set: { text: "\${{ name }} is \${{ index }}" } }] }
  - id: again
    loop: { max: 5, until: steps.n.output.value >= 2, steps: [{ id: n, set: { value: "\${{ index }}" } }] }
`,
      { inputs: { names: ["x", "y"] } },
    );
    expect(end).toEqual({
      ok: true,
      outputs: { named: [{ text: "x is 0" }, { text: "y is 1" }], rounds: { value: 2 } },
    });
    expect(done).toEqual([]);
  });

  it("fails a loop that does not end", async () => {
    const { end } = await run(
      `name: w\nsteps:\n  - { id: l, loop: { max: 3, until: "false", steps: [{ id: s, set: {} }] } }\n`,
    );
    expect(end).toMatchObject({ ok: false, reason: expect.stringContaining("after 3 rounds") });
  });

  it("calls another workflow with inputs and gets its outputs", async () => {
    const main = `name: w\noutputs: { got: steps.call.output.sum }\nsteps:\n  - { id: call, workflow: { file: add.yaml, inputs: { n: 4 } } }\n`;
    const add = `name: add\ninputs: { n: { type: integer } }\noutputs: { sum: steps.s.output.n + 1 }\nsteps:\n  - { id: s, set: { n: "\${{ inputs.n }}" } }\n`;
    const { end, steps } = await run(main, { bundle: bundleOf(main, { "add.yaml": add }) });
    expect(end).toEqual({ ok: true, outputs: { got: 5 } });
    expect(steps).toEqual({ "call/s": "done", call: "done" });
  });

  it("keeps secrets out of what is recorded", async () => {
    const { events } = await run(`name: w\nsteps:\n${command("a")}`, {
      comes: () => ({ ok: true, output: { text: "it is hunter2" } }),
    });
    const finished = events.find(({ body }) => body.type === "step.finished")?.body;
    expect(JSON.stringify(finished)).not.toContain("hunter2");
  });
});

describe("a killed run", () => {
  const text = `name: w
steps:
  - { id: a, command: { run: x }, compensate: { command: { run: u } } }
  - id: p
    parallel:
      branches:
        one: [{ id: b, command: { run: x }, compensate: { command: { run: u } } }, { id: c, command: { run: x } }]
        two: [{ id: d, command: { run: x } }]
  - { id: e, command: { run: x } }
`;

  it("comes to the same end from every write, and does nothing twice", async () => {
    const comes: PretendedRun["comes"] = (taskId) =>
      taskId === "step.e" ? { ok: false, reason: "no" } : { ok: true, output: null };
    const whole = await run(text, { comes });
    expect(whole.end).toMatchObject({ ok: false });
    for (let diesBefore = 1; diesBefore <= whole.writes; diesBefore += 3) {
      const runId = `killed-${diesBefore}`;
      const first = await live(pretended.store, { runId, bundle: bundleOf(text), comes, diesBefore });
      expect(first.end).toBe("died");
      const second = await live(pretended.store, { runId, bundle: bundleOf(text), comes });
      expect(second.end).toEqual(whole.end);
      expect([...first.done, ...second.done].toSorted()).toEqual(whole.done.toSorted());
      expect(stepsOf(await eventsOf(pretended.store, runId))).toEqual(whole.steps);
    }
  });
});

it("a call that leads back to a workflow that waits is refused before it begins, with the circle in words", async () => {
  const calls = (file: string) => `name: w\nsteps:\n  - { id: call, workflow: { file: ${file} } }\n`;
  const { end, events } = await run("", { bundle: bundleOf(calls("sub.yaml"), { "sub.yaml": calls("main.yaml") }) });
  const explanation =
    "workflow sub.yaml waits for the end of workflow main.yaml, workflow main.yaml waits for the end of workflow sub.yaml";
  expect(end).toMatchObject({ ok: false });
  const refused = events.flatMap(({ body }) => (body.type === "wait.refused" ? [body] : []));
  expect(refused).toMatchObject([
    { cycle: ["workflow sub.yaml", "workflow main.yaml", "workflow sub.yaml"], explanation },
  ]);
  const failed = events.find(({ body }) => body.type === "step.finished" && body.at === "call/call");
  expect(failed?.body).toMatchObject({ outcome: "failed", reason: `${explanation}.` });
});
