import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";

const terminal = new URL("../../daemon/host/terminal.ts", import.meta.url).href;
const program = `
  const { processTerminal } = await import(${JSON.stringify(terminal)});
  const { ask } = processTerminal({});
  process.stdout.write("answer: " + JSON.stringify(await ask("Allow it? ")) + "\\n");
`;

it.each([
  ["what a person answers", "yes, but slowly\n", '"yes, but slowly"'],
  ["nothing when the input ends", "", "undefined"],
])("hears %s", async (_, input, answer) => {
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["pipe", "pipe", "inherit"] });
  const output = text(child.stdout);
  child.stdin.end(input);
  await once(child, "close");
  expect(await output).toContain(`answer: ${answer}`);
});
