import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { hashOf } from "../../daemon/host/files.ts";
import { runCheck } from "../../daemon/orchestration/verification.ts";
import { detectTests } from "../../daemon/tools/tests/detect.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "nexus-verification-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

const script = (test: string) => JSON.stringify({ scripts: { test } });

it.each<[expected: string | undefined, files: Record<string, string>]>([
  [undefined, {}],
  [undefined, { "README.md": "no tests" }],
  [undefined, { "package.json": script('echo "Error: no test specified" && exit 1') }],
  [undefined, { "package.json": "{ broken" }],
  [undefined, { "package.json": "[]" }],
  [undefined, { "package.json": '{"scripts":{"test":7}}' }],
  [undefined, { "pyproject.toml": "[project]\nname = 'x'" }],
  [undefined, { "tests/data.txt": "" }],
  ["npm test", { "package.json": script("vitest run") }],
  ["npm test", { "package.json": script("node --test"), "package-lock.json": "{}" }],
  ["pnpm test", { "package.json": script("vitest"), "pnpm-lock.yaml": "" }],
  ["yarn test", { "package.json": script("jest"), "yarn.lock": "" }],
  ["yarn test", { "package.json": '{"packageManager":"yarn@4.1.0","scripts":{"test":"jest"}}' }],
  ["bun run test", { "package.json": script("bun test"), "bun.lock": "" }],
  ["python3 -m pytest", { "pytest.ini": "[pytest]" }],
  ["python3 -m pytest", { "pyproject.toml": "[tool.pytest.ini_options]\n" }],
  ["python3 -m pytest", { "setup.cfg": "[tool:pytest]\n" }],
  ["python3 -m pytest", { "tests/test_a.py": "" }],
  ["python3 -m pytest", { "thing_test.py": "" }],
  [".venv/bin/python -m pytest", { "tests/test_a.py": "", ".venv/bin/python": "" }],
  ["uv run pytest", { "pytest.ini": "", "uv.lock": "" }],
  ["poetry run pytest", { "pytest.ini": "", "poetry.lock": "" }],
  ["python3 -m pytest", { "package.json": '{"scripts":{"build":"x"}}', "tests/test_a.py": "" }],
  ["go test ./...", { "go.mod": "module x" }],
  ["cargo test", { "Cargo.toml": "[package]" }],
  ["mvn -B test", { "pom.xml": "<project/>" }],
  ["sh ./mvnw -B test", { "pom.xml": "<project/>", mvnw: "#!/bin/sh" }],
  ["gradle test", { "build.gradle": "" }],
  ["sh ./gradlew test", { "build.gradle.kts": "", gradlew: "#!/bin/sh" }],
])("finds %s", async (expected, files) => {
  write(files);
  expect((await detectTests(root, "linux"))?.command).toBe(expected);
});

it("calls programs on Windows as its shell wants them", async () => {
  write({ "build.gradle": "", "gradlew.bat": "", gradlew: "" });
  expect((await detectTests(root, "win32"))?.command).toBe(".\\gradlew.bat test");
  write({ "pytest.ini": "", "venv/Scripts/python.exe": "" });
  expect((await detectTests(root, "win32"))?.command).toBe("venv\\Scripts\\python.exe -m pytest");
});

it("finds nothing in a folder that is not there", async () => {
  expect(await detectTests(join(root, "missing"))).toBeUndefined();
});

const kept: Uint8Array[] = [];
const check = (command: string, more: { expect?: "pass" | "fail"; timeoutMs?: number; signal?: AbortSignal } = {}) =>
  runCheck({
    command,
    expect: more.expect ?? "pass",
    root,
    signal: more.signal ?? new AbortController().signal,
    timeoutMs: more.timeoutMs ?? 10_000,
    artifact: async (bytes) => {
      kept.push(bytes);
      return hashOf(bytes);
    },
  });

it("records the command, its exit code and all its output", async () => {
  const evidence = await check("echo out; echo err >&2; exit 3");
  expect(evidence).toMatchObject({
    command: "echo out; echo err >&2; exit 3",
    exitCode: 3,
    expected: "pass",
    satisfied: false,
  });
  expect(evidence.outputTail.split("\n").sort()).toEqual(["", "err", "out"]);
  const output = kept.at(-1);
  expect(evidence.outputArtifact).toBe(hashOf(output ?? ""));
  expect(Buffer.from(output ?? []).toString()).toBe(evidence.outputTail);
  expect(evidence.durationMs).toBeGreaterThan(0);
});

it.each([
  ["exit 0", "pass", true],
  ["exit 1", "pass", false],
  ["exit 1", "fail", true],
  ["exit 0", "fail", false],
  // A test that cannot even be found has not failed because of the missing code.
  ["nexus-no-such-program", "fail", false],
  ["./", "fail", false],
  ["kill -9 $$", "fail", false],
] as const)("%s, expected to %s, satisfies: %s", async (command, expected, satisfied) => {
  expect((await check(command, { expect: expected })).satisfied).toBe(satisfied);
});

it("keeps the end of a long output as tail, and at most 5 MB as artifact", async () => {
  const evidence = await check(`head -c 9000000 /dev/zero | tr '\\0' 'é' | tr '\\0' x; echo; echo the end`);
  expect(evidence.outputTail.endsWith("the end\n")).toBe(true);
  expect(evidence.outputTail.length).toBeLessThanOrEqual(4000);
  expect(kept.at(-1)?.length).toBeLessThan(5.1 * 1024 * 1024);
});

it("says that the command ran out of time, and ends its children", async () => {
  const evidence = await check("sleep 60 & sleep 60", { timeoutMs: 150 });
  expect(evidence).toMatchObject({ exitCode: null, satisfied: false });
  expect(evidence.outputTail).toContain("ended after 150 ms");
});

it("gives the command no secret of the daemon's environment", async () => {
  process.env["OPENAI_API_KEY"] = "sk-canary-000000000000000000000000";
  try {
    const evidence = await check("env");
    expect(evidence.outputTail).not.toContain("canary");
    expect(evidence.outputTail).toContain("PATH=");
  } finally {
    process.env["OPENAI_API_KEY"] = "";
  }
});

it("answers with evidence when the folder is gone, and rejects when cancelled", async () => {
  const signal = AbortSignal.abort(new Error("cancelled"));
  await expect(check("true", { signal })).rejects.toThrow("cancelled");
  rmSync(root, { recursive: true });
  expect(await check("true")).toMatchObject({ exitCode: null, satisfied: false });
});
