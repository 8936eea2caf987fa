import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createChatModel } from "../../daemon/models/create.ts";
import { canonicalJson, requestHash } from "../../daemon/models/recording.ts";
import { ask, EDIT_TOOL, KEY, PROVIDERS, requestOf, settingsFor, withModel } from "./ask.ts";

let folder = "";
let file = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nexus-recording-"));
  file = join(folder, "run.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const replay = () => createChatModel(settingsFor("replay", { apiKey: null, replayFile: file }));

describe.each(PROVIDERS)("a recording of $provider", (provider) => {
  it("answers later as the provider did, without it", async () => {
    const call = { tool: "edit", arguments: { path: "a\u2028b" } };
    const script = [{ reply: { text: "first", toolCalls: [call] } }, { reply: { text: "second" } }];
    const requests = [requestOf("one", { tools: [EDIT_TOOL] }), requestOf("two")];
    const recorded = await withModel(
      provider,
      script,
      async ({ model }) => [
        await ask(model, requests[0] ?? requestOf("")),
        await ask(model, requests[1] ?? requestOf("")),
      ],
      { settings: { recordFile: file } },
    );
    const model = replay();
    for (const [index, request] of requests.entries()) {
      const replayed = await ask(model, request);
      expect(replayed.response).toEqual(recorded[index]?.response);
      expect(replayed.texts.join("")).toBe(recorded[index]?.texts.join(""));
    }
  });

  it("never holds the key, even when the model repeats it", async () => {
    await withModel(provider, [{ reply: { text: `Your key is ${KEY}` } }], ({ model }) => ask(model, requestOf(KEY)), {
      settings: { recordFile: file },
    });
    expect(readFileSync(file, "utf8")).toContain("Your key is [key]");
    expect(readFileSync(file, "utf8")).not.toContain(KEY);
    if (process.platform !== "win32") expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("holds no failed exchange", async () => {
    await withModel(provider, [{ misbehave: { status: 500 } }], ({ model }) => ask(model, requestOf("go")), {
      settings: { recordFile: file },
    });
    expect(readFileSync(file, "utf8")).toBe("");
  });
});

it("a recording that cannot be written fails before anything is paid for", () =>
  withModel(
    PROVIDERS[0],
    [{ reply: { text: "never" } }],
    async ({ model, server }) => {
      expect((await ask(model, requestOf("go"))).code).toBe("settings.invalid");
      expect(server.requests).toHaveLength(0);
    },
    { settings: { recordFile: join(tmpdir(), "nexus-no-such-folder", "run.jsonl") } },
  ));

const exchange = (text: string, request = requestOf("same")) =>
  `${JSON.stringify({
    requestHash: requestHash(request),
    request: { system: "", messages: 1, last: "", tools: [] },
    response: {
      ...{ text, toolCalls: [], stopReason: "end" },
      usage: { inputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 1, estimated: false },
    },
  })}\n`;

describe("replay", () => {
  it("gives repeated requests their answers in order, then none", async () => {
    writeFileSync(file, exchange("one") + exchange("two"));
    const model = replay();
    expect((await ask(model, requestOf("same"))).response?.text).toBe("one");
    expect((await ask(model, requestOf("same"))).response?.text).toBe("two");
    expect((await ask(model, requestOf("same"))).code).toBe("replay.missing");
  });

  it("answers nothing that was not recorded", async () => {
    writeFileSync(file, exchange("one"));
    expect((await ask(replay(), requestOf("other"))).code).toBe("replay.missing");
    expect((await ask(replay(), requestOf("same", { maxOutputTokens: 1 }))).code).toBe("replay.missing");
  });

  it("survives a last line that a crash tore off, and nothing worse", async () => {
    writeFileSync(file, exchange("one") + exchange("two").slice(0, 40));
    expect((await ask(replay(), requestOf("same"))).response?.text).toBe("one");
    writeFileSync(file, `garbage\n${exchange("one")}`);
    expect(await ask(replay(), requestOf("same"))).toMatchObject({ code: "settings.invalid" });
  });

  it("says when there is no file", async () => {
    expect(await ask(replay(), requestOf("same"))).toMatchObject({ code: "replay.missing" });
  });
});

it("the hash depends on every part of a request and not on the order of keys", () => {
  const base = requestOf("a", { tools: [EDIT_TOOL] });
  const variants = [
    requestOf("b", { tools: [EDIT_TOOL] }),
    { ...base, system: "other" },
    { ...base, tools: [] },
    { ...base, maxOutputTokens: 501 },
    { ...base, tools: [{ ...EDIT_TOOL, description: "other" }] },
    { ...base, messages: [{ role: "assistant" as const, text: "a", toolCalls: [] }] },
  ];
  expect(new Set([base, ...variants].map(requestHash)).size).toBe(variants.length + 1);
  expect(canonicalJson({ b: [1, { d: 1, c: 2 }], a: "x" })).toBe('{"a":"x","b":[1,{"c":2,"d":1}]}');
});
