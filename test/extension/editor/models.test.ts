/** The editor's models as the daemon asks for them, with a scripted editor in place of VS Code. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { answerModel, chosen, failureOf, type ModelHost } from "../../../extension/editor/models.ts";
import type { ReverseParams } from "../../../protocol/index.ts";

class Text {
  readonly value: string;
  constructor(value: string) {
    this.value = value;
  }
}
class Call {
  readonly callId: string;
  readonly name: string;
  readonly input: object;
  constructor(callId: string, name: string, input: object) {
    [this.callId, this.name, this.input] = [callId, name, input];
  }
}
class Result {
  readonly callId: string;
  readonly content: unknown[];
  constructor(callId: string, content: unknown[]) {
    [this.callId, this.content] = [callId, content];
  }
}
const Message = {
  ["User"]: (content: unknown) => ({ user: content }),
  ["Assistant"]: (content: unknown) => ({ assistant: content }),
};

const gpt = { vendor: "copilot", id: "gpt-4.1", family: "gpt", name: "GPT 4.1", version: "1", maxInputTokens: 64_000 };
const mini = { ...gpt, id: "mini", family: "gpt", name: "Mini" };

type Send = (
  messages: unknown[],
  options: { tools: unknown[] },
  token: { isCancellationRequested: boolean },
) => unknown;

/** What the scripted editor offers, and what it was sent. */
function editorWith(send: Send, models: readonly object[] = [gpt]) {
  const changed = new Set<() => void>();
  const editor = { models, changed: () => changed.forEach((listener) => void listener()) };
  class Source {
    readonly token = { isCancellationRequested: false };
    cancel() {
      this.token.isCancellationRequested = true;
    }
    dispose() {}
  }
  const host = {
    lm: {
      selectChatModels: async () =>
        editor.models.map((model) => ({ ...model, sendRequest: async (...given: Parameters<Send>) => send(...given) })),
      onDidChangeChatModels(listener: () => void) {
        changed.add(listener);
        return { dispose: () => changed.delete(listener) };
      },
    },
    CancellationTokenSource: Source,
    LanguageModelChatMessage: Message,
    LanguageModelTextPart: Text,
    LanguageModelToolCallPart: Call,
    LanguageModelToolResultPart: Result,
  };
  return { editor, host: host as unknown as ModelHost };
}

const CALL: ReverseParams<"client/model"> = {
  ...{ callId: "c", runId: "r", model: "copilot/gpt-4.1", system: "Be brief.", maxOutputTokens: 100 },
  messages: [
    { role: "user", text: "Look." },
    { role: "assistant", text: "I look.", calls: [{ id: "1", tool: "read", input: { path: "x" } }] },
    { role: "tool", id: "1", text: "no such file", isError: true },
  ],
  tools: [{ name: "read", description: "Reads.", parameters: { type: "object" } }],
};

async function* streamOf(...parts: unknown[]) {
  for (const part of parts) yield part;
}

let told: string[];
let stop: AbortController;
beforeEach(() => {
  told = [];
  stop = new AbortController();
});
const options = () => ({
  signal: stop.signal,
  tell: async (text: string) => {
    told.push(text);
    return true;
  },
});

describe("a request", () => {
  it("reaches the model with instructions, history and tools, and comes back with text and calls", async () => {
    let sent: unknown[] = [];
    const { host } = editorWith((...given) => {
      sent = given;
      return {
        stream: streamOf(new Text("It "), new Text("is."), { other: "part" }, new Call("2", "read", { path: "y" })),
      };
    });
    expect(await answerModel(host, CALL, options())).toEqual({
      ...{ outcome: "answered", text: "It is.", calls: [{ id: "2", tool: "read", input: { path: "y" } }] },
    });
    expect(sent[0]).toEqual([
      { user: "Be brief." },
      { user: "Look." },
      { assistant: [new Text("I look."), new Call("1", "read", { path: "x" })] },
      { user: [new Result("1", [new Text("Error: no such file")])] },
    ]);
    expect(sent[1]).toMatchObject({
      tools: [{ name: "read", description: "Reads.", inputSchema: { type: "object" } }],
    });
    expect(told.join("")).toBe("It is.");
  });

  it("is cancelled in the editor when the daemon gives it up", async () => {
    const { host } = editorWith((_, __, token) => ({
      stream: (async function* () {
        yield new Text("Well");
        stop.abort();
        expect(token.isCancellationRequested).toBe(true);
      })(),
    }));
    expect(await answerModel(host, CALL, options())).toMatchObject({ outcome: "failed", message: "It was cancelled." });
  });

  it("is cancelled when the daemon says that nobody waits any more", async () => {
    let isCancelled = false;
    const { host } = editorWith((_, __, token) => ({
      stream: (async function* () {
        yield new Text("Well");
        await vi.waitFor(() => expect(token.isCancellationRequested).toBe(true));
        isCancelled = true;
      })(),
    }));
    await answerModel(host, CALL, { ...options(), tell: async () => false });
    expect(isCancelled).toBe(true);
  });

  it("is answered with a failure where the answer would not fit into a message", async () => {
    const { host } = editorWith(() => ({ stream: streamOf(new Text("x".repeat(500_000))) }));
    expect(await answerModel(host, CALL, options())).toMatchObject({ outcome: "failed", reason: "failed" });
  });
});

describe("without the model", () => {
  it("says which ones there are", async () => {
    const { host } = editorWith(() => undefined, [gpt, mini]);
    const answer = await answerModel(host, { ...CALL, model: "opus" }, options());
    expect(answer).toMatchObject({
      outcome: "failed",
      reason: "not_found",
      message: expect.stringContaining("copilot/mini"),
    });
  });

  it("waits for extensions that are starting, and stops when it is given up", async () => {
    const { host, editor } = editorWith(() => ({ stream: streamOf(new Text("Here.")) }), []);
    const answer = answerModel(host, CALL, options());
    await Promise.resolve();
    editor.models = [gpt];
    await vi.waitFor(() => {
      editor.changed();
      return expect(Promise.race([answer, Promise.resolve("not yet")])).resolves.toMatchObject({ text: "Here." });
    });
    editor.models = [];
    const other = answerModel(host, CALL, options());
    stop.abort();
    expect(await other).toMatchObject({ outcome: "failed", reason: "not_found" });
  });

  it.each([
    ["any", gpt],
    ["copilot/mini", mini],
    ["copilot/gpt", gpt],
    ["mini", mini],
    ["Mini", mini],
    ["other/mini", undefined],
  ])("takes %s for the one that it names most exactly", (wanted, model) => {
    expect(chosen([gpt, mini], wanted)).toBe(model);
  });
});

it.each([
  [{ code: "NoPermissions", message: "User did not consent" }, "not_allowed"],
  [{ code: "NotFound", message: "gone" }, "not_found"],
  [{ code: "Blocked", message: "off topic" }, "blocked"],
  [{ code: "Blocked", message: "You have exceeded your premium request quota" }, "quota"],
  [{ code: "", message: "429 Too Many Requests" }, "quota"],
  [{ code: "", message: "Message exceeds token limit." }, "too_long"],
  [{ code: "", message: "prompt token count of 130000 exceeds the limit of 128000" }, "too_long"],
  [{ code: "", message: "net::ERR fetch failed" }, "unreachable"],
  [{ code: "Unknown", message: "whatever" }, "failed"],
])("takes the editor's error %j for %s", ({ code, message }, reason) => {
  expect(failureOf(Object.assign(new Error(message), { code }))).toEqual({ outcome: "failed", reason, message });
});

describe("pieces", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("become fewer and larger while the daemon is busy", async () => {
    const answers: (() => void)[] = [];
    const { createPieces } = await import("../../../extension/editor/pieces.ts");
    const pieces = createPieces(
      (text) => {
        told.push(text);
        return new Promise((resolve) => answers.push(() => resolve(true)));
      },
      () => undefined,
    );
    for (const text of ["a", "b", "c"]) pieces.add(text);
    expect(told).toEqual(["a"]);
    answers.shift()?.();
    await vi.waitFor(() => expect(told).toEqual(["a", "bc"]));
    answers.shift()?.();
    await pieces.end();
    pieces.add("late");
    expect(told).toEqual(["a", "bc"]);
  });

  it("say that the model is still at work, for ten minutes without a word", async () => {
    const { createPieces } = await import("../../../extension/editor/pieces.ts");
    const pieces = createPieces(options().tell, () => undefined);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(told).toEqual(Array.from({ length: 20 }, () => ""));
    await pieces.end();
  });
});
