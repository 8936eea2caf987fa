/** The guides of docs/editors: their commands are real, and what they show is what `nexus setup` prints. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parseCommandLine } from "../../../daemon/cli/parse.ts";
import { runCli } from "../../../daemon/cli/run-cli.ts";
import { EDITOR_NAMES, editorCalled, isEditorName } from "../../../daemon/cli/setup/editors.ts";
import { startsOf } from "../../../daemon/cli/setup/start.ts";
import { createTestTerminal } from "../../support/cli.ts";

const folder = fileURLToPath(new URL("../../../docs/editors", import.meta.url));
const guides = readdirSync(folder).filter((name) => name.endsWith(".md"));
const PROGRAM = { command: "/usr/bin/node", args: ["/usr/lib/node_modules/nexus/dist/daemon/main.js"] };
const MACHINE = { platform: "linux", home: "/home/you", env: {} } as const;

interface Fence {
  readonly language: string;
  readonly text: string;
}

const read = (guide: string) => readFileSync(join(folder, guide), "utf8");

function fencesOf(guide: string): Fence[] {
  return [...read(guide).matchAll(/^```(\w*)\n(.*?)\n```$/gms)].map(([, language = "", text = ""]) => ({
    language,
    text,
  }));
}

/** Lines of shell fences, and what stands in the text as `nexus …`. */
function commandsOf(guide: string): string[] {
  const lines = fencesOf(guide).flatMap(({ language, text }) => (language === "sh" ? text.split("\n") : []));
  const prose = read(guide).replace(/^```.*?^```$/gms, "");
  const named = [...prose.matchAll(/`(nexus [^`]*)`/g)].map(([, command = ""]) => command);
  return [...lines, ...named].map((line) => line.replace(/\s+#.*$/, "").trim());
}

it("has a guide with a picture for each editor, and a list of all", () => {
  expect(guides.sort()).toEqual(["README.md", ...EDITOR_NAMES.map((name) => `${name}.md`)].sort());
  for (const name of EDITOR_NAMES) {
    expect(read(`${name}.md`)).toMatch(/^!\[.{30,}\]\(\.\.\/images\/editors\/[\w-]+\.svg\)$/m);
    expect(read("README.md")).toContain(`(${name}.md)`);
  }
});

describe.each(guides)("%s", (guide) => {
  it("names commands that exist", () => {
    const commands = commandsOf(guide);
    expect(commands.length).toBeGreaterThan(0);
    for (const command of commands) {
      expect(command.startsWith("nexus "), command).toBe(true);
      expect(parseCommandLine(command.split(/\s+/).slice(1)).kind, command).toBe("run");
    }
  });

  it("shows commands that do what it says", async () => {
    const home = mkdtempSync(join(tmpdir(), "nexus-guide-"));
    try {
      for (const command of commandsOf(guide).filter((line) => line.startsWith("nexus setup"))) {
        const terminal = createTestTerminal();
        const place = { terminal, env: { HOME: home, PATH: "" }, cwd: home, main: "/main.js", serve: async () => 0 };
        // Nobody is at this terminal.
        expect(await runCli(command.split(/\s+/).slice(1), place), command).toBe(command.includes("--write") ? 3 : 0);
      }
      expect(readdirSync(home)).toEqual([]);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });

  const name = guide.replace(".md", "");
  if (isEditorName(name))
    it("shows what nexus setup prints", async () => {
      const parts = await editorCalled(name).parts(MACHINE, startsOf(PROGRAM, undefined), {
        given: ["/home/you/project"],
        here: undefined,
      });
      const shown = fencesOf(guide).filter(({ language }) => language !== "sh");
      expect(shown.length).toBeGreaterThan(0);
      for (const { text } of shown)
        expect(
          parts.some(({ snippet }) => snippet.includes(text)),
          text,
        ).toBe(true);
      for (const { page } of parts) expect(read(guide)).toContain(page);
    });
});
