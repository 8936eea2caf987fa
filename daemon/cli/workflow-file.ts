/** Which workflow a word on the command line means, and the inputs that were given with it. */
import { basename, dirname, resolve } from "node:path";
import { nexusError, type WorkflowStart } from "../../protocol/index.ts";
import { readText, realPath, stat } from "../host/files.ts";
import { type Loaded, type LoadedBundle, loadBundle, WORKFLOW_FOLDER } from "../orchestration/workflows/bundle.ts";
import type { Json } from "../orchestration/workflows/definition.ts";
import { inputFromText } from "../orchestration/workflows/inputs.ts";
import { problemText } from "../orchestration/workflows/pin.ts";
import { nameIn, workflowsIn } from "../orchestration/workflows/source.ts";
import type { CliContext } from "./context.ts";
import type { Arguments } from "./parse.ts";

export interface WorkflowWord {
  readonly workspace: string;
  readonly file: string;
  readonly loaded: Loaded;
  /** For run/start: the path in the workspace, or the text of a file that is not in it. */
  readonly start: WorkflowStart;
}

const ENDINGS = ["", ".yaml", ".yml", ".nexus.yaml", ".nexus.yml"];

/** Throws `usage.invalid` when there is no such file, and `workspace.missing`. */
export async function workflowWord(context: CliContext, args: Arguments, word = ""): Promise<WorkflowWord> {
  const folder = resolve(context.cwd, args.text("repo") ?? ".");
  const workspace = await realPath(folder).catch(() => {
    throw nexusError("workspace.missing", folder);
  });
  const file = await fileOf(context, workspace, word);
  const path = nameIn(workspace, file);
  if (path !== undefined)
    return { workspace, file: path, loaded: await loadBundle(workflowsIn(workspace), path), start: { path } };
  const text = (await readText(file)) ?? "";
  const loaded = await loadBundle(workflowsIn(dirname(file)), basename(file));
  return { workspace, file, loaded, start: { path: basename(file), text } };
}

async function fileOf({ cwd }: CliContext, workspace: string, word: string): Promise<string> {
  const named = ENDINGS.map((ending) => resolve(workspace, WORKFLOW_FOLDER, `${word}${ending}`));
  const isName = !/[/\\]/.test(word);
  for (const file of [resolve(cwd, word), resolve(workspace, word), ...(isName ? named : [])])
    if ((await stat(file).catch(() => undefined))?.isFile() === true) return realPath(file);
  throw nexusError("usage.invalid", `There is no workflow file ${word}, and none of that name in ${WORKFLOW_FOLDER}/.`);
}

/** Throws `workflow.invalid` with the problems. */
export function usable({ loaded }: WorkflowWord): LoadedBundle {
  if (loaded.ok) return loaded.value;
  throw nexusError("workflow.invalid", loaded.problems.slice(0, 5).map(problemText).join("; "));
}

/** Throws `usage.invalid` for what is no NAME=VALUE. */
export function inputsFrom(args: Arguments, { main }: LoadedBundle): Record<string, Json> {
  const pairs = args.texts("input").map((pair): [string, Json] => {
    const [, name, value] = /^([^=]+)=([\s\S]*)$/.exec(pair) ?? [];
    if (name === undefined || value === undefined)
      throw nexusError("usage.invalid", `--input wants NAME=VALUE, not “${pair}”.`);
    return [name.trim(), inputFromText(main, name.trim(), value)];
  });
  return Object.fromEntries(pairs);
}
