/** Editors and assistants that keep a list of programs in a JSON file: Zed, JetBrains, Claude, Cursor. */
import {
  claudeCodeFile,
  claudeDesktopFile,
  cursorServersFile,
  folderOf,
  jetbrainsAgentsFile,
  jetbrainsFolder,
  zedSettingsFile,
} from "../../host/editor-places.ts";
import type { Editor, SetupPart } from "./editor.ts";
import { type JsonObject, mergeIntoJson } from "./json-edit.ts";
import { entry, LOOKS_ONLY, mcpPart, written } from "./mcp-part.ts";
import type { Start } from "./start.ts";

export const ZED: Editor = {
  title: "Zed",
  traces: (machine) => ({
    programs: ["zed", "zeditor"],
    applications: ["Zed", "Zed Preview"],
    folders: [folderOf(machine, zedSettingsFile(machine))],
  }),
  without: ["LSP: Zed starts language servers only for its extensions, not from settings."],
  async parts(machine, start, projects) {
    const path = zedSettingsFile(machine);
    return [
      jsonPart(
        path,
        { agent_servers: { Nexus: { type: "custom", ...entry(start("acp")) } } },
        {
          protocol: "ACP",
          gives: "threads with Nexus in the agent panel",
          steps: ["In the agent panel, “+” offers Nexus."],
          page: "https://zed.dev/docs/ai/external-agents",
        },
      ),
      mcpPart(path, { member: "context_servers" }, start, projects, {
        gives: "code memory, history and runs for Zed's own agent",
        steps: [LOOKS_ONLY],
        page: "https://zed.dev/docs/ai/mcp",
      }),
    ];
  },
};

export const JETBRAINS: Editor = {
  title: "JetBrains",
  traces: (machine) => ({
    programs: ["idea", "pycharm", "webstorm", "goland", "clion", "phpstorm", "rubymine", "rider", "rustrover"],
    applications: ["IntelliJ IDEA", "IntelliJ IDEA CE", "PyCharm", "WebStorm", "GoLand", "CLion", "PhpStorm", "Rider"],
    folders: [folderOf(machine, jetbrainsAgentsFile(machine)), jetbrainsFolder(machine)],
  }),
  without: [],
  async parts(machine, start, projects) {
    const lsp = start("lsp", "--stdio");
    return [
      jsonPart(
        jetbrainsAgentsFile(machine),
        { agent_servers: { Nexus: entry(start("acp")) } },
        {
          protocol: "ACP",
          gives: "chats with Nexus in AI Chat (AI Assistant 2025.3 and newer)",
          steps: ["In AI Chat, choose Nexus among the agents."],
          page: "https://www.jetbrains.com/help/ai-assistant/acp.html",
        },
      ),
      {
        protocol: "LSP",
        gives: "code actions, hover, lenses and findings, with the plugin LSP4IJ",
        snippet: commandLine(lsp),
        steps: [
          "Install LSP4IJ, then Settings > Languages & Frameworks > Language Servers > +: the name is Nexus, the command is the line above.",
          "Under Mappings, add file name patterns: *.ts, *.py, *.go and whatever your project is written in.",
          ...Object.entries(lsp.env).map(([name, value]) => `Under Environment variables, ${name} is ${value}.`),
        ],
        page: "https://github.com/redhat-developer/lsp4ij/blob/main/docs/UserDefinedLanguageServer.md",
      },
      mcpPart(undefined, { member: "mcpServers" }, start, projects, {
        gives: "code memory, history and runs for AI Assistant",
        steps: [
          "Settings > Tools > AI Assistant > Model Context Protocol (MCP) > Add > As JSON takes the text above.",
          LOOKS_ONLY,
        ],
        page: "https://www.jetbrains.com/help/ai-assistant/configure-an-mcp-server.html",
      }),
    ];
  },
};

export const CLAUDE: Editor = {
  title: "Claude",
  traces: (machine) => ({
    programs: ["claude"],
    applications: ["Claude"],
    folders: [folderOf(machine, claudeDesktopFile(machine))],
  }),
  without: [],
  async parts(machine, start, projects) {
    // Claude Code starts it in the project of the session.
    const code = { mcpServers: { nexus: { type: "stdio", ...entry(start("mcp")) } } };
    const desktop = mcpPart(claudeDesktopFile(machine), { member: "mcpServers" }, start, projects, {
      of: "Claude Desktop",
      gives: "code memory, history and runs in Claude Desktop",
      steps: ["Quit Claude Desktop and start it again.", LOOKS_ONLY],
      page: "https://modelcontextprotocol.io/docs/develop/connect-local-servers",
    });
    return [
      jsonPart(claudeCodeFile(machine), code, {
        protocol: "MCP",
        of: "Claude Code",
        gives: "code memory, history and runs in Claude Code, in all your projects",
        steps: [
          "`/mcp` in Claude Code shows whether it is connected; sessions that run already do not know it.",
          LOOKS_ONLY,
        ],
        page: "https://code.claude.com/docs/en/mcp",
      }),
      desktop,
    ];
  },
};

export const CURSOR: Editor = {
  title: "Cursor",
  traces: (machine) => ({
    programs: ["cursor"],
    applications: ["Cursor"],
    folders: [folderOf(machine, cursorServersFile(machine))],
  }),
  without: ["LSP, ACP: Cursor is made from VS Code and takes the Nexus extension instead."],
  async parts(machine, start, projects) {
    return [
      mcpPart(cursorServersFile(machine), { member: "mcpServers", more: { type: "stdio" } }, start, projects, {
        gives: "code memory, history and runs for Cursor's agent",
        steps: ["Settings > MCP lists Nexus; switch it on there.", LOOKS_ONLY],
        page: "https://cursor.com/docs/mcp",
      }),
    ];
  },
};

function jsonPart(path: string, wanted: JsonObject, rest: Omit<SetupPart, "snippet" | "file">): SetupPart {
  return { ...rest, snippet: written(wanted), file: { path, change: (present) => mergeIntoJson(present, wanted) } };
}

function commandLine({ command, args }: Start): string {
  return [command, ...args].map((word) => (/^[\w./:\\-]+$/.test(word) ? word : `"${word}"`)).join(" ");
}
