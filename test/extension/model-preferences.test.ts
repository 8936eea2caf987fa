import { describe, expect, it } from "vitest";
import {
  configureParams,
  lowestBudget,
  type ModelPreferences,
  modelEnvironment,
  parsePrice,
  resumeChoice,
} from "../../extension/model-preferences.ts";

const NONE: ModelPreferences = { provider: null, model: null, baseUrl: null, price: null };

describe("a price", () => {
  it.each([
    ["1,2", { input: 1, output: 2 }],
    [" 0.25 , 2 ", { input: 0.25, output: 2 }],
    ["0,0", { input: 0, output: 0 }],
    ["", null],
    ["1", null],
    ["1,", null],
    ["1,2,3", null],
    ["-1,2", null],
    ["a,b", null],
    [null, null],
  ])("%j", (text, expected) => expect(parsePrice(text)).toEqual(expected));
});

describe("resuming", () => {
  const used = { provider: "openai", model: "old", baseUrl: "http://a", price: { input: 1, output: 1 } } as const;

  it("takes what is preferred now, and the run's own for the rest", () => {
    const now: ModelPreferences = { ...NONE, provider: "openai" };
    expect(resumeChoice(now, used)).toEqual(used);
    expect(resumeChoice({ ...now, model: "new" }, used)).toEqual({ ...used, model: "new", price: null });
  });

  it("carries nothing over to another provider", () => {
    expect(resumeChoice({ ...NONE, provider: "anthropic" }, used)).toBeUndefined();
    const other = resumeChoice({ ...NONE, provider: "anthropic", model: "m" }, used);
    expect(other).toEqual({ provider: "anthropic", model: "m", baseUrl: null, price: null });
    expect(resumeChoice(NONE, used)).toBeUndefined();
  });
});

describe("what a daemon is told", () => {
  it("is nothing when nothing is preferred", () => {
    expect(configureParams(NONE, null)).toBeUndefined();
    expect(modelEnvironment(NONE, "key")).toEqual({});
  });

  it("is the same in both forms", () => {
    const preferences: ModelPreferences = {
      provider: "anthropic",
      model: "m",
      baseUrl: "http://127.0.0.1:1",
      price: { input: 1, output: 2 },
    };
    expect(configureParams(preferences, "key")).toEqual({
      provider: "anthropic",
      model: "m",
      baseUrl: "http://127.0.0.1:1",
      apiKey: "key",
    });
    expect(modelEnvironment(preferences, "key")).toEqual({
      NEXUS_PROVIDER: "anthropic",
      NEXUS_MODEL: "m",
      NEXUS_PRICE: "1,2",
      ANTHROPIC_BASE_URL: "http://127.0.0.1:1",
      ANTHROPIC_API_KEY: "key",
    });
  });

  it("leaves out of a daemon's environment what would keep it from starting", () => {
    const incomplete: ModelPreferences = { ...NONE, provider: "openai-compatible" };
    expect(modelEnvironment(incomplete, "key")).toEqual({});
    expect(modelEnvironment({ ...NONE, provider: "openai", baseUrl: "no address" }, null)).toEqual({
      NEXUS_PROVIDER: "openai",
    });
  });
});

it.each([
  [[undefined, undefined], null],
  [[1, undefined, undefined], 1],
  [[1, 0.25], 0.25],
  [[1, 500], 1],
  [[null, 2], 2],
  [["3", -1, Number.NaN], null],
] as const)("takes the lowest of the limits %j", (values, lowest) => expect(lowestBudget(values)).toBe(lowest));
