import { describe, expect, it } from "vitest";
import { ModelCallError } from "../../daemon/models/failure.ts";
import type { ChatModel, ModelResponse } from "../../daemon/models/model.ts";
import { respondWithRetry } from "../../daemon/models/retry.ts";
import { type ErrorCode, NexusError } from "../../protocol/index.ts";
import { requestOf } from "./ask.ts";

const usage = { inputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 1, estimated: false };
const fine: ModelResponse = { text: "fine", toolCalls: [], stopReason: "end", usage };

type Failure = ErrorCode | readonly [ErrorCode, number];

/** A model that fails in these ways one after the other, then answers. */
function failingModel(failures: readonly Failure[]): ChatModel & { calls: number } {
  const model = {
    calls: 0,
    name: { provider: "test", model: "test" },
    respond: () => {
      const failure = failures[model.calls++];
      if (failure === undefined) return Promise.resolve(fine);
      const [code, retryAfterMs] = typeof failure === "string" ? [failure, undefined] : failure;
      return Promise.reject(new ModelCallError(code, undefined, { retryAfterMs }));
    },
  };
  return model;
}

async function run(failures: readonly Failure[], random = 0.5, signal = new AbortController().signal) {
  const model = failingModel(failures);
  const waits: number[] = [];
  const told: [string, number, boolean][] = [];
  const result = await respondWithRetry(model, requestOf("hello"), {
    signal,
    onText: () => undefined,
    onFailedAttempt: (error, attempt, willRetry) => void told.push([error.code, attempt, willRetry]),
    random: () => random,
    sleep: (milliseconds) => {
      waits.push(milliseconds);
      return Promise.resolve();
    },
  }).then(
    (response) => response.text,
    (error: unknown) => (error instanceof NexusError ? error.value : error),
  );
  return { result, waits, told, calls: model.calls };
}

describe("respondWithRetry", () => {
  it("answers at once when nothing fails", async () => {
    expect(await run([])).toEqual({ result: "fine", waits: [], told: [], calls: 1 });
  });

  it.each([
    ["model.overloaded", 4],
    ["model.unreachable", 4],
    ["model.stream_cut", 2],
    ["model.timeout", 2],
    ["model.refused", 1],
    ["model.key_refused", 1],
    ["model.bad_answer", 1],
    ["model.context_full", 1],
    ["replay.missing", 1],
  ] as const)("asks at most as often as %s deserves: %i", async (code, attempts) => {
    const { result, calls, told } = await run(Array.from({ length: 9 }, () => code));
    expect(result).toMatchObject({ code });
    expect(calls).toBe(attempts);
    expect(told).toEqual(Array.from({ length: attempts }, (_, at) => [code, at + 1, at + 1 < attempts]));
  });

  it("backs off with full jitter", async () => {
    const failures: Failure[] = ["model.overloaded", "model.unreachable", "model.overloaded"];
    expect(await run(failures, 0.5)).toMatchObject({ result: "fine", waits: [500, 1000, 2000] });
    expect(await run(failures, 0)).toMatchObject({ result: "fine", waits: [0, 0, 0] });
  });

  it("waits as long as the provider asks, and a little more", async () => {
    expect(await run([["model.overloaded", 7000]], 0.25)).toMatchObject({ result: "fine", waits: [7250] });
  });

  it("gives up, and says so, when the provider asks for more than a minute", async () => {
    const { result, waits, told } = await run([["model.overloaded", 61_000]]);
    expect(result).toMatchObject({ code: "model.overloaded", message: expect.stringContaining("61 s") });
    expect(waits).toEqual([]);
    expect(told).toEqual([["model.overloaded", 1, false]]);
  });

  it("passes a bug on untouched", async () => {
    const bug = new TypeError("bug");
    const model = { name: { provider: "t", model: "t" }, respond: () => Promise.reject(bug) };
    const told: unknown[] = [];
    const options = {
      signal: new AbortController().signal,
      onText: () => undefined,
      onFailedAttempt: (error: unknown) => void told.push(error),
      random: () => 0,
      sleep: () => Promise.resolve(),
    };
    await expect(respondWithRetry(model, requestOf("x"), options)).rejects.toBe(bug);
    expect(told).toEqual([]);
  });

  it("a cancel ends it with the signal's reason, in the call and in the wait", async () => {
    const reason = new Error("cancelled");
    expect((await run(["model.overloaded"], 0.5, AbortSignal.abort(reason))).result).toBe(reason);
    const controller = new AbortController();
    const waiting = respondWithRetry(failingModel(["model.overloaded"]), requestOf("x"), {
      signal: controller.signal,
      onText: () => undefined,
      onFailedAttempt: () => undefined,
      random: () => 0,
      sleep: (_milliseconds, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
          controller.abort(reason);
        }),
    });
    await expect(waiting).rejects.toBe(reason);
  });
});
