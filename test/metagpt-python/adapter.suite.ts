/** The bridge in a real interpreter, over a package that behaves like MetaGPT, in both dialects, with and without the wall. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { metagptBridge } from "../../daemon/host/programs.ts";
import { detectMetagpt } from "../../daemon/metagpt/adapter/detect.ts";
import { LIMITS } from "../../daemon/metagpt/adapter/session.ts";
import { metagptConfig } from "../../daemon/metagpt/adapter/start.ts";
import { findSandbox } from "../../daemon/security/sandbox/find.ts";
import { type InstalledOptions, installed, makeFolder, reasonOf } from "../support/metagpt/installed.ts";
import { makeEnvironment, supportedPython } from "../support/metagpt/virtual-environment.ts";

const python = supportedPython();
const wall = await findSandbox();
const limits = { ...LIMITS, lookMs: 50, stopMs: [1500, 3500] } as const;
const pythons = { classic: "", mgx: "" };
let folder = "";

beforeAll(() => {
  if (python === undefined) return;
  folder = realpathSync(mkdtempSync(join(tmpdir(), "nexus-metagpt-venv-")));
  for (const dialect of ["classic", "mgx"] as const)
    pythons[dialect] = makeEnvironment(python, join(folder, dialect), dialect);
});
afterAll(() => {
  if (folder !== "") rmSync(folder, { recursive: true, force: true });
});

const why = python === undefined ? " (skipped: no Python 3.9 to 3.11)" : "";

describe.skipIf(python === undefined)(`a MetaGPT of Python${why}`, () => {
  const walls = wall.kind === "none" ? (["none"] as const) : (["none", wall.kind] as const);

  function open(dialect: "classic" | "mgx", kind: (typeof walls)[number], options: InstalledOptions = {}) {
    const sandbox = async () => (kind === "none" ? ({ kind, reason: "as wanted" } as const) : wall);
    return installed(pythons[dialect], { sandbox, limits, ...options });
  }

  it.each(["classic", "mgx"] as const)("of the dialect %s is found without being imported", async (dialect) => {
    const status = await detectMetagpt({
      python: pythons[dialect],
      env: { PATH: process.env["PATH"] },
      sandbox: findSandbox,
    });
    const version = dialect === "mgx" ? "1.0.0" : "0.8.2";
    expect(status).toMatchObject({ usable: true, installation: { dialect, version, python: pythons[dialect] } });
  });

  describe.each(["classic", "mgx"] as const)("of the dialect %s", (dialect) => {
    it.each(walls)("makes its project with the run's model (wall: %s)", async (kind) => {
      const made = open(dialect, kind);
      const outcome = await made.run({ idea: "Make a to-do list", project: "todo" });
      if (!outcome.ok) throw new Error(`${outcome.error.message}\n${made.output()}`);
      expect(JSON.parse(outcome.output)).toMatchObject({
        folder: "todo",
        dialect,
        modelCalls: 4,
        sandboxed: kind !== "none",
      });
      const prd = dialect === "mgx" ? "todo/docs/prd.md" : "todo/docs/prd/20260102030405.json";
      expect(outcome.changed).toContain(prd);
      expect(made.read(prd)).toContain("answer to Write a PRD");
      expect(made.output()).toContain("ProductManager → all: answer to Write a PRD");
      expect(made.asked[0]?.system).toBe("You are a member of a software company.");
      expect(made.scratch()).toEqual([]);
      if (dialect === "mgx") expect(made.output()).toContain("Alice · Docs path:");
    });

    it.each(walls)("asks a person (wall: %s)", async (kind) => {
      const made = open(dialect, kind);
      const ask = async ({ text }: { text: string }) => `${text} Green.`;
      expect(await made.run({ idea: "Paint [ask]", project: "paint" }, { ask })).toMatchObject({ ok: true });
      const prd = dialect === "mgx" ? "paint/docs/prd.md" : "paint/docs/prd/20260102030405.json";
      expect(made.read(prd)).toContain("Which colour? Green.");
    });

    it.each(walls)("saves its team when it is stopped, and goes on from there (wall: %s)", async (kind) => {
      const made = open(dialect, kind);
      const stopping = new AbortController();
      const heard: string[] = [];
      const onOutput = (text: string) => {
        heard.push(text);
        if (heard.join("").includes("waiting to be stopped")) stopping.abort(new Error("the daemon ends"));
      };
      const idea = { idea: "Make it [stop-here]", project: "todo" };
      expect(reasonOf(await made.run(idea, { signal: stopping.signal, onOutput }))).toContain("the daemon ends");
      const saved = savedTeam(made.home);
      // What was being worked on is forgotten, so that it is seen again.
      expect(saved).toMatchObject({ done: [], deleted: 1 });
      writeFileSync(saved.path, JSON.stringify({ ...saved, done: ["prd"] }));
      const again = await made.run(idea);
      expect(made.output()).toContain("It goes on from what MetaGPT saved");
      // The team says that the PRD is done, and this stand-in had not written it yet.
      if (dialect === "classic") expect(reasonOf(again)).toContain("did not write a PRD");
      else expect(again).toMatchObject({ ok: true });
    });

    it("is stopped within one call when the money is spent, whatever it makes of that", async () => {
      const made = open(dialect, walls.at(-1) ?? "none", { pays: 6 });
      expect(reasonOf(await made.run({ idea: "Make it [spend]", project: "todo" }))).toContain("the money is spent");
      expect(made.asked).toHaveLength(7);
      expect(made.has("todo")).toBe(false);
    });

    it.each([
      ["[crash]", "crashed: exit code 1"],
      ["[silent]", "wrote nothing"],
      ["[raise]", "failed inside and saved its state, whatever its exit code says"],
    ])("fails (%s) in words that say how", async (word, reason) => {
      expect(reasonOf(await open(dialect, "none").run({ idea: `Make it ${word}`, project: "todo" }))).toContain(reason);
    });

    it("is ended when it hangs, and when it floods", async () => {
      const hanging = open(dialect, "none", { limits: { ...limits, idleMs: 1500 } });
      expect(reasonOf(await hanging.run({ idea: "[hang]" }))).toContain("MetaGPT hung");
      const flooding = open(dialect, "none", { limits: { ...limits, outputBytes: 3_000_000 } });
      expect(reasonOf(await flooding.run({ idea: "[flood]" }))).toContain("printed without end");
    });
  });

  it.each([
    ["run", "[hang]"],
    ["run", "[flood]"],
    ["plain", "[hang]"],
    ["plain", "[flood]"],
  ])("ends with Nexus when it runs by %s and %s", async (way, idea) => {
    const root = makeFolder("alone");
    mkdirSync(join(root, "config"));
    const address = { port: 1, token: "token", model: "scripted" };
    writeFileSync(join(root, "config", "config2.yaml"), metagptConfig(address, join(root, "workspace")));
    const own = way === "run" ? [] : ["--n-round", "1", "--project-name", "todo", "--", idea];
    const child = spawn(pythons.classic, [metagptBridge(), way, ...own], {
      env: { PATH: process.env["PATH"], METAGPT_PROJECT_ROOT: root },
      detached: true,
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const ended = once(child, "exit");
    child.stdin.write(`${JSON.stringify({ idea, options: { project_name: "todo" } })}\n`);
    if (idea === "[flood]") await once(child.stderr, "data");
    // It told of its first message: the team is at work.
    else if (way === "run") for await (const text of child.stdout) if (String(text).includes('"message"')) break;
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    await ended;
    if (way === "run" && idea === "[hang]") expect(savedTeam(root)).toMatchObject({ done: [] });
  });

  it("that writes half a project is no success", async () => {
    const made = open("classic", "none");
    expect(reasonOf(await made.run({ idea: "[half]", project: "todo" }))).toContain(
      "is broken: the project is half-written",
    );
  });

  it("deletes a project's folder in its own place only", async () => {
    const made = open("classic", "none", { files: { "todo/mine.txt": "mine" } });
    expect(await made.run({ idea: "Make it [rmtree]", project: "todo" })).toMatchObject({ ok: true });
    expect(made.read("todo/mine.txt")).toBe("mine");
    expect(made.has("todo_2/docs/requirement.txt")).toBe(true);
  });

  it("that lacks what the bridge needs is run by its own command line", async () => {
    const broken = join(makeFolder("venv"), "environment");
    const other = makeEnvironment(python ?? "", broken, "classic");
    const site = join(broken, "lib", readdirSync(join(broken, "lib"))[0] ?? "", "site-packages", "metagpt");
    const company = join(site, "software_company.py");
    writeFileSync(company, readFileSync(company, "utf8").replaceAll("generate_repo", "make_repo"));
    const made = installed(other, { limits });
    expect(await made.run({ idea: "Make it", project: "todo" })).toMatchObject({ ok: true });
    expect(made.output()).toContain("The bridge does not fit this MetaGPT");
    expect(existsSync(join(made.root, "todo/todo/main.py"))).toBe(true);
  });
});

function savedTeam(home: string): { path: string; done: string[]; deleted: number } {
  const found = readdirSync(home, { recursive: true, encoding: "utf8" }).find((path) => path.endsWith("team.json"));
  if (found === undefined) throw new Error("no team was saved");
  const path = join(home, found);
  return { path, ...JSON.parse(readFileSync(path, "utf8")) };
}
