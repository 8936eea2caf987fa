import { existsSync, readdirSync, readFileSync, readlinkSync, watch } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { call, contextOf, makeFolder } from "./workspace.ts";

const isLinux = process.platform === "linux";
const run = (root: string, command: string, more: object = {}) => call(root, "run_command", { command, ...more });

describe.skipIf(process.platform === "win32")("run_command", () => {
  it.each([
    ["exit code and output", "echo out; echo err >&2; exit 3", "exit code 3\nout\nerr"],
    ["a run without output", "true", "exit code 0\n(no output)"],
    ["its end by a signal", "kill -TERM $$", "ended by SIGTERM\n(no output)"],
    ["plain text", "printf '\\033[31mred\\033[0m\\033]0;title\\007\\r\\nold\\rnew\\b\\n'", "exit code 0\nred\nnew␈"],
    ["an unknown program", "no-such-program-here 2>/dev/null", "exit code 127\n(no output)"],
  ])("tells %s", async (_name, command, output) => {
    expect(await run(makeFolder(), command)).toMatchObject({ status: "done", output });
  });

  it("runs in the root, with an environment of its own", async () => {
    process.env["NEXUS_TEST_CANARY"] = "canary-value";
    const root = makeFolder({ marker: "" });
    const { output } = await run(root, "ls; env");
    expect(output).toContain("marker");
    expect(output).not.toContain("canary-value");
    expect(output).toContain("PATH=");
    delete process.env["NEXUS_TEST_CANARY"];
  });

  it("keeps beginning and end of a long output", async () => {
    const { output } = await run(makeFolder(), "echo begin; head -c 2000000 /dev/zero | tr '\\0' x; echo end");
    expect(output.length).toBeLessThan(31_000);
    expect(output).toMatch(
      /^exit code 0\nbegin\nx+\n… \d+ characters left out \(lines \d+–\d+\); read_result with handle "[^"]+" shows them …\nx+end$/,
    );
  });

  it("ends after its time and shows what came so far", async () => {
    const outcome = await run(makeFolder(), "echo started; sleep 600", { timeoutSeconds: 1 });
    expect(outcome).toMatchObject({ status: "failed", output: expect.stringMatching(/took too long[\s\S]*started/) });
  });

  it("keeps nothing for the next command", async () => {
    const root = makeFolder();
    await run(root, "export LEFT=over; cd /");
    expect((await run(root, 'echo "$LEFT:$PWD"')).output).toBe(`exit code 0\n:${root}`);
  });

  it("ends the whole tree when the run stops: children, those that left the group, and their children", async () => {
    const root = makeFolder();
    const stop = new AbortController();
    const context = contextOf(root, { signal: stop.signal });
    const command =
      "sleep 601 & (setsid sleep 602 &) ; nohup setsid sh -c 'sleep 603 & sleep 604' >/dev/null 2>&1 & echo ready > ready; sleep 605";
    const running = call(root, "run_command", { command }, { context });
    await fileAppears(root, "ready");
    if (isLinux) expect(processesIn(root).length).toBeGreaterThanOrEqual(3);
    stop.abort(new Error("cancelled by the test"));
    await expect(running).rejects.toThrow("cancelled by the test");
    expect(processesIn(root)).toEqual([]);
  });

  it("leaves nothing in the background when it ends by itself", async () => {
    const root = makeFolder();
    const outcome = await run(root, "(setsid sleep 606 >/dev/null 2>&1 &); sleep 607 >/dev/null 2>&1 & echo done");
    expect(outcome).toMatchObject({ status: "done", output: "exit code 0\ndone" });
    expect(processesIn(root)).toEqual([]);
  });
});

function fileAppears(root: string, name: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(root, check);
    check();
    function check(): void {
      if (!existsSync(join(root, name))) return;
      watcher.close();
      resolve();
    }
  });
}

/** Command lines of the processes whose working directory is the folder. */
function processesIn(root: string): string[] {
  if (!isLinux) return [];
  return readdirSync("/proc").flatMap((pid) => {
    try {
      const isThere = /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`) === root;
      return isThere ? [readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ").trim()] : [];
    } catch {
      return [];
    }
  });
}
