/** The whole adapter over a program that behaves like an interpreter with MetaGPT, its failures included. No Python. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import { LIMITS } from "../../../daemon/metagpt/adapter/session.ts";
import { fakePython, type InstalledOptions, installed, reasonOf } from "../../support/metagpt/installed.ts";

const classic = (options: InstalledOptions = {}) => installed(fakePython("classic"), options);
const limits = { ...LIMITS, lookMs: 20, stopMs: [400, 1500] } as const;

describe.skipIf(process.platform === "win32")("an installed MetaGPT", () => {
  it("asks the run's model, and its project becomes files of the copy", async () => {
    const made = classic();
    const outcome = await made.run({ idea: "Make a to-do list", project: "todo" });
    if (!outcome.ok) throw new Error(outcome.error.message);
    expect(JSON.parse(outcome.output)).toMatchObject({
      folder: "todo",
      dialect: "classic",
      modelCalls: 3,
      leftOut: [],
    });
    expect(outcome.changed).toContain("todo/docs/prd/20260102030405.json");
    expect(made.read("todo/todo/main.py")).toContain("answer to Code of main.py");
    expect(made.has("todo/.git")).toBe(false);
    expect(made.output()).toContain("ProductManager → all: answer to PRD");
    expect(made.output()).toContain("document (system_design): todo/docs/system_design/20260102030405.json");
    expect(made.scratch()).toEqual([]);
  });

  it("of the dialect of 1.0 brings documents in Markdown, and hears its reports", async () => {
    const made = installed(fakePython("mgx"));
    const outcome = await made.run({ idea: "Make a calculator" });
    if (!outcome.ok) throw new Error(outcome.error.message);
    expect(JSON.parse(outcome.output)).toMatchObject({
      ...{ folder: "calculator", dialect: "mgx", version: "1.0.0" },
      documents: [{ path: "calculator/docs/prd.md", kind: "prd_markdown" }],
    });
    expect(made.output()).toContain("Alice · Docs path: docs/prd.md");
  });

  it("asks a person, and goes on without one", async () => {
    const made = classic();
    const questions: string[] = [];
    const ask = async ({ text }: { text: string }) => {
      questions.push(text);
      return "green";
    };
    expect((await made.run({ idea: "Paint [ask]", project: "paint" }, { ask })).ok).toBe(true);
    expect(questions).toEqual(["Which colour?"]);
    expect(made.read("paint/docs/prd/20260102030405.json")).toContain("green");
    const alone = classic();
    expect((await alone.run({ idea: "Paint [ask]", project: "paint" })).ok).toBe(true);
    expect(alone.read("paint/docs/prd/20260102030405.json")).toContain("Nobody can be asked");
  });

  it("changes a project that is there, without git's files, and keeps what it did not touch", async () => {
    const files = { "shop/README.md": "# Shop\n", "shop/.git/HEAD": "x", "shop/.env": "KEY=1" };
    const made = classic({ files });
    const outcome = await made.run({ idea: "Add a cart", folder: "shop" });
    if (!outcome.ok) throw new Error(outcome.error.message);
    expect(outcome.changed).toContain("shop/docs/prd/20260102030405.json");
    expect(outcome.changed).not.toContain("shop/README.md");
    expect(made.read("shop/README.md")).toBe("# Shop\n");
    expect(made.read("shop/.git/HEAD")).toBe("x");
    expect(reasonOf(await made.run({ idea: "Add", folder: "nowhere" }))).toContain("There is no project in nowhere");
    expect((await made.run({ idea: "Add", folder: "../outside" })).ok).toBe(false);
  });

  it("never writes over a folder that is there", async () => {
    const made = classic({ files: { "todo/mine.txt": "mine" } });
    const outcome = await made.run({ idea: "Make it", project: "todo" });
    expect(outcome).toMatchObject({ ok: true });
    expect(made.read("todo/mine.txt")).toBe("mine");
    expect(made.has("todo_2/docs/requirement.txt")).toBe(true);
    expect(made.has("todo/docs")).toBe(false);
  });

  it("leaves out links, and what programs run or may hold secrets, and says so", async () => {
    const made = classic();
    const outcome = await made.run({ idea: "[escape] [protected]", project: "todo" });
    if (!outcome.ok) throw new Error(outcome.error.message);
    const { leftOut } = JSON.parse(outcome.output);
    expect(leftOut).toEqual([
      { path: "todo/.env", why: "it may hold secrets" },
      { path: "todo/.vscode/tasks.json", why: "programs run or obey it" },
    ]);
    expect(made.has("todo/passwd.txt")).toBe(false);
  });

  it.each([
    ["[crash]", "MetaGPT crashed: exit code 1"],
    ["[silent]", "wrote nothing"],
    ["[half]", "system_design/20260102030405.json is broken: the project is half-written"],
    ["[serialise]", "failed inside and saved its state, whatever its exit code says"],
  ])("that goes wrong (%s) is a failure that says so, and nothing of it reaches the copy", async (idea, reason) => {
    const made = classic();
    expect(reasonOf(await made.run({ idea, project: "todo" }))).toContain(reason);
    expect(made.has("todo")).toBe(false);
    expect(made.scratch()).toHaveLength(1);
  });

  it("that hangs is ended after its time", async () => {
    const made = classic({ limits: { ...limits, idleMs: 150 } });
    expect(reasonOf(await made.run({ idea: "[hang]" }))).toContain("MetaGPT hung: no sign of life in 0.15 s");
  });

  it("that floods is ended, and little of it is kept", async () => {
    const made = classic({ limits: { ...limits, outputBytes: 2_000_000 } });
    const reason = reasonOf(await made.run({ idea: "[flood]" }));
    expect(reason).toContain("printed without end: more than 2000000 bytes");
    expect(reason.length).toBeLessThan(4000);
    expect(made.output().length).toBeLessThan(70_000);
  });

  it("that ignores the budget is stopped within one call", async () => {
    const made = classic({ pays: 5 });
    expect(reasonOf(await made.run({ idea: "[spend]", project: "todo" }))).toContain("stopped: the money is spent");
    expect(made.asked).toHaveLength(6);
    expect(made.has("todo")).toBe(false);
  });

  it("that is stopped saves its state, and the next try goes on from there", async () => {
    const made = classic();
    const stopping = new AbortController();
    const onOutput = (text: string) =>
      text.includes("waiting to be stopped") && stopping.abort(new Error("the daemon ends"));
    const idea = { idea: "[stop-here] Make it", project: "todo" };
    expect(reasonOf(await made.run(idea, { signal: stopping.signal, onOutput }))).toContain("stopped: the daemon ends");
    const again = await made.run(idea);
    expect(again).toMatchObject({ ok: true });
    expect(made.output()).toContain("It goes on from what MetaGPT saved");
    expect(made.has("todo/todo/main.py")).toBe(true);
  });

  it("without a saved state begins anew in another folder", async () => {
    const made = classic();
    await made.run({ idea: "[crash]" });
    await made.run({ idea: "[crash]" });
    expect(made.output()).toContain("MetaGPT saved nothing to go on from: it begins anew.");
  });

  it("that the bridge does not fit is run by its own command line", async () => {
    const made = classic();
    const outcome = await made.run({ idea: "[unavailable] Make it", project: "todo" });
    expect(outcome).toMatchObject({ ok: true });
    expect(made.output()).toContain("The bridge does not fit this MetaGPT");
  });

  it("leaves no process behind, and no key in its folder", async () => {
    const made = classic();
    expect((await made.run({ idea: "[leave] Make it", project: "todo" })).ok).toBe(true);
    const running = markedProcesses(made.home);
    expect(running).toEqual([]);
    const failing = classic();
    await failing.run({ idea: "[serialise]" });
    const left = readdirSync(failing.home, { recursive: true, encoding: "utf8" });
    expect(left.filter((path) => path.endsWith("team.json"))).toHaveLength(1);
    expect(left.filter((path) => path.endsWith("config2.yaml"))).toEqual([]);
  });

  it.each([
    ["run", "[hang]"],
    ["run", "[flood]"],
    ["plain", "[hang]"],
    ["plain", "[flood]"],
  ])("whose tests are ended themselves ends with them: %s, %s", async (way, idea) => {
    const own = way === "run" ? [] : ["--project-name", "todo", "--", idea];
    const child = spawn(fakePython("classic"), ["bridge.py", way, ...own], { detached: true });
    onTestFinished(() => void child.kill("SIGKILL"));
    const ended = once(child, "exit");
    child.stdin.write(`${JSON.stringify({ idea, options: { project_name: "todo" } })}\n`);
    if (way === "run") await once(child.stdout, "data");
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    await ended;
  });

  it("that is not there is told with how to get it", async () => {
    const made = installed(fakePython("none"));
    const reason = reasonOf(await made.run({ idea: "Make it" }));
    expect(reason).toContain("MetaGPT is not installed for");
    expect(reason).toContain("nexus metagpt adapter status");
  });
});

/** Ids of processes in whose environment a text stands; none where the system does not tell. */
function markedProcesses(text: string): string[] {
  const ids = readdirSync("/").includes("proc") ? readdirSync("/proc").filter((name) => /^\d+$/.test(name)) : [];
  return ids.filter((id) => {
    try {
      return readFileSync(`/proc/${id}/environ`, "latin1").includes(text);
    } catch {
      return false;
    }
  });
}
