/** Programs of our own that run as processes of their own. */
import { delimiter, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isExecutable } from "./files.ts";

declare const __NEXUS_VERSION__: string | undefined;

/** The file of the program that leads from inside a sandbox to the proxy, and what starts it. */
export function bridgeProgram(): InsideProgram {
  return insideProgram("bridge", new URL("./bridge.ts", import.meta.url));
}

/** The file of the program that lets whoever runs a command in to its server (door.ts). */
export function doorProgram(): InsideProgram {
  return insideProgram("door-inside", new URL("./door-inside.ts", import.meta.url));
}

export interface InsideProgram {
  readonly node: string;
  readonly file: string;
  /** Under which it stands inside. */
  readonly name: string;
}

function insideProgram(name: string, source: URL): InsideProgram {
  const node = process.execPath;
  if (typeof __NEXUS_VERSION__ !== "string") return { node, file: fileURLToPath(source), name: `${name}.mts` };
  const url = new URL(import.meta.url.replace(/\/dist\/\w+\/[^?#]*$/, `/dist/daemon/${name}.js`));
  return { node, file: fileURLToPath(url), name: `${name}.mjs` };
}

/** The program that looks at files of a field apart from the daemon, and the folder of grammars that it reads. */
export function judgeProgram(): { readonly node: string; readonly file: string; readonly grammars: string } {
  const node = process.execPath;
  if (typeof __NEXUS_VERSION__ !== "string") {
    const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
    return { node, file: at("../tools/fields/judge/program.ts"), grammars: at("../../grammars") };
  }
  const at = (path: string) => fileURLToPath(new URL(import.meta.url.replace(/\/dist\/\w+\/[^?#]*$/, `/dist/${path}`)));
  return { node, file: at("daemon/field-judge.js"), grammars: at("grammars") };
}

/** The file of our Python program that runs an installed MetaGPT. */
export function metagptBridge(): string {
  const name = "nexus_metagpt_bridge.py";
  if (typeof __NEXUS_VERSION__ !== "string")
    return fileURLToPath(new URL(`../metagpt/adapter/${name}`, import.meta.url));
  return fileURLToPath(new URL(import.meta.url.replace(/\/dist\/\w+\/[^?#]*$/, `/dist/daemon/${name}`)));
}

const SUFFIXES = process.platform === "win32" ? ["", ".exe", ".cmd", ".bat", ".ps1"] : [""];

/** Whether a shell that starts in these folders' project would find a program: in one of them, or in PATH. */
export async function hasProgram(
  name: string,
  folders: readonly string[],
  path = process.env["PATH"],
): Promise<boolean> {
  if (!/^[\w.+-]{1,100}$/.test(name)) return false;
  for (const place of [...folders, ...foldersOf(path)])
    for (const suffix of SUFFIXES) if (await isExecutable(join(place, `${name}${suffix}`))) return true;
  return false;
}

/** Absolute path of the program that a shell would start; undefined: there is none. */
export async function findProgram(name: string, path: string | undefined): Promise<string | undefined> {
  for (const place of foldersOf(path))
    for (const suffix of SUFFIXES) {
      const file = join(place, `${name}${suffix}`);
      if (await isExecutable(file)) return file;
    }
  return undefined;
}

function foldersOf(path: string | undefined): string[] {
  return (path ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
}
