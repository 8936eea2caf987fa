/** nexus setup: how each editor finds Nexus; printed, or written after a yes. */
import { dirname, isAbsolute, relative, resolve } from "node:path";
import { nexusError } from "../../protocol/index.ts";
import { type Machine, thisMachine } from "../host/editor-places.ts";
import { ownProgram } from "../host/own-program.ts";
import { AGENT_VARIABLE } from "../security/environment.ts";
import { unifiedDiff } from "../tools/files/write-preview.ts";
import { type CliContext, printJson } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { printable } from "./format.ts";
import type { Arguments } from "./parse.ts";
import type { Projects } from "./setup/editor.ts";
import { EDITOR_NAMES, type EditorName, editorCalled, isEditorName } from "./setup/editors.ts";
import { type LookedAtEditor, lookAt } from "./setup/look.ts";
import { startsOf } from "./setup/start.ts";
import { diffText, editorText, listText } from "./setup/text.ts";
import { type PlannedWrite, plannedWrites, write } from "./setup/write.ts";

const MOST_WIDTH = 200;

export async function setupCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const machine = thisMachine(context.env);
  const start = startsOf(await ownProgram(context.main), context.env["NEXUS_HOME"] && context.home);
  const projects = projectsOf(context, args, machine);
  const [name] = args.words;
  if (name === undefined) return list(context, args, (each) => lookAt(editorCalled(each), machine, start, projects));
  if (!isEditorName(name))
    throw nexusError("usage.invalid", `Nexus knows no editor “${name}”; it knows ${EDITOR_NAMES.join(", ")}.`);
  const looked = await lookAt(editorCalled(name), machine, start, projects);
  if (args.has("write")) return writeAll(context, args, machine, looked);
  if (args.has("json")) printJson(context, jsonOf(name, looked));
  else context.terminal.out(editorText(looked, context.paint));
  return EXIT.done;
}

/** The whole disk and what holds the home folder are more than a project; `nexus mcp` would refuse them. */
function projectsOf({ cwd }: CliContext, args: Arguments, { home }: Machine): Projects {
  const toHome = relative(cwd, home);
  const isProject = dirname(cwd) !== cwd && (toHome.startsWith("..") || isAbsolute(toHome));
  return { given: args.texts("repo").map((folder) => resolve(cwd, folder)), here: isProject ? cwd : undefined };
}

type Look = (name: EditorName) => Promise<LookedAtEditor>;

async function list(context: CliContext, args: Arguments, look: Look): Promise<ExitCode> {
  if (args.has("write")) throw nexusError("usage.invalid", `--write needs an editor: ${EDITOR_NAMES.join(", ")}.`);
  const looked = await Promise.all(EDITOR_NAMES.map(async (name) => [name, await look(name)] as const));
  if (args.has("json")) printJson(context, { editors: looked.map(([name, editor]) => jsonOf(name, editor)) });
  else context.terminal.out(listText(looked, context.paint));
  return EXIT.done;
}

function jsonOf(name: string, { editor, found, parts }: LookedAtEditor): object {
  return {
    editor: name,
    title: editor.title,
    found: found ?? null,
    parts: parts.map(({ protocol, gives, state, why, file, snippet, steps, page }) => ({
      protocol,
      gives,
      state,
      ...(why === undefined ? {} : { why }),
      file: file?.path ?? null,
      snippet,
      steps,
      page,
    })),
  };
}

async function writeAll(
  context: CliContext,
  args: Arguments,
  machine: Machine,
  looked: LookedAtEditor,
): Promise<ExitCode> {
  const { terminal, env } = context;
  if (args.has("json")) throw nexusError("usage.invalid", "--write asks a person; it does not go with --json.");
  if (!terminal.isInteractive || env[AGENT_VARIABLE]) {
    terminal.err("nexus: --write needs a person at a terminal who says yes. Nothing was written.\n");
    return EXIT.denied;
  }
  const unreadable = looked.parts.filter(({ state }) => state === "unreadable" || state === "incomplete");
  for (const { file, why } of unreadable)
    terminal.err(`nexus: ${printable(file?.path ?? "")} is left as it is. ${why ?? ""}\n`);
  const writes = await plannedWrites(looked.parts);
  const code = unreadable.length > 0 ? EXIT.failed : EXIT.done;
  if (writes.length === 0) {
    if (code === EXIT.done) terminal.out(alreadySet(looked));
    return code;
  }
  for (const planned of writes) terminal.out(shown(context, planned));
  const files = writes.length === 1 ? "this file" : `these ${writes.length} files`;
  if (!/^y(es)?$/i.test((await terminal.ask(`Write ${files}? [y]es, [n]o: `))?.trim() ?? "")) {
    terminal.out("Nothing was written.\n");
    return EXIT.denied;
  }
  const written: boolean[] = [];
  for (const planned of writes) written.push(await writeOne(context, machine, planned));
  if (!written.every(Boolean)) return EXIT.failed;
  for (const { state, steps } of looked.parts)
    if (state === "missing" || state === "different") for (const line of steps) terminal.out(`  ${line}\n`);
  return code;
}

function alreadySet({ editor, parts }: LookedAtEditor): string {
  const byHand = parts.filter(({ state }) => state === "manual").map(({ protocol }) => protocol);
  const more = byHand.length === 0 ? "" : ` By hand remains: ${byHand.join(", ")} (see nexus setup without --write).`;
  return `${editor.title} is already set.${more}\n`;
}

function shown(context: CliContext, planned: PlannedWrite): string {
  const { path, target } = planned;
  const link = target === path ? "" : `${printable(path)} is a link: ${printable(target)} is written.\n`;
  return `${link}${diffOf(context, planned)}`;
}

function diffOf({ terminal, paint }: CliContext, { path, before, after }: PlannedWrite): string {
  const from = before === undefined ? "/dev/null" : path;
  const diff = unifiedDiff(from, path, before ?? "", after);
  if (diff === undefined) return `${printable(path)}: ${before?.length ?? 0} characters become ${after.length}\n`;
  return diffText(diff, Math.min(Math.max(terminal.columns, 40), MOST_WIDTH), paint);
}

async function writeOne({ terminal, paint }: CliContext, machine: Machine, planned: PlannedWrite): Promise<boolean> {
  const written = await write(machine, planned);
  if (!written.ok) {
    terminal.err(`nexus: ${printable(planned.path)} is left as it is. ${written.why}\n`);
    return false;
  }
  const kept = written.backup === undefined ? "" : ` The old one is ${printable(written.backup)}.`;
  terminal.out(`${paint("green", "✓")} ${printable(planned.path)} is written.${kept}\n`);
  return true;
}
