/** nexus policy check --stdin over everything in policy-lines/: what must never be allowed, and what agents do all day. */
import { execFileSync } from "node:child_process";
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseCommandLine } from "../../daemon/cli/parse.ts";
import { runCommandLine } from "../../daemon/cli/run-cli.ts";
import { loadSettings } from "../../daemon/settings.ts";
import { createTestContext, createTestTerminal } from "../support/cli.ts";

let base = "";
let workspace = "";

const FILES: Readonly<Record<string, string>> = {
  "other/secret.txt": "s\n",
  "proj/package.json": '{"name":"x","version":"1.0.0","scripts":{"test":"node t.js"}}\n',
  "proj/.env": "SECRET=x\n",
  "proj/.gitignore": ".env\nnode_modules\n",
  "proj/.vscode/settings.json": "{}\n",
  "proj/node_modules/left-pad/package.json": "{}\n",
  "proj/node_modules/left-pad/test.pem": "public\n",
  "proj/node_modules/.bin/tsc": "x\n",
  "proj/nested/f": "x\n",
  "proj/bare/HEAD": "ref: refs/heads/main\n",
  "proj/src/main/java/App.java": "x\n",
  "proj/src/lib0/x.ts": "x\n",
};
const PLAIN = "src/a.ts src/b.ts src/old.ts README.md main.go go.mod Cargo.toml pyproject.toml pom.xml tests/test_a.py";
const MORE = "Makefile build.sh dist/x empty/.keep bare/objects/.keep follow/.keep";

beforeAll(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "nexus-table-")));
  workspace = join(base, "proj");
  const plain = `${PLAIN} ${MORE}`.split(" ").map((name) => [`proj/${name}`, "foo\n"]);
  for (const [name = "", text = ""] of [...Object.entries(FILES), ...plain]) {
    mkdirSync(dirname(join(base, name)), { recursive: true });
    writeFileSync(join(base, name), text);
  }
  mkdirSync(join(base, "home"), { mode: 0o700 });
  for (const [name, target] of Object.entries({
    ...{ out: "../other", "innocent.txt": ".env", gitlink: ".git", pw: "/etc/passwd", inner: "src", vs: ".vscode" },
    ...{ "follow/o": "../../other", "follow/e": "../.env" },
  }))
    symlinkSync(target, join(workspace, name));
  linkSync(join(base, "other/secret.txt"), join(workspace, "src/hard.txt"));
  const git = (cwd: string, ...args: string[]) => execFileSync("git", args, { cwd, stdio: "ignore" });
  git(workspace, "init", "-q");
  git(workspace, "add", "README.md", "src/a.ts", "src/b.ts", "package.json");
  git(join(workspace, "nested"), "init", "-q");
});

afterAll(() => rmSync(base, { recursive: true, force: true }));

/** The widest and the narrowest; all four with NEXUS_POLICY_TABLE=all. */
const COMBINATIONS = [
  { mode: "interactive", trusted: true },
  ...(process.env.NEXUS_POLICY_TABLE === "all"
    ? [
        { mode: "interactive", trusted: false },
        { mode: "headless", trusted: true },
      ]
    : []),
  { mode: "headless", trusted: false },
];
const COUNT = COMBINATIONS.length;

interface Answer {
  readonly verdict: string;
  readonly rule: string;
}

function linesOf(name: string): string[] {
  return readFileSync(join(import.meta.dirname, "policy-lines", name), "utf8")
    .split("\n")
    .filter(Boolean);
}

/** `@write x` and `@read x` are about a file; ⏎ and ⇥ stand for a newline and a tab, \\uXXXX for a character. */
function questionOf(text: string) {
  const [, kind = "command", rest = ""] = /^@(write|read) (.*)$/.exec(text) ?? ["", "command", text];
  const input = rest
    .replaceAll("⏎", "\n")
    .replaceAll("⇥", "\t")
    .replace(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return { kind, input };
}

async function check(questions: readonly object[]): Promise<Answer[]> {
  const text = questions.map((question, id) => `${JSON.stringify({ id, cwd: workspace, workspace, ...question })}\n`);
  const terminal = createTestTerminal(false, text);
  const home = join(base, "home");
  const context = createTestContext(terminal, [], {
    home,
    cwd: workspace,
    env: { NEXUS_HOME: home },
    settings: () => loadSettings(home, {}),
  });
  const invocation = parseCommandLine(["policy", "check", "--stdin"]);
  if (invocation.kind !== "run") throw new Error(`it is ${invocation.kind}`);
  expect(await runCommandLine(context, invocation)).toBe(0);
  return terminal
    .stdout()
    .split("\n")
    .filter(Boolean)
    .map((line): Answer => JSON.parse(line));
}

/** For each line its answers in the combinations. */
async function table(lines: readonly string[]): Promise<Map<string, Answer[]>> {
  const answers = await check(lines.flatMap((line) => COMBINATIONS.map((each) => ({ ...questionOf(line), ...each }))));
  expect(answers).toHaveLength(lines.length * COUNT);
  return new Map(lines.map((line, index) => [line, answers.slice(index * COUNT, (index + 1) * COUNT)]));
}

describe.skipIf(process.platform === "win32")("policy check over many lines", () => {
  it("allows no attack in any combination, and asks nothing where nobody is there", async () => {
    const lines = linesOf("attacks.txt");
    expect(lines.length).toBeGreaterThan(1400);
    const isWrong = ({ verdict }: Answer, index: number) =>
      verdict === "allow" || (verdict === "ask" && COMBINATIONS[index]?.mode === "headless");
    const wrong = [...(await table(lines))].filter(([, answers]) => answers.some(isWrong));
    expect(wrong).toEqual([]);
  });

  it("allows what agents do all day, trusted or not", async () => {
    const lines = linesOf("harmless.txt");
    expect(lines.length).toBeGreaterThan(400);
    const wrong = [...(await table(lines))].filter(([, answers]) => answers.some(({ verdict }) => verdict !== "allow"));
    expect(wrong).toEqual([]);
  });

  const OF_THE_PROJECT = `npm test|npm run build|npm run lint|npx tsc --noEmit|pytest -q|go test ./...|go build ./...|cargo check|cargo test
make|make test|mvn -q test|gradle test|./gradlew build|eslint src|vitest run|jest src|ruff check .|mypy src|python3 -m pytest -q`;
  const projectLines = OF_THE_PROJECT.split(/[|\n]/);

  it("asks about the project's own commands, and allows exactly those that were agreed on", async () => {
    for (const [line, answers] of await table(projectLines)) {
      const [first, ...others] = answers.map(({ verdict }) => verdict);
      expect([line, first, others.includes("allow"), others.at(-1)]).toEqual([line, "ask", false, "deny"]);
    }
    const trusted = { kind: "command", trusted: true, mode: "headless" };
    const agreed = await check(projectLines.map((input) => ({ ...trusted, input, allow: [input] })));
    expect(agreed.map(({ verdict }) => verdict)).toEqual(projectLines.map(() => "allow"));
    const others = [
      "$LINE && curl evil.test",
      "$LINE; rm -rf x",
      "$LINE -- --watch",
      "X=1 $LINE",
      "$LINE > .git/config",
      "$LINE &",
    ];
    for (const other of others) {
      const more = await check(
        projectLines.map((line) => ({ ...trusted, input: other.replace("$LINE", () => line), allow: [line] })),
      );
      expect([other, ...new Set(more.map(({ verdict }) => verdict))]).toEqual([other, "deny"]);
    }
  });
});
