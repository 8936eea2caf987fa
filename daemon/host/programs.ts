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

/** The program that looks at files of a field apart from the daemon, and the folder of grammars that it reads. */
export function judgeProgram(): { readonly node: string; readonly file: string; readonly grammars: string } {
  const node = process.execPath;
  if (typeof __NEXUS_VERSION__ !== "string") {
    const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
    return { node, file: at("../tools/fields/judge/program.ts"), grammars: at("../../grammars") };
  }
  const at = (path: string) => fileURLToPath(new URL(import.meta.url.replace(/\/dist\/daemon\/.*$/, `/dist/${path}`)));
  return { node, file: at("daemon/field-judge.js"), grammars: at("grammars") };
}
