import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createTokenCounter } from "../../../daemon/memory/context/tokens.ts";
import { estimateTokens } from "../../../daemon/models/tokens.ts";

const exact = await createTokenCounter("gpt-4o", estimateTokens);
const older = await createTokenCounter("gpt-4", estimateTokens);

describe("createTokenCounter", () => {
  it.each([
    ["gpt-4o", "o200k_base"],
    ["gpt-4o-mini-2024-07-18", "o200k_base"],
    ["gpt-4.1-nano", "o200k_base"],
    ["GPT-5.1-codex", "o200k_base"],
    ["openai/gpt-5", "o200k_base"],
    ["ft:gpt-4o-mini:org::id", "o200k_base"],
    ["o3", "o200k_base"],
    ["o4-mini", "o200k_base"],
    ["gpt-4", "cl100k_base"],
    ["gpt-4-turbo", "cl100k_base"],
    ["gpt-3.5-turbo-16k", "cl100k_base"],
    ["gpt-6.1-terra", "estimate"],
    ["claude-sonnet-5-5", "estimate"],
    ["qwen2.5-coder", "estimate"],
    ["o365-helper", "estimate"],
    ["", "estimate"],
  ])("%s is counted with %s", async (model, name) => {
    const counter = await createTokenCounter(model, estimateTokens);
    expect(counter).toMatchObject({ name, exact: name !== "estimate", errorShare: name === "estimate" ? 0.3 : 0 });
  });

  // From OpenAI's own tiktoken.
  it.each([
    ["", 0, 0],
    ["hello world", 2, 2],
    ["tiktoken is great!", 6, 6],
    ["antidisestablishmentarianism", 6, 6],
    ["2 + 2 = 4", 7, 7],
    ["お誕生日おめでとう", 8, 9],
  ])("counts %j as %i and %i tokens", (text, newer, old) => {
    expect([exact.count(text), older.count(text)]).toEqual([newer, old]);
  });

  it("counts marks in a text as the plain text that they are", () => {
    for (const mark of ["<|endoftext|>", "<|im_start|>", "<|endofprompt|>"]) {
      expect(exact.count(mark)).toBeGreaterThan(3);
      expect(exact.count(`${mark}${mark} a ${mark}`)).toBeGreaterThan(10);
      expect(older.count(mark)).toBeGreaterThan(3);
    }
  });

  it("counts broken text, and the same text twice the same", () => {
    for (const text of ["\ud800", "a\udc00b", "\u0000\u0001", "é".repeat(50)])
      expect(exact.count(text)).toBe(exact.count(`${text}`));
  });

  it("is not stopped by an unbroken run of a million characters", () => {
    const letters = Array.from({ length: 1_000_000 }, (_, index) => String.fromCharCode(97 + ((index * 7919) % 26)));
    const started = performance.now();
    const counted = exact.count(letters.join(""));
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(counted).toBeGreaterThan(300_000);
    expect(exact.count("😀".repeat(3000))).toBeGreaterThan(1000);
    expect(exact.count(" ".repeat(100_000))).toBeLessThan(2000);
  });
});

describe("the stated error of the estimate", () => {
  const texts = ["daemon", "protocol", "test", "docs", "extension", "webview"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((path) => /\.(tsx?|md|css|json)$/.test(path) && !path.includes("node_modules"))
      .map((path) => readFileSync(`${folder}/${path}`, "utf8")),
  );

  it.each([
    ["o200k_base", exact],
    ["cl100k_base", older],
  ])("holds for every file of this repository against %s", (_name, counter) => {
    const long = texts.filter((text) => text.length > 500);
    const errors = long.map((text) => counter.count(text) / estimateTokens(text) - 1);
    expect(errors.length).toBeGreaterThan(200);
    expect(Math.max(...errors)).toBeLessThan(0.2);
    expect(Math.min(...errors)).toBeGreaterThan(-0.4);
  });

  it.each([
    ["a lock file", readFileSync("package-lock.json", "utf8").slice(0, 60_000), 0.15],
    ["hexadecimal digits", digests("hex"), 0.3],
    ["base64", digests("base64"), 0.5],
    ["Russian", "Система записывает каждое событие в журнал до того, как о нём узнают другие. ".repeat(10), 0.3],
    ["Japanese", "システムはすべてのイベントをログに記録してから他に知らせます。".repeat(10), 0.3],
    ["Chinese", "系统设计决定了程序如何存储事件以及在崩溃后如何恢复状态。".repeat(10), 0.3],
    ["Arabic", "يسجل النظام كل حدث قبل أن يعلم به أي شخص آخر. ".repeat(10), 0.3],
    ["Hindi", "प्रणाली हर घटना को पहले लिखती है। ".repeat(10), 0.3],
    ["Polish", "Zażółć gęślą jaźń, każde zdarzenie zapisuje się wcześniej. ".repeat(10), 0.3],
  ])("is known for %s", (_name, text, error) => {
    expect(exact.count(text)).toBeLessThanOrEqual(estimateTokens(text) * (1 + error));
  });

  it("is within what a reservation adds on top of the estimate", () => {
    for (const text of [...texts, digests("base64")])
      expect(exact.count(text)).toBeLessThanOrEqual(Math.ceil(estimateTokens(text) * 1.4));
  });
});

function digests(encoding: "hex" | "base64"): string {
  const lines = Array.from({ length: 200 }, (_, index) => createHash("sha256").update(`${index}`).digest(encoding));
  return lines.join("\n");
}
