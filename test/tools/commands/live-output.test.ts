import { expect, it } from "vitest";
import { createLiveOutput } from "../../../daemon/tools/commands/live-output.ts";
import { createManualClock } from "../../support/manual-clock.ts";

function live() {
  const clock = createManualClock();
  const heard: string[] = [];
  const output = createLiveOutput((text) => void heard.push(text), clock);
  return { clock, heard, output, add: (text: string) => output.add(Buffer.from(text)) };
}

it("tells at most ten pieces a second, and the rest at the end", () => {
  const { clock, heard, output, add } = live();
  for (let index = 0; index < 100; index++) {
    add(`${index} `);
    clock.advance(10);
  }
  expect(heard.length).toBeLessThanOrEqual(10);
  add("last");
  output.end();
  expect(heard.join("")).toBe(`${Array.from({ length: 100 }, (_, index) => `${index} `).join("")}last`);
  expect(clock.pendingTimers).toBe(0);
});

it("bounds each piece and all of them, and says so", () => {
  const { clock, heard, output, add } = live();
  add("x".repeat(10_000));
  clock.advance(100);
  expect(heard[0]).toBe(`… 6000 characters left out …\n${"x".repeat(4000)}`);
  for (let index = 0; index < 100; index++) {
    add("y".repeat(10_000));
    clock.advance(100);
  }
  output.end();
  expect(heard.at(-1)).toBe("… more is in the log …\n");
  expect(heard.join("").length).toBeLessThan(210_000);
});
