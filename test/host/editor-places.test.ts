/** Where editors keep their configuration on each system, and how they start Nexus. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as places from "../../daemon/host/editor-places.ts";
import { ownProgram } from "../../daemon/host/own-program.ts";

const LINUX: places.Machine = { platform: "linux", home: "/home/a", env: { XDG_CONFIG_HOME: "/x" } };
const MAC: places.Machine = { platform: "darwin", home: "/Users/a", env: {} };
const WINDOWS: places.Machine = {
  platform: "win32",
  home: "C:\\Users\\a",
  env: { APPDATA: "C:\\Users\\a\\AppData\\Roaming" },
};

describe("configuration files", () => {
  const cases: [
    name: string,
    file: (machine: places.Machine) => string,
    linux: string,
    mac: string,
    windows: string,
  ][] = [
    [
      "Neovim",
      places.neovimPluginFile,
      "/x/nvim/plugin/nexus.lua",
      "/Users/a/.config/nvim/plugin/nexus.lua",
      "C:\\Users\\a\\AppData\\Local\\nvim\\plugin\\nexus.lua",
    ],
    [
      "Helix",
      places.helixLanguagesFile,
      "/x/helix/languages.toml",
      "/Users/a/.config/helix/languages.toml",
      "C:\\Users\\a\\AppData\\Roaming\\helix\\languages.toml",
    ],
    [
      "Zed",
      places.zedSettingsFile,
      "/x/zed/settings.json",
      "/Users/a/.config/zed/settings.json",
      "C:\\Users\\a\\AppData\\Roaming\\Zed\\settings.json",
    ],
    [
      "JetBrains",
      places.jetbrainsAgentsFile,
      "/home/a/.jetbrains/acp.json",
      "/Users/a/.jetbrains/acp.json",
      "C:\\Users\\a\\.jetbrains\\acp.json",
    ],
    [
      "Claude Code",
      places.claudeCodeFile,
      "/home/a/.claude.json",
      "/Users/a/.claude.json",
      "C:\\Users\\a\\.claude.json",
    ],
    [
      "Claude Desktop",
      places.claudeDesktopFile,
      "/x/Claude/claude_desktop_config.json",
      "/Users/a/Library/Application Support/Claude/claude_desktop_config.json",
      "C:\\Users\\a\\AppData\\Roaming\\Claude\\claude_desktop_config.json",
    ],
    [
      "Cursor",
      places.cursorServersFile,
      "/home/a/.cursor/mcp.json",
      "/Users/a/.cursor/mcp.json",
      "C:\\Users\\a\\.cursor\\mcp.json",
    ],
  ];
  it.each(cases)("of %s", (_name, file, linux, mac, windows) => {
    expect([LINUX, MAC, WINDOWS].map(file)).toEqual([linux, mac, windows]);
  });
});

describe("on this disk", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "nexus-places-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("finds the init file that Emacs reads", async () => {
    const machine: places.Machine = { platform: "linux", home: folder, env: {} };
    const find = async () => (await places.emacsInitFile(machine)).slice(folder.length);
    expect(await find()).toBe("/.emacs.d/init.el");
    mkdirSync(join(folder, ".config/emacs"), { recursive: true });
    expect(await find()).toBe("/.config/emacs/init.el");
    mkdirSync(join(folder, ".emacs.d"));
    expect(await find()).toBe("/.emacs.d/init.el");
    writeFileSync(join(folder, ".emacs"), "");
    expect(await find()).toBe("/.emacs");
  });

  it("names Node by the link that outlives an update, where there is one", async () => {
    writeFileSync(join(folder, "node-24.1"), "");
    writeFileSync(join(folder, "node-22.1"), "");
    symlinkSync(join(folder, "node-22.1"), join(folder, "other"));
    symlinkSync(join(folder, "node-24.1"), join(folder, "node"));
    const node = join(folder, "node-24.1");
    const links = [join(folder, "none"), join(folder, "other"), join(folder, "node")];
    expect(await ownProgram("/main.js", node, links)).toEqual({ command: join(folder, "node"), args: ["/main.js"] });
    expect(await ownProgram("/main.js", node, links.slice(0, 2))).toEqual({ command: node, args: ["/main.js"] });
  });
});
