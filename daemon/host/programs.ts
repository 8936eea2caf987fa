/** Programs of our own that run as processes of their own. */
import { fileURLToPath } from "node:url";

declare const __NEXUS_VERSION__: string | undefined;

/** The file of the program that leads from inside a sandbox to the proxy, and what starts it. */
export function bridgeProgram(): { readonly node: string; readonly file: string; readonly name: string } {
  const node = process.execPath;
  if (typeof __NEXUS_VERSION__ !== "string")
    return { node, file: fileURLToPath(new URL("./bridge.ts", import.meta.url)), name: "bridge.mts" };
  const url = new URL(import.meta.url.replace(/\/dist\/daemon\/.*$/, "/dist/daemon/bridge.js"));
  return { node, file: fileURLToPath(url), name: "bridge.mjs" };
}
