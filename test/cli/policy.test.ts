/** nexus policy …, over real folders and the real analyser. */
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
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseCommandLine } from "../../daemon/cli/parse.ts";
import { runCommandLine } from "../../daemon/cli/run-cli.ts";
import { loadSettings } from "../../daemon/settings.ts";
import { createFakeConnection, createTestContext, createTestTerminal, type FakeConnection } from "../support/cli.ts";

const isWindows = process.platform === "win32";
let base = "";
let workspace = "";
let home = "";

beforeAll(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "nexus-policy-")));
  workspace = join(base, "proj");
  home = join(base, "home");
  for (const folder of [
    "proj/src/deep",
    "proj/.git",
    "proj/.vscode",
    "proj/bare/objects",
    "proj-evil",
    "other",
    "home",
  ])
    mkdirSync(join(base, folder), { recursive: true, mode: 0o700 });
  for (const file of [
    "proj/src/x",
    "proj/package.json",
    "proj/.env",
    "proj-evil/x",
    "other/secret",
    "proj/README.md",
    "proj/bare/HEAD",
  ])
    writeFileSync(join(base, file), "{}\n");
  for (const [name, target] of [
    ["out", join(base, "other")],
    ["innocent", ".vscode"],
    ["inner", "src/deep"],
    ["loop", "loop"],
    ["dangling", join(base, "nowhere/x")],
  ] satisfies [string, string][])
    symlinkSync(target, join(workspace, name));
  linkSync(join(base, "other/secret"), join(workspace, "src/hard"));
});

afterAll(() => rmSync(base, { recursive: true, force: true }));

async function run(
  words: readonly string[],
  { input = [], connections = [] }: { input?: readonly string[]; connections?: readonly FakeConnection[] } = {},
) {
  const terminal = createTestTerminal(false, input);
  const context = createTestContext(terminal, connections, {
    home,
    cwd: workspace,
    env: { NEXUS_HOME: home },
    settings: () => loadSettings(home, {}),
  });
  const invocation = parseCommandLine(words);
  if (invocation.kind !== "run") throw new Error(`it is ${invocation.kind}`);
  const exitCode = await runCommandLine(context, invocation);
  return { exitCode, out: terminal.stdout(), lines: terminal.stdout().split("\n").filter(Boolean) };
}

interface Answer {
  readonly id: string | number | null;
  readonly verdict: string;
  readonly rule: string;
  readonly reason: string;
}

async function check(...input: readonly string[]): Promise<Answer[]> {
  const { exitCode, lines } = await run(["policy", "check", "--stdin"], { input });
  expect(exitCode).toBe(0);
  return lines.map((line): Answer => JSON.parse(line));
}

const question = (more: object) =>
  `${JSON.stringify({ id: 1, kind: "command", input: "ls", cwd: workspace, workspace, mode: "interactive", trusted: true, ...more })}\n`;

const COMBINATIONS = (["interactive", "headless"] as const).flatMap((mode) =>
  [true, false].map((trusted) => ({ mode, trusted })),
);

describe.skipIf(isWindows)("policy check", () => {
  type Row = [kind: string, input: string, more?: object];
  const attacks: Row[] = [
    ["write", "../proj-evil/x"],
    ["write", "../../etc/cron.d/x"],
    ["write", "out/x"],
    ["write", "out"],
    ["write", "out/../src/x"],
    ["write", "inner/../x"],
    ["write", "dangling"],
    ["write", "loop/x"],
    ["write", "innocent/tasks.json"],
    ["write", ".vscode/settings.json"],
    ["write", "src/../.vscode/tasks.json"],
    ["write", ".git/hooks/post-checkout"],
    ["write", "sub/.git/config"],
    ["write", "package.json"],
    ["write", "src/deep/package.json"],
    ["write", ".gitattributes"],
    ["write", "AGENTS.md"],
    ["write", ".env"],
    ["write", "src/hard"],
    ["write", "src/\0x"],
    ["write", "."],
    ["write", "~/x"],
    ["write", "$HOME/x"],
    ["write", "..\\..\\x"],
    ["write", "..%2fx"],
    ["write", "file:///etc/passwd"],
    ["write", "src/a\u202etxt.ts"],
    ["write", "src/a\u200b.ts"],
    ["write", "n".repeat(300)],
    ["read", "out/secret"],
    ["read", "../proj-evil/x"],
    ["read", "/etc/passwd"],
    ["read", ".env"],
    ["read", "src/hard"],
    ["read", "src/x", { workspace: "proj" }],
    ["read", "src/x", { cwd: "." }],
    ["read", "src/x", { cwd: "/nowhere/at/all" }],
    ["read", "x", { cwd: "/" }],
    ["command", "cat ../other/secret"],
    ["command", "echo x > .git/config"],
    ["command", "echo x > package.json"],
    ["command", "echo $(touch src/new)"],
    ["command", "env touch src/new"],
    ["command", "bash -c 'touch src/new'"],
    ["command", "cat src/hard"],
    ["command", "cd bare && git status"],
    ["command", "git -C bare log"],
    ["command", "git -C ./bare -C . status"],
    ["command", "npm test; curl evil.test", { allow: ["npm test"] }],
    ["command", "npm test && rm -rf ..", { allow: ["npm test"] }],
    ["command", "npm test --x", { allow: ["npm test"] }],
    ["command", "rm -rf src", { allow: ["rm -rf src"] }],
    ["command", "rm -rf /", { allow: ["rm -rf /"] }],
    ["command", "cat .env", { allow: ["read **"] }],
  ];
  /** All rows in one run of the command, four answers each: it starts once. */
  const once = (rows: readonly Row[]) => {
    let all: Promise<Answer[]> | undefined;
    return async (row: Row) => {
      const lines = rows.flatMap(([kind, input, more = {}]) => {
        const place = "inSource" in more ? { cwd: join(workspace, "src") } : more;
        return COMBINATIONS.map((each) => question({ kind, input, ...each, ...place }));
      });
      all ??= check(...lines);
      return (await all).slice(rows.indexOf(row) * 4, rows.indexOf(row) * 4 + 4);
    };
  };

  const ofAttack = once(attacks);
  it.each(attacks.map((row) => [row]))("never allows %j", async (row) => {
    const answers = await ofAttack(row);
    expect(answers).toHaveLength(4);
    for (const { verdict, reason } of answers) {
      expect(verdict).not.toBe("allow");
      expect(reason).not.toBe("");
    }
    expect(answers[2]?.verdict).toBe("deny");
  });

  const harmless: Row[] = [
    ["write", "src/new.ts"],
    ["write", "src/a/b/c.ts"],
    ["write", "README.md"],
    ["write", "docs/guide.md"],
    ["write", "inner/new.ts"],
    ["read", "package.json"],
    ["read", "src/x"],
    ["write", "src/[id].tsx"],
    ["write", "src/$route.tsx"],
    ["write", "docs/日本 é.md"],
    ["command", "git status"],
    ["command", "git log --oneline -3"],
    ["command", "git diff HEAD -- src"],
    ["read", "../src/x", { inSource: true }],
    ["command", "ls"],
    ["command", "cat src/x"],
    ["command", "mkdir -p src/a"],
    ["command", "cp src/x src/y"],
  ];
  const ofHarmless = once(harmless);
  it.each(harmless.map((row) => [row]))("allows %j in every combination", async (row) => {
    const answers = await ofHarmless(row);
    expect(answers.map(({ verdict }) => verdict)).toEqual(["allow", "allow", "allow", "allow"]);
  });

  it.each([
    ["[core]\n\tfsmonitor = touch pwn\n", "deny"],
    ["[core]\n\tfsmonitor = true\n\tbare = false\n", "allow"],
    ['[diff "x"]\n\ttextconv = touch pwn\n', "deny"],
    ['[filter "x"]\n\tclean = touch pwn\n', "deny"],
    ["[include]\n\tpath = ../evil\n", "deny"],
    ['[remote "origin"]\n\turl = https://example.org/x.git\n', "allow"],
  ])("looks into a repository that is not trusted before git does: %j", async (config, verdict) => {
    writeFileSync(join(workspace, ".git/config"), config);
    const answers = await check(question({ input: "git status", trusted: false }), question({ input: "git status" }));
    expect(answers.map((answer) => answer.verdict)).toEqual([verdict, "allow"]);
    rmSync(join(workspace, ".git/config"));
  });

  it("takes absolute paths inside", async () => {
    const input = join(workspace, "src/x");
    expect(await check(question({ kind: "write", input }))).toMatchObject([{ verdict: "allow", rule: "write" }]);
  });

  it("lets an agreed command run where the workspace is trusted", async () => {
    const more = { input: "npm test", allow: ["npm test"] };
    const answers = await check(...COMBINATIONS.map((place) => question({ ...more, ...place })));
    expect(answers.map(({ verdict }) => verdict)).toEqual(["allow", "deny", "allow", "deny"]);
  });

  it("takes rules in their short form", async () => {
    const allow = ["write .npmrc", "command npm run build"];
    const answers = await check(
      question({ kind: "write", input: ".npmrc", allow }),
      question({ input: "npm run build", allow }),
      question({ kind: "write", input: ".yarnrc", allow }),
    );
    expect(answers.map(({ rule }) => rule)).toEqual([
      "user/allow write .npmrc",
      "user/allow command npm run build",
      "protected-file",
    ]);
  });

  it("denies what is no question, in order, and goes on", async () => {
    const answers = await check(
      "nonsense\n",
      "\n",
      "[]\n",
      '"text"\n',
      question({ id: "a", kind: "delete" }),
      question({ id: 7, trusted: "yes" }),
      question({ id: { a: 1 } }),
      question({ id: "b", input: 5 }),
      question({ id: "c", input: "" }),
      question({ id: "d", input: "x".repeat(40_000) }),
      question({ id: "e", allow: "npm test" }),
      question({ id: "f", mode: "auto" }),
      `{"__proto__":{"trusted":true},"id":"g"}\n`,
      `${JSON.stringify({ id: "h", input: "x".repeat(1024 * 1024) })}\n`,
      '{"id": 1e999}\n',
      `${"[".repeat(100_000)}\n`,
      question({ id: "last", input: "ls \u2028" }),
      question({ id: "really last" }).trimEnd(),
    );
    expect(answers.slice(0, -2).map(({ verdict, rule }) => `${verdict} ${rule}`)).toEqual(
      Array.from({ length: 15 }, () => "deny bad-request"),
    );
    const ids = answers.map(({ id }) => id);
    expect(ids).toEqual([
      null,
      null,
      null,
      "a",
      7,
      null,
      "b",
      "c",
      "d",
      "e",
      "f",
      "g",
      null,
      null,
      null,
      "last",
      "really last",
    ]);
    expect(answers.at(-1)?.verdict).toBe("allow");
  });

  it("answers each line before it reads the next", async () => {
    const terminal = createTestTerminal(false, watched());
    const seen: number[] = [];
    function* watched() {
      yield question({});
      seen.push(terminal.stdout().split("\n").length - 1);
      yield question({});
    }
    const context = createTestContext(terminal, [], { home, cwd: workspace, settings: () => loadSettings(home, {}) });
    const invocation = parseCommandLine(["policy", "check", "--stdin"]);
    if (invocation.kind === "run") await runCommandLine(context, invocation);
    expect(seen).toEqual([1]);
  });

  it("holds a trusted workspace's own rules, which only tighten", async () => {
    mkdirSync(join(workspace, ".nexus"));
    const rules = [
      { effect: "deny", match: { kind: "write", path: "docs/**" } },
      { effect: "allow", match: { kind: "command", words: ["npm", "test"], rest: "none" } },
    ];
    writeFileSync(join(workspace, ".nexus/policy.json"), JSON.stringify({ rules }));
    const asked = (trusted: boolean) => question({ kind: "write", input: "docs/a.md", trusted });
    const answers = await check(asked(true), asked(false), question({ input: "npm test" }));
    expect(answers.map(({ verdict }) => verdict)).toEqual(["deny", "allow", "ask"]);
    const { out } = await run(["policy", "list"]);
    expect(out).toContain("deny write docs/**");
    expect(out).toContain("“allow command npm test” does not count, a workspace only tightens");
    rmSync(join(workspace, ".nexus"), { recursive: true });
  });
});

describe("policy explain", () => {
  it("says what each part does, which rule decides and what would lift it", async () => {
    const { out } = await run(["policy", "explain", "--", "npm", "run", "build"]);
    expect(out).toContain("ask  project-command");
    expect(out).toContain("nexus policy keep 'command npm run build'");
    const { lines } = await run(["policy", "explain", "--json", "--", "cat src/x; npm run build"]);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      verdict: "ask",
      rule: "project-command",
      remember: "command npm run build",
      decisions: [
        { verdict: "ask", rule: "project-command", lift: "command npm run build" },
        { verdict: "allow", rule: "reading-command", lift: null },
        { verdict: "allow", rule: "read", lift: null },
      ],
    });
  });

  it("says it of files too, and of the other settings", async () => {
    expect((await run(["policy", "explain", "--write", ".npmrc"])).out).toContain("nexus policy keep 'write .npmrc'");
    expect((await run(["policy", "explain", "--read", "src/x"])).out).toContain("allow  read");
    expect((await run(["policy", "explain", "--write", "../x"])).out).toContain("deny  outside");
    expect((await run(["policy", "explain", "--headless", "--write", ".npmrc"])).out).toContain("Nobody is there");
    expect((await run(["policy", "explain", "--untrusted", "--", "npm test"])).out).toContain("untrusted-workspace");
  });

  it("wants one of them", async () => {
    await expect(run(["policy", "explain"])).rejects.toMatchObject({ value: { code: "usage.invalid" } });
    await expect(run(["policy", "explain", "--read", "a", "--write", "b"])).rejects.toMatchObject({
      value: { code: "usage.invalid" },
    });
  });
});

describe("policy keep, list and forget", () => {
  const settings = () => readFileSync(join(home, "settings.json"), "utf8");

  it("keep a rule in the user's settings, and take it back", async () => {
    expect((await run(["policy", "keep", "command npm run build"])).out).toContain("Kept: allow command npm run build");
    expect((await run(["policy", "keep", "command", "npm", "run", "build"])).out).toContain("It was kept already");
    expect(settings()).toContain('"build"');
    expect((await run(["policy", "list"])).out).toContain("allow command npm run build");
    expect((await run(["policy", "explain", "--", "npm run build"])).out).toContain(
      "allow  user/allow command npm run build",
    );
    expect((await run(["policy", "forget", "command npm run build"])).exitCode).toBe(0);
    expect((await run(["policy", "forget", "command npm run build"])).exitCode).toBe(1);
    expect(settings()).not.toContain("build");
  });

  it("refuse what is no rule", async () => {
    for (const command of ["keep", "forget"])
      await expect(run(["policy", command, "everything"])).rejects.toMatchObject({
        value: { code: "settings.invalid" },
      });
  });
});

describe("policy simulate", () => {
  const body = (tool: string, input: string) => ({
    runId: "r1",
    at: "",
    body: { type: "tool.requested", key: "k", taskId: "t", turn: 1, callId: "c", tool, input, effect: "pure" },
  });
  const events = [
    body("read_file", '{"path":"src/x"}'),
    body("write_file", '{"path":"docs/a.md","content":""}'),
    body("run_command", '{"command":"npm test"}'),
    body("gone", "{}"),
    body("write_file", '{"path":"cut'),
  ].map((event, index) => ({ ...event, seq: index + 1 }));

  const connection = () =>
    createFakeConnection({
      "run/list": { runs: [{ runId: "r1" }], nextCursor: null },
      "run/show": {
        run: { runId: "r1", workspace, headless: false, mode: "act", policy: { command: "allow" }, plan: null },
      },
      "run/events": ({ after }: { after: number }) => ({ events: events.filter(({ seq }) => seq > after), lastSeq: 5 }),
    });

  it.each([["--all"], ["--run=r1"]])("tells what would differ (%s)", async (which) => {
    const file = join(base, "changed.json");
    writeFileSync(file, JSON.stringify({ rules: [{ effect: "deny", match: { kind: "write", path: "docs/**" } }] }));
    const { lines } = await run(["policy", "simulate", which, "--policy", file, "--json"], {
      connections: [connection()],
    });
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      runs: 1,
      actions: 3,
      skipped: 2,
      differing: [
        { seq: 2, tool: "write_file", before: { verdict: "allow" }, after: { verdict: "deny" } },
        { seq: 3, action: "npm test", before: { verdict: "allow" }, after: { verdict: "ask" } },
      ],
    });
    const { out } = await run(["policy", "simulate", which, "--policy", file], { connections: [connection()] });
    expect(out).toContain("allow → deny  write docs/a.md");
    expect(out).toContain("2 actions could not be judged again");
  });

  it("refuses a file that is no policy, and a question without a run", async () => {
    const file = join(base, "bad.json");
    writeFileSync(file, '{"shell": "allow"}');
    await expect(run(["policy", "simulate", "--all", "--policy", file])).rejects.toMatchObject({
      value: { code: "settings.invalid", message: expect.stringContaining("shell") },
    });
    await expect(run(["policy", "simulate", "--policy", file])).rejects.toMatchObject({
      value: { code: "usage.invalid" },
    });
  });
});
