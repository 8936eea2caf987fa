import { describe, expect, it } from "vitest";
import { costOf, isOwnMachine, priceOf, reserveFor } from "../../daemon/models/prices.ts";
import { settingsFor } from "./ask.ts";

const usage = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0, estimated: false };
const priced = (model: string) => priceOf(settingsFor("openai", { model }));

describe("priceOf", () => {
  it("takes the settings' price before all others", () => {
    const price = { input: 1, output: 2 };
    expect(priceOf(settingsFor("openai", { model: "gpt-4o", price }))).toMatchObject({ input: 1, output: 2 });
    expect(priceOf(settingsFor("ollama", { price }))).toMatchObject({ input: 1, output: 2 });
  });

  it.each([
    "gpt-4o",
    "gpt-4o-2024-08-06",
    "GPT-4o",
    "gpt-5-mini",
    "claude-sonnet-4-5-20250929",
    "claude-opus-4-1-20250805",
  ])("knows %s", (model) => expect(priced(model)?.output).toBeGreaterThan(0));

  it.each([
    "gpt-5-pro",
    "gpt-5.5-pro",
    "gpt-4o-audio-preview",
    "claude-opus-9",
    "o3-deep-research",
    "",
    "constructor",
    "__proto__",
  ])("does not take %j for another model", (model) => expect(priced(model)).toBeUndefined());

  it("gives a dated name its family's price and not a shorter family's", () => {
    expect(priced("gpt-5-mini-2025-08-07")).toEqual(priced("gpt-5-mini"));
    expect(priced("gpt-5-mini")).not.toEqual(priced("gpt-5"));
  });

  it("asks nothing for what runs on the user's own machine", () => {
    expect(priceOf(settingsFor("ollama", { model: "qwen3" }))).toMatchObject({ input: 0, output: 0 });
    expect(priceOf(settingsFor("replay"))).toMatchObject({ input: 0, output: 0 });
    const local = settingsFor("openai-compatible", { model: "mine", baseUrl: "http://192.168.1.20:8000/v1" });
    expect(priceOf(local)).toMatchObject({ input: 0, output: 0 });
  });

  it("does not know the price of an unknown model elsewhere", () => {
    expect(priceOf(settingsFor("openai-compatible", { baseUrl: "https://models.example/v1" }))).toBeUndefined();
    expect(priceOf(settingsFor("openai"))).toBeUndefined();
  });
});

it.each([
  ["http://localhost:1234/v1", true],
  ["http://127.0.0.1:1/v1", true],
  ["http://127.9.9.9/v1", true],
  ["http://[::1]:8080/v1", true],
  ["http://[fd00::1]/v1", true],
  ["http://10.1.2.3/v1", true],
  ["http://172.16.0.1/v1", true],
  ["http://172.32.0.1/v1", false],
  ["http://box.local/v1", true],
  ["https://api.openai.com/v1", false],
  ["https://127.0.0.1.example.com/v1", false],
  ["https://localhost.example.com/v1", false],
  ["https://10.example.com/v1", false],
  ["https://11.0.0.1/v1", false],
  ["https://fd00.example.com/v1", false],
  ["not an address", false],
])("%s is the user's own: %s", (url, own) => expect(isOwnMachine(url)).toBe(own));

describe("costs", () => {
  const price = { input: 3, cacheRead: 0.3, cacheWrite: 3.75, output: 15 };

  it("adds the four buckets up", () => {
    const used = {
      ...usage,
      inputTokens: 1_000_000,
      cacheReadTokens: 2_000_000,
      cacheWriteTokens: 100_000,
      outputTokens: 10_000,
    };
    expect(costOf(price, used)).toBeCloseTo(3 + 0.6 + 0.375 + 0.15, 10);
  });

  it("reserves at least what the call can cost", () => {
    const worst = costOf(price, { ...usage, cacheWriteTokens: 12_000, outputTokens: 4000 });
    expect(reserveFor(price, 10_000, 4000)).toBeGreaterThan(worst);
    expect(reserveFor({ input: 0, cacheRead: 0, cacheWrite: 0, output: 0 }, 10_000, 4000)).toBe(0);
  });

  it("charges a long input by the long input's prices, all of it", () => {
    const haiku = priced("claude-haiku-5-5");
    if (haiku === undefined) throw new Error("no price");
    expect(costOf(haiku, { ...usage, inputTokens: 100_000 })).toBeCloseTo(0.01, 10);
    expect(costOf(haiku, { ...usage, inputTokens: 50_000, cacheReadTokens: 50_001 })).toBeCloseTo(0.0275, 4);
  });
});
