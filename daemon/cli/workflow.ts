/** nexus workflow run, validate, graph, list */
import { resolve } from "node:path";
import { loadBundle } from "../orchestration/workflows/bundle.ts";
import type { WorkflowInput } from "../orchestration/workflows/definition.ts";
import { mermaidOf } from "../orchestration/workflows/mermaid.ts";
import { workflowsIn } from "../orchestration/workflows/source.ts";
import { type CliContext, printJson } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { count, printable } from "./format.ts";
import type { Arguments } from "./parse.ts";
import { startAndAttend, workflowParams } from "./run.ts";
import { usable, workflowWord } from "./workflow-file.ts";

export async function workflowRunCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  return startAndAttend(context, args, await workflowParams(context, args, args.words[0] ?? ""));
}

export async function workflowValidateCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const { file, loaded } = await workflowWord(context, args, args.words[0]);
  const problems = loaded.ok ? [] : loaded.problems;
  if (args.has("json")) printJson(context, { file, ok: loaded.ok, problems });
  else if (loaded.ok)
    context.terminal.out(`${file} is right: ${count(Object.keys(loaded.value.bundle.files).length, "file")}.\n`);
  else
    for (const { file: where, line, column, path, message, hint } of problems)
      context.terminal.err(
        `${where}:${line}:${column}: ${printable(message)}${path === "" ? "" : ` (${path})`}\n  ${printable(hint)}\n`,
      );
  return loaded.ok ? EXIT.done : EXIT.failed;
}

export async function workflowGraphCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const word = await workflowWord(context, args, args.words[0]);
  context.terminal.out(mermaidOf(usable(word).main));
  return EXIT.done;
}

export async function workflowListCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const source = workflowsIn(resolve(context.cwd, args.text("repo") ?? "."));
  const found = [];
  for (const path of await source.list()) {
    const loaded = await loadBundle(source, path);
    if (!loaded.ok) found.push({ path, ok: false, problems: loaded.problems.length });
    else {
      const { name, description = "", inputs = {} } = loaded.value.main;
      found.push({ path, ok: true, name, description, inputs });
    }
  }
  if (args.has("json")) printJson(context, { workflows: found });
  else if (found.length === 0) context.terminal.out("There are no workflows in .nexus/workflows/.\n");
  else for (const one of found) context.terminal.out(`${printable(lineOf(one))}\n`);
  return EXIT.done;
}

interface Listed {
  readonly path: string;
  readonly name?: string;
  readonly description?: string;
  readonly inputs?: Readonly<Record<string, WorkflowInput>>;
  readonly problems?: number;
}

function lineOf({ path, name, description = "", inputs = {}, problems = 0 }: Listed): string {
  if (name === undefined) return `${path}  ✗ ${count(problems, "problem")}: nexus workflow validate ${path}`;
  const wanted = Object.entries(inputs).map(([key, input]) =>
    input.default === undefined && input.required !== false ? key : `[${key}]`,
  );
  const first = description.split("\n")[0] ?? "";
  return `${name}  ${[first, wanted.length === 0 ? "" : `(${wanted.join(", ")})`].filter((part) => part !== "").join(" ")}`;
}
