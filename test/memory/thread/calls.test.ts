import { expect, it, onTestFinished } from "vitest";
import { createThreadClient } from "../../../daemon/memory/thread/calls.ts";

const PROGRAM = { source: new URL("./call-thread.ts", import.meta.url), bundled: "none" };
const NEVER = new AbortController().signal;

function started() {
  const told: [string, unknown][] = [];
  const listeners = new Set<() => void>();
  let ends = 0;
  const onNotice = (name: string, value: unknown) => {
    told.push([name, value]);
    for (const listener of listeners) listener();
  };
  const client = createThreadClient(PROGRAM, {}, onNotice, () => void ends++);
  onTestFinished(() => client.close());
  return {
    client,
    told,
    ends: () => ends,
    /** Resolves with the next notice. */
    notice: () => new Promise<void>((resolve) => listeners.add(resolve)),
    ask: (method: string, params: unknown = {}, signal = NEVER) => client.call(method, params, signal),
  };
}

it("answers each call with its own answer", async () => {
  const { ask } = started();
  const numbers = Array.from({ length: 50 }, (_, number) => number);
  expect(await Promise.all(numbers.map((number) => ask("echo", { number })))).toEqual(
    numbers.map((number) => ({ number })),
  );
});

it("passes notices on", async () => {
  const { ask, told } = started();
  await ask("tell", { done: 3 });
  expect(told).toEqual([["told", { done: 3 }]]);
});

it("rejects with the thread's own errors, and with memory.index_failed for what nobody expected", async () => {
  const { ask } = started();
  await expect(ask("refuse")).rejects.toMatchObject({ value: { code: "memory.bad_cursor" } });
  await expect(ask("fail")).rejects.toMatchObject({
    value: { code: "memory.index_failed", message: expect.stringContaining("something broke") },
  });
  await expect(ask("nothing")).rejects.toMatchObject({ value: { code: "memory.index_failed" } });
  await expect(ask("unclonable")).rejects.toMatchObject({ value: { code: "memory.index_failed" } });
  expect(await ask("echo", 1)).toBe(1);
});

it("cancels one call, here and there, and leaves the others", async () => {
  const { ask, notice } = started();
  const controller = new AbortController();
  const waiting = ask("wait", {}, controller.signal);
  const other = ask("wait");
  other.catch(() => {});
  await notice();
  controller.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");
  expect(await ask("cancelled")).toBe(1);
});

it("does not start for a call that is cancelled already", async () => {
  const { ask, ends } = started();
  await expect(ask("echo", 1, AbortSignal.abort(new Error("no")))).rejects.toThrow("no");
  expect(ends()).toBe(0);
});

it.each(["die", "throwLater"])("rejects what waits when the thread ends (%s), and starts again", async (method) => {
  const { ask, ends } = started();
  const waiting = ask("wait");
  const failed = expect(waiting).rejects.toMatchObject({ value: { code: "memory.index_failed" } });
  await expect(ask(method)).rejects.toMatchObject({ value: { code: "memory.index_failed" } });
  await failed;
  expect(ends()).toBe(1);
  expect(await ask("echo", "again")).toBe("again");
});

it("can be closed twice, and used again", async () => {
  const { client, ask } = started();
  await client.close();
  await ask("echo", 1);
  await client.close();
  await client.close();
  expect(await ask("echo", 2)).toBe(2);
});
