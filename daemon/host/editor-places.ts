/** Where editors keep what a person configures, and whether they are on this machine. */
import { homedir } from "node:os";
import { posix, win32 } from "node:path";
import { stat } from "./files.ts";
import { findProgram } from "./programs.ts";

export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
}

export function thisMachine(env: Machine["env"]): Machine {
  // On Windows only shells that come from elsewhere set HOME, and editors do not look there.
  const home = (process.platform === "win32" ? undefined : env["HOME"]) || homedir();
  return { env, platform: process.platform, home };
}

/** A file of Neovim's own for us: everything in this folder is loaded at the start. */
export function neovimPluginFile(machine: Machine): string {
  const name = machine.env["NVIM_APPNAME"] || "nvim";
  return under(machine, isWindows(machine) ? localData(machine) : configHome(machine), name, "plugin", "nexus.lua");
}

/** Emacs reads the first of these that is there; without any, the last but one. */
export async function emacsInitFile(machine: Machine): Promise<string> {
  const home = isWindows(machine) ? machine.env["HOME"] || roaming(machine) : machine.home;
  const folder = under(machine, home, ".emacs.d");
  const modern = under(machine, configHome(machine), "emacs");
  for (const file of [under(machine, home, ".emacs.el"), under(machine, home, ".emacs")])
    if ((await stat(file)) !== undefined) return file;
  const hasModern = (await stat(folder)) === undefined && (await stat(modern)) !== undefined;
  return under(machine, hasModern ? modern : folder, "init.el");
}

export function helixLanguagesFile(machine: Machine): string {
  return under(machine, isWindows(machine) ? roaming(machine) : configHome(machine), "helix", "languages.toml");
}

export function zedSettingsFile(machine: Machine): string {
  if (isWindows(machine)) return under(machine, roaming(machine), "Zed", "settings.json");
  const base = machine.platform === "darwin" ? under(machine, machine.home, ".config") : configHome(machine);
  return under(machine, base, "zed", "settings.json");
}

export function jetbrainsAgentsFile(machine: Machine): string {
  return under(machine, machine.home, ".jetbrains", "acp.json");
}

export function claudeCodeFile(machine: Machine): string {
  return under(machine, machine.env["CLAUDE_CONFIG_DIR"] || machine.home, ".claude.json");
}

export function claudeDesktopFile(machine: Machine): string {
  const base = {
    win32: () => roaming(machine),
    darwin: () => under(machine, machine.home, "Library", "Application Support"),
    other: () => configHome(machine),
  };
  const kind = machine.platform === "win32" || machine.platform === "darwin" ? machine.platform : "other";
  return under(machine, base[kind](), "Claude", "claude_desktop_config.json");
}

export function cursorServersFile(machine: Machine): string {
  return under(machine, machine.home, ".cursor", "mcp.json");
}

/** What tells that an editor is here: programs in PATH, applications of macOS, folders that it has made. */
export interface Traces {
  readonly programs: readonly string[];
  readonly applications?: readonly string[];
  readonly folders?: readonly string[];
}

/** The first trace that is there, as an absolute path; undefined: none. */
export async function findEditor(machine: Machine, traces: Traces): Promise<string | undefined> {
  for (const program of traces.programs) {
    const file = await findProgram(program, machine.env["PATH"] ?? machine.env["Path"]);
    if (file !== undefined) return file;
  }
  const applications = machine.platform === "darwin" ? (traces.applications ?? []) : [];
  const places = [...applications.map((name) => `/Applications/${name}.app`), ...(traces.folders ?? [])];
  for (const place of places) if ((await stat(place)) !== undefined) return place;
  return undefined;
}

/** Folders in which JetBrains' editors keep their settings. */
export function jetbrainsFolder(machine: Machine): string {
  if (isWindows(machine)) return under(machine, roaming(machine), "JetBrains");
  if (machine.platform === "darwin") return under(machine, machine.home, "Library", "Application Support", "JetBrains");
  return under(machine, configHome(machine), "JetBrains");
}

/** The folder that holds a file. */
export function folderOf(machine: Machine, file: string): string {
  return (isWindows(machine) ? win32 : posix).dirname(file);
}

function isWindows({ platform }: Machine): boolean {
  return platform === "win32";
}

function under(machine: Machine, ...parts: readonly string[]): string {
  return (isWindows(machine) ? win32 : posix).join(...parts);
}

function configHome(machine: Machine): string {
  const folder = machine.env["XDG_CONFIG_HOME"];
  return folder !== undefined && posix.isAbsolute(folder) ? folder : under(machine, machine.home, ".config");
}

function roaming(machine: Machine): string {
  return machine.env["APPDATA"] || under(machine, machine.home, "AppData", "Roaming");
}

function localData(machine: Machine): string {
  return machine.env["LOCALAPPDATA"] || under(machine, machine.home, "AppData", "Local");
}
