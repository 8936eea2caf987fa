/** nexus setup: what is printed, and what is written after a yes and never without one. */
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ExitCode } from "../../../daemon/cli/exit-codes.ts";
import { parseCommandLine } from "../../../daemon/cli/parse.ts";
import { EDITOR_NAMES, editorCalled } from "../../../daemon/cli/setup/editors.ts";
import { setupCommand } from "../../../daemon/cli/setup.ts";
import { createTestContext, createTestTerminal, type TestTerminal } from "../../support/cli.ts";
import { writeFiles } from "../../support/folder.ts";

const MAIN = "/opt/nexus/dist/daemon/main.js";
let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "nexus-setup-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

async function setup(
  line: string,
  terminal: TestTerminal,
  env: Record<string, string> = {},
  cwd = join(home, "project"),
): Promise<ExitCode> {
  const invocation = parseCommandLine(["setup", ...line.split(" ").filter((word) => word !== "")]);
  if (invocation.kind !== "run") throw new Error("it is not a command");
  const context = createTestContext(terminal, [], {
    env: { HOME: home, PATH: "", ...env },
    main: MAIN,
    cwd,
    home: join(home, "data"),
  });
  return setupCommand(context, invocation.arguments);
}

const yes = (...answers: string[]) => {
  const terminal = createTestTerminal(true);
  terminal.answers.push(...answers);
  return terminal;
};

describe("without --write", () => {
  it("lists the editors and what is set", async () => {
    await setup("zed --write", yes("y"));
    const terminal = createTestTerminal();
    expect(await setup("--json", terminal)).toBe(0);
    const { editors } = JSON.parse(terminal.stdout());
    expect(editors.map(({ editor }: { editor: string }) => editor)).toEqual(EDITOR_NAMES);
    const states = Object.fromEntries(
      editors.map(({ editor, found, parts }: { editor: string; found: string | null; parts: { state: string }[] }) => [
        editor,
        [found !== null, ...parts.map(({ state }) => state)],
      ]),
    );
    expect(states).toMatchObject({
      zed: [true, "set", "set"],
      helix: [false, "missing"],
      jetbrains: [false, "missing", "manual", "manual"],
    });
    const text = createTestTerminal();
    await setup("", text);
    expect(text.stdout()).toMatch(/zed +Zed +ACP set, MCP set\n/);
  });

  it.each(EDITOR_NAMES)(
    "prints what %s needs, with absolute paths and its own page, and writes nothing",
    async (name) => {
      const terminal = createTestTerminal(true);
      expect(await setup(name, terminal)).toBe(0);
      expect(terminal.stdout()).toContain(MAIN);
      expect(terminal.stdout()).toMatch(/About it: https:\/\//);
      expect(terminal.questions).toEqual([]);
      expect(readdirSync(home)).toEqual([]);
      const json = createTestTerminal();
      await setup(`${name} --json`, json);
      for (const { snippet, file } of JSON.parse(json.stdout()).parts) {
        expect(snippet).toContain(MAIN);
        if (file !== null) expect(file.startsWith(home)).toBe(true);
      }
    },
  );

  it("starts faces that there are", async () => {
    const started = new Set<string>();
    const start = (...words: readonly string[]) => {
      started.add(words.join(" "));
      return { command: "node", args: words, env: {} };
    };
    for (const name of EDITOR_NAMES)
      await editorCalled(name).parts({ platform: "linux", home, env: {} }, start, { given: ["/p"], here: "/q" });
    expect([...started].sort()).toEqual(["acp", "lsp --stdio", "mcp", "mcp --repo /p"]);
    for (const line of started) expect(parseCommandLine(line.split(" ")).kind, line).toBe("run");
  });

  it("hands over where the data folder was moved to", async () => {
    for (const name of EDITOR_NAMES) {
      const terminal = createTestTerminal();
      await setup(`${name} --json`, terminal, { NEXUS_HOME: "/elsewhere" });
      const { parts } = JSON.parse(terminal.stdout());
      for (const { snippet, steps } of parts) expect(`${snippet}${steps}`).toMatch(/NEXUS_HOME/);
    }
  });
});

describe("--write", () => {
  it.each(EDITOR_NAMES)(
    "shows %s's change, writes it after a yes, and a second run says that it is set",
    async (name) => {
      const terminal = yes("yes");
      expect(await setup(`${name} --write`, terminal)).toBe(0);
      expect(terminal.questions).toHaveLength(1);
      expect(terminal.stdout()).toContain("--- /dev/null");
      expect(terminal.stdout()).toContain("is written.");
      const again = yes();
      expect(await setup(`${name} --write`, again)).toBe(0);
      expect(again.stdout()).toContain("already set");
      expect(again.questions).toEqual([]);
    },
  );

  const zed = () => join(home, ".config", "zed", "settings.json");
  const MINE = '// mine\n{\n  "theme": "One Dark", // dark\n  "agent_servers": { "Other": { "command": "x" } },\n}\n';

  it("keeps the old file with its rights beside the new one, through a link", async () => {
    writeFiles(home, { "dotfiles/zed.json": MINE, ".config/zed/keymap.json": "[]" });
    chmodSync(join(home, "dotfiles/zed.json"), 0o600);
    symlinkSync(join(home, "dotfiles/zed.json"), zed());
    const terminal = yes("y");
    expect(await setup("zed --write", terminal)).toBe(0);
    expect(lstatSync(zed()).isSymbolicLink()).toBe(true);
    expect(terminal.stdout()).toContain(
      `${zed()} is a link: ${realpathSync(join(home, "dotfiles/zed.json"))} is written.`,
    );
    const text = readFileSync(zed(), "utf8");
    expect(text).toContain('// mine\n{\n  "theme": "One Dark", // dark\n');
    expect(text).toContain('"context_servers"');
    expect(terminal.stdout()).toContain('-  "agent_servers": { "Other": { "command": "x" } },');
    expect(readFileSync(join(home, "dotfiles/zed.json.before-nexus"), "utf8")).toBe(MINE);
    for (const name of ["zed.json", "zed.json.before-nexus"])
      expect(statSync(join(home, "dotfiles", name)).mode & 0o777).toBe(0o600);
    writeFileSync(zed(), MINE);
    await setup("zed --write", yes("y"));
    expect(readdirSync(join(home, "dotfiles")).sort()).toEqual([
      "zed.json",
      "zed.json.before-nexus",
      "zed.json.before-nexus-2",
    ]);
  });

  it("writes nothing when the link leads to another file than was shown", async () => {
    writeFiles(home, { "one.json": MINE, "two.json": MINE, ".config/zed/keymap.json": "[]" });
    symlinkSync(join(home, "one.json"), zed());
    const terminal = yes("y");
    const ask = terminal.ask;
    const turned: TestTerminal = {
      ...terminal,
      ask(...question) {
        rmSync(zed());
        symlinkSync(join(home, "two.json"), zed());
        return ask(...question);
      },
    };
    expect(await setup("zed --write", turned)).toBe(1);
    expect(["one.json", "two.json"].map((name) => readFileSync(join(home, name), "utf8"))).toEqual([MINE, MINE]);
  });

  const noes: [name: string, terminal: () => TestTerminal, env: Record<string, string>, code: number][] = [
    ["the person says no", () => yes("n"), {}, 3],
    ["the person says something else", () => yes("maybe"), {}, 3],
    ["the input ends", () => yes(...([undefined] as unknown as string[])), {}, 3],
    ["there is no terminal", () => createTestTerminal(false), {}, 3],
    ["an agent asks for it", () => yes("y"), { NEXUS_AGENT: "1" }, 3],
  ];
  it.each(noes)("writes nothing when %s", async (_name, terminal, env, code) => {
    writeFiles(home, { ".config/zed/settings.json": MINE });
    expect(await setup("zed --write", terminal(), env)).toBe(code);
    expect(readdirSync(join(home, ".config", "zed"))).toEqual(["settings.json"]);
    expect(readFileSync(zed(), "utf8")).toBe(MINE);
  });

  it.each(["--write", "zed --write --json", "notepad"])("refuses `%s` as wrong usage", async (line) => {
    await expect(setup(line, yes("y"))).rejects.toMatchObject({ value: { code: "usage.invalid" } });
  });

  it("leaves a file that it cannot read as it is, and says why", async () => {
    const files = { ".claude.json": '{ "a": ', ".config/Claude/claude_desktop_config.json": "{}" };
    writeFiles(home, files);
    const terminal = yes("y");
    expect(await setup("claude --write", terminal)).toBe(1);
    expect(terminal.stderr()).toMatch(/\.claude\.json is left as it is\. It is not JSON \(line 1: a value is expected/);
    expect(readFileSync(join(home, ".claude.json"), "utf8")).toBe(files[".claude.json"]);
    expect(readFileSync(join(home, ".config/Claude/claude_desktop_config.json"), "utf8")).toContain('"nexus"');
  });

  it.each([
    ["UTF-8", Buffer.from([0x7b, 0xff, 0x7d]), "It is not UTF-8."],
    ["a file", undefined, "It cannot be read (EISDIR)."],
  ])("leaves what is not %s alone", async (_name, bytes, why) => {
    writeFiles(home, bytes === undefined ? { ".cursor/mcp.json/x": "" } : { ".cursor/x": "" });
    if (bytes !== undefined) writeFileSync(join(home, ".cursor/mcp.json"), bytes);
    const terminal = yes("y");
    expect(await setup("cursor --write", terminal)).toBe(1);
    expect(terminal.stderr()).toContain(why);
    expect(terminal.questions).toEqual([]);
  });

  const cursor = () => JSON.parse(readFileSync(join(home, ".cursor/mcp.json"), "utf8")).mcpServers.nexus.args.slice(1);

  it("names the project where it is called, or those that are given, and keeps the ones that are named already", async () => {
    await setup("cursor --write", yes("y"));
    expect(cursor()).toEqual(["mcp", "--repo", join(home, "project")]);
    const elsewhere = yes();
    expect(await setup("cursor --write", elsewhere, {}, join(home, "other"))).toBe(0);
    expect(elsewhere.stdout()).toContain("already set");
    expect(await setup("cursor --write --repo a --repo /b", yes("y"), {}, join(home, "other"))).toBe(0);
    expect(cursor()).toEqual(["mcp", "--repo", join(home, "other/a"), "--repo", "/b"]);
    expect(await setup("cursor --write", yes(), {}, home)).toBe(0);
  });

  it.each(["/", ""])(
    "names no project when it is called in %j or the home folder, and does what needs none",
    async (cwd) => {
      const terminal = yes("y");
      expect(await setup("claude --write", terminal, {}, cwd || home)).toBe(1);
      expect(terminal.stderr()).toContain("claude_desktop_config.json is left as it is. Name the project");
      expect(readFileSync(join(home, ".claude.json"), "utf8")).toContain('"mcp"');
      const printed = createTestTerminal();
      await setup("claude", printed, {}, cwd || home);
      expect(printed.stdout()).toMatch(/MCP: .*Claude Desktop +\[needs --repo DIR\]/);
      expect(printed.stdout()).toContain("/path/of/your/project");
    },
  );

  it("writes nothing over a file that changed while the person read", async () => {
    writeFiles(home, { ".cursor/mcp.json": "{}" });
    const terminal = yes();
    terminal.ask = async () => {
      writeFileSync(join(home, ".cursor/mcp.json"), '{"new": 1}');
      return "y";
    };
    expect(await setup("cursor --write", terminal)).toBe(1);
    expect(terminal.stderr()).toContain("It changed meanwhile");
    expect(readFileSync(join(home, ".cursor/mcp.json"), "utf8")).toBe('{"new": 1}');
  });
});
