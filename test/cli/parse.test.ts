/** The table of commands, and all that is made from it. */
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { COMMAND_NAMES, COMMANDS, type Command } from "../../daemon/cli/commands.ts";
import { completionScript } from "../../daemon/cli/completion.ts";
import { exitCodeOf } from "../../daemon/cli/exit-codes.ts";
import { helpText, renderCliDocs } from "../../daemon/cli/help.ts";
import { type Invocation, parseCommandLine } from "../../daemon/cli/parse.ts";
import { exitCodeOfError } from "../../daemon/cli/run-cli.ts";
import { ERRORS, RunStatus } from "../../protocol/index.ts";

const split = (line: string) => line.split(" ").filter((word) => word !== "");

describe("a command line", () => {
  const cases: [line: string, name: string, words: string[], flags: Record<string, string | true>][] = [
    ["run fix the bug", "run", ["fix", "the", "bug"], {}],
    ["run fix --repo ../x --json --apply", "run", ["fix"], { repo: "../x", json: true, apply: true }],
    ["run --budget=1.5 --mode plan fix", "run", ["fix"], { budget: "1.5", mode: "plan" }],
    ["run -- --json", "run", ["--json"], {}],
    ["plan a thing", "plan", ["a", "thing"], {}],
    ["runs list --limit 5", "runs list", [], { limit: "5" }],
    ["runs show latest --json", "runs show", ["latest"], { json: true }],
    ["runs accept ab1 a.ts b.ts", "runs accept", ["ab1", "a.ts", "b.ts"], {}],
    ["runs resume ab1 --budget 2 --detach", "runs resume", ["ab1"], { budget: "2", detach: true }],
    ["daemon logs --follow --lines 10", "daemon logs", [], { follow: true, lines: "10" }],
    ["doctor --repair --yes", "doctor", [], { repair: true, yes: true }],
    ["completion bash", "completion", ["bash"], {}],
    ["index ../x --json", "index", ["../x"], { json: true }],
    ["search add to cart --limit 3", "search", ["add", "to", "cart"], { limit: "3" }],
    ["memory add some text --repo y", "memory add", ["some", "text"], { repo: "y" }],
  ];
  it.each(cases)("%s", (line, name, words, flags) => {
    const invocation = parseCommandLine(split(line));
    if (invocation.kind !== "run") throw new Error(`it is ${invocation.kind}`);
    expect([invocation.name, invocation.arguments.words]).toEqual([name, words]);
    for (const flag of ["json", "apply", "detach", "follow", "repair", "yes"])
      expect(invocation.arguments.has(flag)).toBe(flags[flag] === true);
    for (const flag of ["repo", "budget", "mode", "limit", "lines"])
      expect(invocation.arguments.text(flag)).toBe(flags[flag]);
  });

  it("takes a goal that is a list for text, not for flags", () => {
    const goal = "- add tags\n- test them";
    const invocation = parseCommandLine(["run", goal, "--json"]);
    if (invocation.kind !== "run") throw new Error(`it is ${invocation.kind}`);
    expect(invocation.arguments.words).toEqual([goal]);
    expect(invocation.arguments.has("json")).toBe(true);
  });

  const helps: [line: string, expected: Invocation][] = [
    ["", { kind: "help", path: [] }],
    ["--help", { kind: "help", path: [] }],
    ["help runs show", { kind: "help", path: ["runs", "show"] }],
    ["run --help", { kind: "help", path: ["run"] }],
    ["runs", { kind: "help", path: ["runs"] }],
    ["runs --help", { kind: "help", path: ["runs"] }],
    ["runs show -h", { kind: "help", path: ["runs", "show"] }],
    ["--version", { kind: "version" }],
    ["-v", { kind: "version" }],
  ];
  it.each(helps)("“%s” explains", (line, expected) => expect(parseCommandLine(split(line))).toEqual(expected));

  const wrong: [line: string, says: RegExp][] = [
    ["rum", /“rum”.*mean “run”/],
    ["run", /GOAL is missing.*nexus run GOAL/],
    ["run x --nope", /--nope/],
    ["run x --budget", /budget/],
    ["run x --mode fast", /ask, plan, act/],
    ["run x --json=1", /json/],
    ["runs sho latest", /show/],
    ["runs show", /RUN is missing/],
    ["runs show a b", /“b” is one word too many/],
    ["daemon strat", /start/],
    ["completion", /SHELL is missing/],
  ];
  it.each(wrong)("“%s” is refused with what would be right", (line, says) => {
    expect(() => parseCommandLine(split(line))).toThrow(says);
    expect(exitCodeOfError("usage.invalid")).toBe(2);
  });

  it("has no empty arguments", () => expect(() => parseCommandLine(["run", " "])).toThrow(/empty/));
});

describe("help", () => {
  it.each(COMMAND_NAMES)("names every flag of nexus %s", (name) => {
    const { flags, summary }: Command = COMMANDS[name];
    const text = helpText(name.split(" "));
    for (const flag of flags) expect(text).toContain(`--${flag.name}`);
    expect(text).toContain(summary);
    expect(helpText([])).toContain(summary);
    for (const line of text.split("\n")) expect(line.length).toBeLessThan(140);
  });

  it("lists the commands of a group", () => {
    expect(helpText(["runs"])).toContain("runs diff");
    expect(helpText(["runs"])).not.toContain("daemon");
  });

  it("becomes docs/cli.md", () => {
    const page = renderCliDocs();
    for (const name of COMMAND_NAMES) expect(page).toContain(`## nexus ${name}\n`);
  });
});

describe("completion", () => {
  it.each([
    ["bash", "-n"],
    ["zsh", "-n"],
    ["fish", "--no-execute"],
  ])("is a script that %s can read", (shell, flag) => {
    const script = completionScript(shell);
    for (const name of COMMAND_NAMES) expect(script).toContain(name.split(" ").at(-1));
    const { error, status, stderr } = spawnSync(shell, [flag], { input: script, encoding: "utf8" });
    if (error === undefined) expect([status, stderr]).toEqual([0, ""]);
  });

  const bash = (line: string) => {
    const words = line.split(" ");
    const quoted = words.map((word) => `'${word}'`).join(" ");
    const script = `${completionScript("bash")}\nCOMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _nexus; echo "\${COMPREPLY[*]}"`;
    return spawnSync("bash", { input: script, encoding: "utf8" }).stdout.trim().split(" ");
  };
  it.each([
    ["nexus ru", ["run", "runs"]],
    ["nexus runs s", ["show"]],
    ["nexus runs show la", ["latest"]],
    ["nexus run --ap", ["--apply"]],
    ["nexus runs list --a", [""]],
    ["nexus run --mode p", ["plan"]],
    ["nexus completion f", ["fish"]],
    ["nexus search --mode r", ["ranked", "regex"]],
    ["nexus memory em", ["embed"]],
    ["nexus memory embed st", ["status", "start"]],
    ["nexus memory add --kind d", ["decision", "dead_end"]],
    ["nexus daemon logs --fo", ["--follow"]],
  ])("of “%s”", (line, expected) => expect(bash(line)).toEqual(expected));

  it("knows three shells", () => expect(() => completionScript("powershell")).toThrow(/bash, zsh and fish/));
});

describe("exit codes", () => {
  it("are given for every end of a run", () => {
    const codes = Object.fromEntries(RunStatus.options.map((status) => [status, exitCodeOf(status)]));
    expect(codes).toEqual({
      queued: 1,
      working: 1,
      suspended: 1,
      done: 0,
      failed: 1,
      denied: 3,
      awaiting_approval: 3,
      out_of_budget: 4,
      cancelled: 130,
    });
  });
  it("are given for every error", () => {
    const codes = Object.keys(ERRORS).map((code) => [code, exitCodeOfError(code)] as const);
    expect(codes.filter(([, code]) => code === 2).map(([name]) => name)).toEqual(["settings.invalid", "usage.invalid"]);
    expect(codes.filter(([, code]) => code === 4).map(([name]) => name)).toEqual([
      "budget.exceeded",
      "budget.unknown_price",
    ]);
    expect(codes.filter(([, code]) => code === 130).map(([name]) => name)).toEqual(["request.cancelled"]);
    expect(codes.every(([, code]) => [1, 2, 3, 4, 130].includes(code))).toBe(true);
  });
});
