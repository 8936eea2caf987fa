import { afterEach, describe, expect, it } from "vitest";
import { DEFAULT_SCHEDULING, type SchedulingSettings } from "../../../daemon/orchestration/scheduling/settings.ts";
import type { RunEventOf } from "../../../protocol/index.ts";
import { type Engine, type EngineOptions, startEngine } from "../../support/engine.ts";

let engine: Engine;

async function open(scheduling: Partial<SchedulingSettings>, options: EngineOptions): Promise<Engine> {
  engine = await startEngine({ ...options, scheduling: { ...DEFAULT_SCHEDULING, ...scheduling } });
  return engine;
}

afterEach(async () => {
  expect(engine.logged).toEqual([]);
  await engine.close();
});

const SLOW = {
  reply: { text: "It is a project." },
  misbehave: { stallAfterEvents: 1, times: "always" as const },
  repeat: true,
};
const QUICK = { reply: { text: "It is a project." }, repeat: true };
const caller = { name: "t" };

async function decisions(runId: string): Promise<RunEventOf<"scheduler.decided">[]> {
  return (await engine.events(runId)).flatMap(({ body }) => (body.type === "scheduler.decided" ? [body] : []));
}

describe("more runs than slots", () => {
  it("wait with their place, start by priority, and say why", async () => {
    await open({ runs: 1 }, { script: [{ ...SLOW, when: { firstUser: "slow" } }, QUICK] });
    const first = await engine.start("What is slow?");
    await engine.server.waitForRequests(1);
    const params = { workspace: engine.workspace, headless: true };
    const low = await engine.service.start(
      { ...params, prompt: "What is low?", priority: "low", idempotencyKey: "low-0001" },
      caller,
    );
    const high = await engine.service.start(
      { ...params, prompt: "What is high?", priority: "high", idempotencyKey: "high-0001" },
      caller,
    );
    expect([low.queuePlace, high.queuePlace]).toEqual([1, 1]);
    expect((await engine.service.show({ runId: low.runId })).run).toMatchObject({ status: "queued", priority: "low" });
    expect(engine.service.scheduling().runs).toEqual({
      ...{ limit: 1, active: 1, queued: 2 },
      waiting: [
        { runId: high.runId, priority: "high" },
        { runId: low.runId, priority: "low" },
      ],
    });
    await engine.service.cancel({ runId: first }, caller);
    expect(await engine.ended(high.runId)).toMatchObject({ status: "done" });
    expect(await engine.ended(low.runId)).toMatchObject({ status: "done" });
    expect(await decisions(high.runId)).toMatchObject([
      { about: "run", decision: "queued", reason: expect.stringContaining("place 1 of the queue") },
      { about: "run", decision: "preferred", reason: expect.stringContaining("its priority is high") },
    ]);
    expect(await decisions(low.runId)).toMatchObject([{ decision: "queued" }, { decision: "started" }]);
    const order = (await engine.service.list({})).runs.map(({ runId }) => runId);
    expect(order).toContain(high.runId);
    expect(engine.server.requests.length).toBe(3);
  });

  it("are refused when the queue is full, but not the run that is known already", async () => {
    await open({ runs: 1, queue: 1 }, { script: [SLOW] });
    const running = await engine.start("What is slow?");
    await engine.server.waitForRequests(1);
    const queued = await engine.start("What is next?", { idempotencyKey: "queued-0001" });
    await expect(engine.start("What is too much?")).rejects.toMatchObject({
      value: { code: "run.queue_full", message: expect.stringContaining("1 runs are at work, 1 wait") },
    });
    expect(await engine.start("What is next?", { idempotencyKey: "queued-0001" })).toBe(queued);
    await engine.service.cancel({ runId: queued }, caller);
    expect(await engine.ended(queued)).toMatchObject({ status: "cancelled", attempt: 0 });
    expect(engine.service.scheduling().runs.queued).toBe(0);
    await engine.service.cancel({ runId: running }, caller);
  });

  it("keep their order through a restart, behind those that were at work", async () => {
    await open({ runs: 1 }, { script: [{ ...SLOW, misbehave: { stallAfterEvents: 1 }, repeat: false }, QUICK] });
    const ids = [await engine.start("What is first?")];
    await engine.server.waitForRequests(1);
    for (const word of ["second", "third"]) ids.push(await engine.start(`What is ${word}?`));
    await engine.restart();
    for (const runId of ids) expect(await engine.ended(runId)).toMatchObject({ status: "done" });
    const asked = engine.server.requests.slice(1).map(({ body }) => /What is (\w+)/.exec(JSON.stringify(body))?.[1]);
    expect(asked).toEqual(["first", "second", "third"]);
  });

  it("go on while one waits for a person, and that one goes on at once when it is answered", async () => {
    const command = { toolCalls: [{ tool: "run_command", arguments: { command: "echo hello" } }] };
    await open(
      { runs: 1 },
      {
        script: [{ when: { firstUser: "greeting", turn: 0 }, reply: command }, QUICK],
      },
    );
    const asking = await engine.start("Run the greeting and tell me", { headless: false });
    const asked = await engine.until(asking, (state) => state.status === "awaiting_approval");
    expect(await engine.ended(await engine.start("What is this?"))).toMatchObject({ status: "done" });
    const { approvalId = "", subjectHash = "" } = asked.pendingApprovals[0] ?? {};
    await engine.service.answer({ runId: asking, approvalId, subjectHash, decision: "reject" }, caller);
    expect(await engine.ended(asking)).toMatchObject({ status: "done" });
    // The end is told before the run's copy is put away.
    await expect.poll(() => engine.service.scheduling().runs).toMatchObject({ active: 0, queued: 0 });
  });
});

describe("calls to a provider", () => {
  it("are so many at a time, and those that waited say so", async () => {
    const eventDelayMs = 60;
    await open({ providers: { openai: 1 } }, { script: [{ ...QUICK, misbehave: { eventDelayMs, times: "always" } }] });
    const ids = await Promise.all(["one", "two", "three"].map((word) => engine.start(`What is ${word}?`)));
    for (const runId of ids) await engine.ended(runId);
    const all = (await Promise.all(ids.map(decisions))).flat();
    expect(all.length).toBeGreaterThan(0);
    for (const decision of all)
      expect(decision).toMatchObject({ about: "model", subject: "openai", decision: "held_back" });
    expect(engine.service.scheduling().providers).toEqual([
      { provider: "openai", most: 1, limit: 1, active: 0, queued: 0 },
    ]);
  });

  it("become fewer when it has too much to do", async () => {
    const script = [{ reply: { text: "It is a project." }, misbehave: { status: 529 } }, QUICK];
    await open({ providers: { openai: 8 } }, { script });
    expect(await engine.ended(await engine.start("What is this?"))).toMatchObject({ status: "done" });
    expect(engine.service.scheduling().providers).toMatchObject([{ most: 8, limit: 1, active: 0 }]);
  });
});
