import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { openCommandLog } from "../../../daemon/host/command-log.ts";
import {
  type CommandRequest,
  type CommandResult,
  type CommandRunner,
  createCommandRunner,
} from "../../../daemon/security/sandbox/command-runner.ts";
import { createBackgroundCommands } from "../../../daemon/tools/commands/background.ts";
import { call, contextOf, makeFolder } from "../workspace.ts";

const ended: CommandResult = {
  exitCode: 0,
  signal: null,
  output: Buffer.alloc(0),
  truncated: false,
  timedOut: false,
  sandboxed: true,
};

/** A runner whose commands print and end when the test says so. */
function scripted() {
  const started: { request: CommandRequest; print(text: string): void; end(exitCode: number): void }[] = [];
  const runner: CommandRunner = {
    wall: async () => "bubblewrap",
    dispose: async () => undefined,
    run: (request) =>
      new Promise((resolve, reject) => {
        request.signal.addEventListener("abort", () => reject(request.signal.reason));
        started.push({
          request,
          print: (text) => request.onOutput?.(Buffer.from(text)),
          end: (exitCode) => resolve({ ...ended, exitCode }),
        });
      }),
  };
  const run = new AbortController();
  const background = createBackgroundCommands({ runner, signal: run.signal });
  const start = (line = "serve") => background.start({ line, root: "/w", timeoutMs: 1000 });
  return { started, background, start, run };
}

describe("commands in the background", () => {
  it("show what is new, then nothing, then the end of all of it", async () => {
    const { started, background, start } = scripted();
    expect(await start()).toEqual({ ok: true, value: "c1" });
    started[0]?.print("one\n");
    expect(background.look("c1", "new")).toEqual({
      ok: true,
      value: { id: "c1", line: "serve", state: "runs", output: "one" },
    });
    expect(background.look("c1", "new")).toMatchObject({ value: { output: "" } });
    started[0]?.print("\u001b[31mtwo\u001b[0m\n");
    expect(background.look("c1", "new")).toMatchObject({ value: { output: "two" } });
    expect(background.look("c1", "tail")).toMatchObject({ value: { output: "one\ntwo" } });
  });

  it("tell their end, are stopped once, and are known by their id only", async () => {
    const { started, background, start } = scripted();
    await start();
    await start();
    started[0]?.end(3);
    await new Promise(setImmediate);
    expect(background.look("c1", "new")).toMatchObject({ value: { state: "exit code 3" } });
    expect(await background.stop("c2")).toMatchObject({ value: { state: "stopped" } });
    expect(await background.stop("c2")).toMatchObject({ value: { state: "stopped" } });
    expect(background.look("c9", "new")).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining("there are: c1, c2") },
    });
  });

  it("keep the newest of a long output and say how much is left out", async () => {
    const { started, background, start } = scripted();
    await start();
    for (let index = 0; index < 100; index++) started[0]?.print(`${index} ${"x".repeat(9990)}\n`);
    const state = background.look("c1", "new");
    const output = state.ok ? state.value.output : "";
    expect(output.length).toBeLessThan(21_000);
    expect(output).toMatch(/^… \d+ characters left out …\n[\s\S]*\n99 x+$/);
  });

  it("are eight at most at the same time, and end with their run", async () => {
    const { background, start, run, started } = scripted();
    for (let index = 0; index < 8; index++) expect((await start()).ok).toBe(true);
    expect(await start()).toMatchObject({ ok: false, error: { message: expect.stringContaining("8 commands") } });
    started[0]?.end(0);
    await new Promise(setImmediate);
    expect((await start()).ok).toBe(true);
    run.abort();
    await background.dispose();
    expect(background.list().filter(({ state }) => state === "runs")).toEqual([]);
    expect(await start()).toMatchObject({ ok: false, error: { message: expect.stringContaining("ending") } });
  });
});

describe.skipIf(process.platform === "win32")("run_command in the background", () => {
  it("starts, shows, logs and stops a real process", async () => {
    const folder = mkdtempSync(join(tmpdir(), "nexus-logs-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const runner = createCommandRunner();
    onTestFinished(() => runner.dispose());
    const run = new AbortController();
    const root = makeFolder();
    const background = createBackgroundCommands({
      runner,
      signal: run.signal,
      openLog: (id) => openCommandLog(join(folder, `${id}.log`)),
    });
    const context = contextOf(root, { commands: runner, background });
    const started = await call(
      root,
      "run_command",
      { command: "echo up; (setsid sleep 651 &); sleep 652", background: true },
      { context },
    );
    expect(started).toMatchObject({ status: "done", output: expect.stringContaining("It runs as c1") });
    let output = "";
    while (!output.includes("up")) {
      await new Promise(setImmediate);
      output = (await call(root, "command_output", { id: "c1", tail: true }, { context })).output;
    }
    expect(output).toBe("c1: runs\nup");
    expect((await call(root, "stop_command", { id: "c1" }, { context })).output).toBe("c1: stopped\n(no new output)");
    expect(readFileSync(join(folder, "c1.log"), "utf8")).toBe("up\n");
  });

  it("is refused where none may", async () => {
    const root = makeFolder();
    expect(await call(root, "run_command", { command: "true", background: true })).toMatchObject({ status: "failed" });
    expect(await call(root, "command_output", { id: "c1" })).toMatchObject({ status: "failed" });
    expect(await call(root, "stop_command", { id: "c1" })).toMatchObject({ status: "failed" });
  });

  it("streams what a command prints", async () => {
    const root = makeFolder();
    const heard: string[] = [];
    const context = contextOf(root, { onOutput: (text) => void heard.push(text) });
    await call(
      root,
      "run_command",
      { command: "printf 'caf\\303'; sleep 0.2; printf '\\251 \\033[1mbold\\033[0m\\n'" },
      { context },
    );
    expect(heard.join("")).toBe("café bold\n");
  });
});
