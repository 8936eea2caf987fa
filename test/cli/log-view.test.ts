/** Reading the daemon's log from its end, and following it through rotation. */
import { appendFile, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createPaint } from "../../daemon/cli/format.ts";
import { followLog, logText, readLogEnd } from "../../daemon/cli/log-view.ts";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nexus-logs-"));
  path = join(folder, "daemon.log");
});
afterEach(() => rm(folder, { recursive: true }));

it("reads the last lines of a file of any size", async () => {
  expect(await readLogEnd(path, 5)).toEqual({ lines: [], offset: 0 });
  const text = Array.from({ length: 20_000 }, (_, index) => `line ${index} äöü ${"x".repeat(index % 90)}\n`).join("");
  await writeFile(path, `${text}unfinished`);
  const { lines, offset } = await readLogEnd(path, 6000);
  expect([lines.length, lines[0]?.split(" ")[1], lines.at(-1)?.split(" ")[1]]).toEqual([6000, "14000", "19999"]);
  expect(lines.every((line) => line.includes("äöü"))).toBe(true);
  expect(offset).toBe(Buffer.byteLength(text));
});

it("follows what is added, also after the log has rotated", async () => {
  await writeFile(path, "one\n");
  const { offset } = await readLogEnd(path, 1);
  const stop = new AbortController();
  const seen: string[] = [];
  const following = followLog(path, folder, offset, (line) => seen.push(line), stop.signal);
  await appendFile(path, "two\nthr");
  await vi.waitFor(() => expect(seen).toEqual(["two"]));
  await appendFile(path, "ee\n");
  await vi.waitFor(() => expect(seen).toEqual(["two", "three"]));
  await rename(path, join(folder, "daemon.1.log"));
  await writeFile(path, "four\n");
  await vi.waitFor(() => expect(seen).toEqual(["two", "three", "four"]));
  stop.abort();
  await following;
});

it("prints entries for people and leaves other lines alone", () => {
  const paint = createPaint(false);
  const entry = {
    at: "2026-01-01T12:34:56.789Z",
    level: "warn",
    message: "odd\u001b[2J",
    pid: 1,
    runId: "r",
    error: { name: "E" },
  };
  expect(logText(JSON.stringify(entry), paint)).toBe(`2026-01-01 12:34:56 warn  odd␛[2J runId=r error={"name":"E"}\n`);
  expect(logText("no JSON", paint)).toBe("no JSON\n");
});
