/** The log's sink: what it writes, what it hides, and that it never throws. */
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type FileLogOptions, openFileLog } from "../../daemon/observability/log-file.ts";
import { newSpanId, newTraceId } from "../../daemon/observability/trace.ts";
import { createRedactor } from "../../daemon/security/secrets/secrets.ts";

const KEY = "sk-proj-AbCdEfGhIjKlMnOpQrStUvWx";
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nexus-log-"));
  path = join(folder, "logs", "daemon.log");
  await mkdir(join(folder, "logs"));
});

afterEach(() => rm(folder, { recursive: true }));

function open(more: Partial<FileLogOptions> = {}) {
  const redactor = createRedactor();
  redactor.add("hunter2-hunter2");
  const clock = { iso: () => "2026-01-01T00:00:00.000Z" };
  return openFileLog({ path, clock, redact: redactor.redact, ...more });
}

const lines = async () =>
  (await readFile(path, "utf8"))
    .trimEnd()
    .split("\n")
    .map((line): Record<string, unknown> => JSON.parse(line));

it("writes JSON lines that carry their fields, in a file of the user's own", async () => {
  const log = open();
  log.with({ runId: "r" }).with({ spanId: "s" }).write("info", "hello", { count: 2 });
  log.close();
  expect(await lines()).toEqual([
    {
      at: "2026-01-01T00:00:00.000Z",
      level: "info",
      message: "hello",
      pid: process.pid,
      runId: "r",
      spanId: "s",
      count: 2,
    },
  ]);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

it("drops what is below its level", async () => {
  const log = open({ minLevel: "warn" });
  log.write("info", "unwanted");
  log.write("error", "wanted");
  expect((await lines()).map(({ message }) => message)).toEqual(["wanted"]);
  log.close();
});

it("hides secrets wherever they stand", async () => {
  const log = open();
  const error = new Error(`refused ${KEY}`, { cause: new Error("hunter2-hunter2") });
  log.with({ header: `Bearer ${KEY}` }).write("error", `key ${KEY}`, {
    error,
    nested: { list: [{ deep: "x hunter2-hunter2 y" }] },
    encoded: Buffer.from("hunter2-hunter2").toString("base64"),
    url: "https://user:pa55word-long@host/",
  });
  const text = await readFile(path, "utf8");
  expect(text).not.toContain(KEY);
  expect(text).not.toContain("hunter2");
  expect(text).not.toContain(Buffer.from("hunter2-hunter2").toString("base64"));
  expect(text).not.toContain("pa55word");
  expect((await lines())[0]).toMatchObject({ error: { name: "Error", stack: expect.stringContaining("refused") } });
  log.close();
});

it("writes whatever it is given", async () => {
  const log = open();
  const circular: Record<string, unknown> = { big: 10n, symbol: Symbol("s"), call: () => 1, none: undefined };
  circular["self"] = circular;
  log.write("info", "odd", circular);
  log.write("info", "throws", {
    get trap() {
      throw new Error("no");
    },
  });
  log.write("info", "huge", { text: "x".repeat(200_000) });
  const written = await lines();
  expect(written[0]).toMatchObject({ big: "10", self: { self: "[circular]" } });
  expect(written.at(-1)).toMatchObject({ message: "huge" });
  expect(JSON.stringify(written.at(-1)).length).toBeLessThan(70_000);
  log.close();
});

it("rotates, and keeps five files", async () => {
  const log = open({ maxBytes: 1000 });
  for (let count = 0; count < 60; count += 1) log.write("info", `line ${count} ${"x".repeat(200)}`);
  log.close();
  const names = (await readdir(join(folder, "logs"))).toSorted();
  expect(names).toEqual(["daemon.1.log", "daemon.2.log", "daemon.3.log", "daemon.4.log", "daemon.log"]);
  for (const name of names) expect((await stat(join(folder, "logs", name))).size).toBeLessThanOrEqual(1000);
  expect(String((await lines()).at(-1)?.["message"])).toContain("line 59");
});

it("costs lines, never more, when it cannot write, and says how many", async () => {
  await rm(join(folder, "logs"), { recursive: true });
  const log = open();
  log.write("info", "lost");
  log.write("info", "lost too");
  await mkdir(join(folder, "logs"));
  log.write("info", "back");
  expect(await lines()).toMatchObject([{ message: "log lines were lost", lost: 2 }, { message: "back" }]);
  log.close();
});

it.runIf(process.platform === "linux")("survives a full disk", async () => {
  // Every write to it fails with ENOSPC.
  const log = open({ path: "/dev/full" });
  expect(() => log.write("info", "nowhere to go")).not.toThrow();
  log.close();
});

it("makes ids in the shape of W3C trace context", () => {
  expect(newSpanId()).toMatch(/^[0-9a-f]{16}$/);
  expect(newTraceId()).toMatch(/^[0-9a-f]{32}$/);
  expect(newSpanId()).not.toBe(newSpanId());
});
