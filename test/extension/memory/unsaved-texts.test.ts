import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { UnsavedTexts } from "../../../extension/memory/unsaved-texts.ts";

const FILE = { workspace: "/w", path: "src/a.ts" };
const OTHER = { workspace: "/w", path: "src/b.ts" };

let sent: [path: string, text: string | null][];
let isConnected: boolean;
let texts: UnsavedTexts;

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  isConnected = true;
  texts = new UnsavedTexts({
    delayMs: 300,
    isConnected: () => isConnected,
    async send({ path }, text) {
      sent.push([path, text]);
      if (text === "refused") throw new Error("refused");
    },
  });
});

afterEach(() => {
  texts.dispose();
  vi.useRealTimers();
});

it("sends the newest text after a pause, and that it was saved", () => {
  let text = "a";
  texts.changed(FILE, () => text);
  vi.advanceTimersByTime(200);
  text = "ab";
  texts.changed(FILE, () => text);
  vi.advanceTimersByTime(299);
  expect(sent).toEqual([]);
  vi.advanceTimersByTime(1);
  texts.settled(FILE);
  texts.settled(FILE);
  expect(sent).toEqual([
    ["src/a.ts", "ab"],
    ["src/a.ts", null],
  ]);
});

it("sends nothing of what was saved before the pause, nor of what is too long", () => {
  texts.changed(FILE, () => "a");
  texts.settled(FILE);
  texts.changed(OTHER, () => "x".repeat(250_001));
  vi.advanceTimersByTime(1000);
  texts.settled(OTHER);
  expect(sent).toEqual([]);
});

it("takes a text back that has become too long", () => {
  let text = "short";
  texts.changed(FILE, () => text);
  vi.advanceTimersByTime(300);
  text = "x".repeat(250_001);
  texts.changed(FILE, () => text);
  vi.advanceTimersByTime(300);
  texts.settled(FILE);
  expect(sent).toEqual([
    ["src/a.ts", "short"],
    ["src/a.ts", null],
  ]);
});

it("sends everything that is unsaved over a new connection, and nothing without one", () => {
  isConnected = false;
  texts.changed(FILE, () => "a");
  texts.changed(OTHER, () => "b");
  vi.advanceTimersByTime(300);
  texts.settled(OTHER);
  expect(sent).toEqual([]);
  isConnected = true;
  texts.resend();
  expect(sent).toEqual([["src/a.ts", "a"]]);
});

it("goes on after a failure", async () => {
  texts.changed(FILE, () => "refused");
  await vi.advanceTimersByTimeAsync(300);
  texts.changed(FILE, () => "fine");
  await vi.advanceTimersByTimeAsync(300);
  expect(sent.map(([, text]) => text)).toEqual(["refused", "fine"]);
});
