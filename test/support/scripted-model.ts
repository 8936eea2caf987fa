/**
 * A scripted model as a program: `node test/support/scripted-model.ts --provider openai|anthropic --script FILE [--port N]
 * [--delay MS]`. Prints one line of JSON, {url}, and serves until it gets a signal.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Script } from "./scripted/script.ts";
import { startScriptedAnthropic } from "./scripted-anthropic.ts";
import { startScriptedOpenAi } from "./scripted-openai.ts";

const { values } = parseArgs({
  options: {
    provider: { type: "string", default: "openai" },
    script: { type: "string" },
    port: { type: "string", default: "0" },
    delay: { type: "string", default: "0" },
  },
});

if (values.script === undefined) {
  process.stderr.write("--script FILE is missing\n");
  process.exit(2);
}
const script: Script = JSON.parse(readFileSync(values.script, "utf8"));
const start = values.provider === "anthropic" ? startScriptedAnthropic : startScriptedOpenAi;
const server = await start(script, { port: Number(values.port), eventDelayMs: Number(values.delay) });
process.stdout.write(`${JSON.stringify({ url: server.url })}\n`);

const stop = () => void server.close().then(() => process.exit(0));
process.on("SIGTERM", stop);
process.on("SIGINT", stop);
