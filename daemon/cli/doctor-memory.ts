/** Code memory, looked at from outside: its files, what parses code here, and whether changes are noticed. */
import { join } from "node:path";
import type { CheckResult } from "../../protocol/index.ts";
import { listFolder } from "../host/files.ts";
import { watcherProblem } from "../host/watcher.ts";
import { createExtractor, type Engine } from "../memory/code/extract.ts";
import { grammarsBeside } from "../memory/code/languages.ts";
import type { CliContext } from "./context.ts";
import { problem } from "./doctor-daemon.ts";
import { count } from "./format.ts";

export async function checkMemory({ home, main }: Pick<CliContext, "home" | "main">): Promise<CheckResult[]> {
  const checks = [checkIndexes(join(home, "memory")), checkParsers(grammarsBeside(main)), checkWatcher()];
  return Promise.all(checks.map((check) => check.catch((error: unknown) => problem("code memory", error))));
}

async function checkIndexes(folder: string): Promise<CheckResult> {
  const { problemOfIndexFile } = await import("../store/index-file.ts");
  const folders = (await listFolder(folder).catch(() => [])).filter((entry) => entry.isDirectory());
  const problems = folders.flatMap(({ name }) => {
    const file = join(folder, name, "index.db");
    const found = problemOfIndexFile(file);
    return found === undefined ? [] : [`${file}: ${found}`];
  });
  if (problems.length === 0) return { name: "code memory", status: "ok", message: `${countOf(folders.length)}.` };
  const hint = "Nothing is lost: it is made anew from the files when the folder is next asked about.";
  return { name: "code memory", status: "warning", message: problems.join("; "), hint };
}

function countOf(indexes: number): string {
  return indexes === 1 ? "1 index, as it was written" : `${indexes} indexes, as they were written`;
}

/** Loads every grammar, which takes about a second on a busy machine. */
async function checkParsers(grammars: string): Promise<CheckResult> {
  const extractor = await createExtractor({ folder: grammars });
  const { all, problems } = extractor.languages;
  const parsed = all.filter(({ grammar }) => grammar !== undefined);
  const engines: { readonly name: string; readonly engine: Engine }[] = [];
  for (const { name } of parsed) engines.push({ name, engine: await extractor.engineOf(name) });
  extractor.dispose();
  const by = (wanted: Engine) => engines.filter(({ engine }) => engine === wanted).map(({ name }) => name);
  const [native, wasm, plain] = [by("native"), by("wasm"), by("plain")];
  const message = [
    `${count(native.length, "language")} natively`,
    ...(wasm.length === 0 ? [] : [`through WebAssembly: ${wasm.join(", ")}`]),
    ...(plain.length === 0 ? [] : [`as plain text: ${plain.join(", ")}`]),
    ...problems,
  ].join("; ");
  if (native.length > 0 && problems.length === 0) return { name: "parsers", status: "ok", message: `${message}.` };
  const hint = "Install Nexus again with its optional packages, for this machine's processor.";
  return { name: "parsers", status: "warning", message: `${message}.`, hint };
}

async function checkWatcher(): Promise<CheckResult> {
  const found = await watcherProblem();
  if (found === undefined) return { name: "watcher", status: "ok", message: "Changes of files are noticed." };
  const hint = "Indexes are brought up to date from time to time, and by `nexus index`.";
  return { name: "watcher", status: "warning", message: found, hint };
}
