/**
 * Stands in for a Python interpreter that MetaGPT is installed for, where a test needs no Python: speaks the bridge's lines
 * and asks the configured model for real. Words in brackets in the idea make it misbehave. Arguments: dialect, then Python's.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

const [dialect, ...args] = process.argv.slice(2);
const root = process.env.METAGPT_PROJECT_ROOT ?? "";
const workspace = join(root, "workspace");
const team = join(workspace, "storage", "team", "team.json");
const tell = (type, fields = {}) => process.stdout.write(`${JSON.stringify({ type, ...fields })}\n`);
const write = (path, content) => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
};

if (args[1] === "probe") {
  const [python, version] =
    dialect === "new" ? [[3, 13, 1], "0.8.2"] : [[3, 11, 7], dialect === "mgx" ? "1.0.0" : "0.8.2"];
  const metagpt = dialect === "none" ? null : { version, folder: "/opt/site/metagpt", mgx: dialect === "mgx" };
  const places = [process.execPath, dirname(import.meta.filename), "/tmp"];
  process.stdout.write(
    JSON.stringify({ python, executable: process.env.FAKE_SELF ?? "", places, userBase: null, metagpt }),
  );
} else if (args[1] === "plain") {
  process.stdin.resume().once("end", () => process.exit(130));
  const idea = args.at(-1) ?? "";
  await work(idea.replaceAll("[unavailable]", ""), args[args.indexOf("--project-name") + 1], args.includes("--inc"));
  process.exit(0);
} else {
  const lines = createInterface({ input: process.stdin });
  const answers = new Map();
  const start = Promise.withResolvers();
  lines.on("line", (line) => {
    const message = JSON.parse(line);
    if (message.options !== undefined) start.resolve(message);
    else if (message.type === "answer") answers.get(message.id)(message.text);
    else if (message.type === "stop") stop();
  });
  // Nobody is there any more: a test that was ended leaves nothing behind.
  lines.once("close", () => process.exit(130));
  const { idea, options } = await start.promise;
  if (idea.includes("[unavailable]")) {
    tell("unavailable", { why: "No module named 'metagpt.software_company'" });
    process.exit(3);
  }
  tell("started");
  const ask = (text) =>
    new Promise((resolve) => {
      answers.set("1", resolve);
      tell("ask", { id: "1", text });
    });
  await work(idea, options.project_name, options.inc, options.recover_path, ask);
  tell("done");
  process.exit(0);
}

function stop() {
  write(team, { idea: "saved", use_mgx: dialect === "mgx" });
  tell("log", { level: "ERROR", text: "KeyboardInterrupt occurs, start to serialize the project" });
  tell("stopped", { saved: true });
  process.exit(130);
}

async function work(idea, project, inc, recover, ask) {
  const says = (word) => idea.includes(`[${word}]`);
  const folder = join(workspace, project);
  if (recover !== undefined && !existsSync(join(recover, "team.json"))) throw new Error("nothing to recover");
  if (says("crash")) process.exit(1);
  if (says("silent")) process.exit(0);
  if (says("hang")) await new Promise(() => setInterval(() => undefined, 1000));
  if (says("flood")) for (;;) writeSync(2, "x".repeat(65536));
  if (!inc && recover === undefined) rmSync(folder, { recursive: true, force: true });
  if (says("escape")) symlinkSync("/etc/passwd", join(mkdirSync(folder, { recursive: true }) ?? folder, "passwd.txt"));
  if (says("leave")) spawn("sleep", ["60"], { detached: true, stdio: "ignore" }).unref();
  const prd = await model(`PRD for ${idea}`);
  tell("message", { by: "metagpt.roles.product_manager.ProductManager", to: ["<all>"], cause: "WritePRD", text: prd });
  tell("stream", { text: prd });
  if (says("stop-here") && recover === undefined) {
    tell("log", { level: "INFO", text: "waiting to be stopped" });
    await new Promise(() => setInterval(() => undefined, 1000));
  }
  const words = says("ask") ? await ask("Which colour?") : "";
  const stem = "20260102030405";
  if (dialect === "mgx") {
    write(join(workspace, "calculator", "docs", "prd.md"), `# PRD\n\n${prd} ${words}\n`);
    write(join(workspace, "calculator", "src", "App.jsx"), "export const App = () => null;\n");
    await report({ block: "Docs", name: "path", role: "Alice", value: "docs/prd.md" });
  } else {
    write(join(folder, "docs", "requirement.txt"), idea);
    write(join(folder, "docs", "prd", `${stem}.json`), { "Product Goals": [prd, words], "User Stories": [] });
    if (says("half")) {
      write(join(folder, "docs", "system_design", `${stem}.json`), '{"File list": ["main');
      return;
    }
    const design = await model("Design");
    write(join(folder, "docs", "system_design", `${stem}.json`), { "Implementation approach": design });
    if (says("serialise")) {
      write(team, { idea, use_mgx: false });
      process.stderr.write("ERROR | Exception occurs, start to serialize the proj");
      await new Promise((resolve) => process.stderr.write("ect, exp: ValueError\n", resolve));
      return;
    }
    write(join(folder, "docs", "task", `${stem}.json`), { "Task list": ["main.py"] });
    write(join(folder, ".dependencies.json"), { [`docs/system_design/${stem}.json`]: [`docs/prd/${stem}.json`] });
    const code = await model("Code of main.py");
    write(join(folder, project, "main.py"), `# ${code}\nprint(1)\n`);
    if (says("protected")) write(join(folder, ".vscode", "tasks.json"), "{}");
    if (says("protected")) write(join(folder, ".env"), "KEY=1");
    write(join(folder, ".git", "config"), "[core]\n");
  }
  if (says("spend")) for (let call = 0; ; call++) await model(`More ${call}`);
}

/** As configured; a refusal throws, as the openai package does. */
async function model(content) {
  const { llm } = JSON.parse(readFileSync(join(root, "config", "config2.yaml"), "utf8"));
  const answer = await fetch(`${llm.base_url}/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${llm.api_key}`, "content-type": "application/json" },
    body: JSON.stringify({ model: llm.model, stream: true, messages: [{ role: "user", content }] }),
  });
  // What ignores that there is no more money goes on asking.
  if (!answer.ok) return `refused with ${answer.status}`;
  const lines = (await answer.text()).split("\n").filter((line) => line.startsWith("data: {"));
  return lines.map((line) => JSON.parse(line.slice(6)).choices[0]?.delta?.content ?? "").join("");
}

async function report(value) {
  const { status } = await fetch(process.env.METAGPT_REPORTER_URL ?? "", {
    method: "POST",
    body: JSON.stringify(value),
  });
  if (status !== 200) throw new Error(`the reporter answered with ${status}`);
}
