// What a demo needs around it: its programs run one by one and shown, stopped when it is interrupted, nothing left running.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
const nexusProgram = join(root, "dist", "daemon", "main.js");
const bold = (text) => (process.stdout.isTTY && !process.env.NO_COLOR ? `\u001b[1m${text}\u001b[0m` : text);

let scriptedModel;
let home;
let current;
let interrupted = false;
for (const signal of ["SIGINT", "SIGTERM"])
  process.on(signal, () => {
    interrupted = true;
    current?.kill(signal);
  });

/** Runs the demo, says how it failed, and ends all that it started; `leave` removes its folders. */
export async function perform(demo, leave) {
  try {
    await demo();
  } catch (error) {
    process.stderr.write(`The demo failed: ${error.message}\n`);
    process.exitCode = 1;
  } finally {
    await stopAll();
    leave();
  }
}

export function say(title, text) {
  process.stdout.write(`\n${bold(`== ${title}`)}\n${text}\n`);
}

/** Runs to the end with its output shown; throws when it fails or the demo was interrupted. */
export async function must(program, args, options) {
  if (interrupted) throw new Error("interrupted");
  current = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"], ...options });
  const [code, signal] = await once(current, "exit");
  if (code !== 0) throw new Error(`${program} ${args[0]} … ended with ${signal ?? `exit code ${code}`}`);
}

/** The daemon that it may start, with the data folder of `env`, is stopped in the end. */
export async function nexus(env, ...args) {
  home = env.NEXUS_HOME;
  await must(process.execPath, [nexusProgram, ...args], { env });
}

/** `message`: what is said of the first commit. */
export async function makeRepository(folder, message) {
  const author = ["-c", "user.name=Demo", "-c", "user.email=demo@example.invalid", "-c", "commit.gpgsign=false"];
  for (const args of [
    ["init", "-q"],
    ["add", "."],
    [...author, "commit", "-q", "-m", message],
  ])
    await must("git", args, { cwd: folder });
}

/** The variables that point to it. */
export async function startScriptedModel(script, ...more) {
  const program = join(root, "test", "support", "scripted-model.ts");
  scriptedModel = spawn(process.execPath, [program, "--provider", "openai", "--script", script, ...more], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(scriptedModel.stdout, "data");
  const { url } = JSON.parse(line);
  return { NEXUS_PROVIDER: "openai-compatible", OPENAI_BASE_URL: url, NEXUS_MODEL: "scripted", NEXUS_PRICE: "1.25,10" };
}

/** The user's environment, with nothing of the user's own Nexus or model. */
export function withoutModel(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(NEXUS|OPENAI|ANTHROPIC|OLLAMA)_/.test(name)));
}

async function stopAll() {
  if (home !== undefined) {
    const env = { ...process.env, NEXUS_HOME: home };
    const stop = spawn(process.execPath, [nexusProgram, "daemon", "stop"], { stdio: "ignore", env });
    await once(stop, "exit");
  }
  if (scriptedModel !== undefined && scriptedModel.exitCode === null) {
    scriptedModel.kill();
    await once(scriptedModel, "exit");
  }
}
