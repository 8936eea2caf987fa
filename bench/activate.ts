/**
 * Loads and activates the extension's bundle with a `vscode` module that takes every call and does nothing, and prints
 * the milliseconds. A process of its own for each measurement, since modules load once.
 */
import { readFileSync } from "node:fs";
import { createRequire, registerHooks } from "node:module";
import { tmpdir } from "node:os";
import { pathToFileURL } from "node:url";

const NOTHING = `
const nothing = new Proxy(function () {}, {
  get: (target, name) => (name === Symbol.iterator ? [][Symbol.iterator].bind([]) : name === "then" || typeof name === "symbol" ? undefined : name === "fsPath" ? ${JSON.stringify(tmpdir())} : nothing),
  apply: () => nothing,
  construct: () => nothing,
});`;

const bundle = new URL("../dist/extension/extension.js", import.meta.url);
const stub = `${NOTHING}\n${apiNames()
  .map((name) => `export const ${name} = nothing;`)
  .join("\n")}\nexport default nothing;`;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "vscode" ? { url: "nothing:vscode", format: "module", shortCircuit: true } : next(specifier, context),
  load: (url, context, next) =>
    url === "nothing:vscode" ? { format: "module", source: stub, shortCircuit: true } : next(url, context),
});

const { nothing } = await import(
  `data:text/javascript,${encodeURIComponent(NOTHING.replace("const nothing", "export const nothing"))}`
);
const context = {
  subscriptions: [],
  extensionPath: tmpdir(),
  extensionUri: pathToFileURL(tmpdir()),
  secrets: nothing,
  globalState: nothing,
  workspaceState: nothing,
  extension: nothing,
};
const startedAt = performance.now();
const extension = await import(bundle.href);
await extension.activate(context);
process.stdout.write(`${performance.now() - startedAt}\n`, () => process.exit(0));

/** Every name that the API's declaration exports, so that any of them can be imported. */
function apiNames(): string[] {
  const declaration = readFileSync(createRequire(import.meta.url).resolve("@types/vscode/index.d.ts"), "utf8");
  const names = [...declaration.matchAll(/^\s*export (?:abstract )?(?:class|enum|namespace|const|function) (\w+)/gm)];
  return [...new Set(names.map(([, name = ""]) => name))].filter((name) => name !== "");
}
