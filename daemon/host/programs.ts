/** Programs of our own that run as processes of their own. */
import { delimiter, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isExecutable } from "./files.ts";

declare const __NEXUS_VERSION__: string | undefined;

/** The file of the program that leads from inside a sandbox to the proxy, and what starts it. */
export function bridgeProgram(): { readonly node: string; readonly file: string; readonly name: string } {
  const node = process.execPath;
  if (typeof __NEXUS_VERSION__ !== "string")
    return { node, file: fileURLToPath(new URL("./bridge.ts", import.meta.url)), name: "bridge.mts" };
  const url = new URL(import.meta.url.replace(/\/dist\/daemon\/.*$/, "/dist/daemon/bridge.js"));
  return { node, file: fileURLToPath(url), name: "bridge.mjs" };
}

const SUFFIXES = process.platform === "win32" ? ["", ".exe", ".cmd", ".bat", ".ps1"] : [""];

/** Whether a shell that starts in these folders' project would find a program: in one of them, or in PATH. */
export async function hasProgram(
  name: string,
  folders: readonly string[],
  path = process.env["PATH"],
): Promise<boolean> {
  if (!/^[\w.+-]{1,100}$/.test(name)) return false;
  const places = [...folders, ...(path ?? "").split(delimiter).filter((folder) => isAbsolute(folder))];
  for (const place of places)
    for (const suffix of SUFFIXES) if (await isExecutable(join(place, `${name}${suffix}`))) return true;
  return false;
}
