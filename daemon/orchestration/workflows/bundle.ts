/** A workflow with all that it calls, as one run keeps it: files by path, read once. */
import { posix } from "node:path";
import type { Step, Workflow, WorkflowCall } from "./definition.ts";
import { listsOf, workOf } from "./definition.ts";
import { inputsOf } from "./inputs.ts";
import { parseWorkflow } from "./parse.ts";
import type { Locate, Problem } from "./problem.ts";

/** Where workflow files come from; paths are relative to the workspace, with `/`. */
export interface WorkflowSource {
  /** Undefined: there is no such file, or it is outside of the workspace. */
  read(path: string): Promise<string | undefined>;
  /** The files of `.nexus/workflows/`. */
  list(): Promise<readonly string[]>;
}

export interface Bundle {
  readonly entry: string;
  /** Text by path. */
  readonly files: Readonly<Record<string, string>>;
}

export interface LoadedBundle {
  readonly bundle: Bundle;
  readonly main: Workflow;
  /** The called workflow and its path. */
  resolve(from: string, call: WorkflowCall): { readonly path: string; readonly workflow: Workflow };
}

export interface FileProblem extends Problem {
  readonly file: string;
}

export type Loaded =
  | { readonly ok: true; readonly value: LoadedBundle }
  | { readonly ok: false; readonly problems: readonly FileProblem[] };

export const WORKFLOW_FOLDER = ".nexus/workflows";
const MOST_FILES = 30;
const BY_NAME = /\.(nexus\.)?ya?ml$/;

interface Known {
  readonly workflow: Workflow;
  readonly locate: Locate;
}

/** Reads a workflow and all that it calls, and checks them. `text`: instead of what the file holds. */
export async function loadBundle(source: WorkflowSource, entry: string, text?: string): Promise<Loaded> {
  const files: Record<string, string> = {};
  const known = new Map<string, Known>();
  const problems: FileProblem[] = [];

  async function take(path: string, content: string): Promise<void> {
    files[path] = content;
    const parsed = parseWorkflow(content);
    if (!parsed.ok) {
      problems.push(...parsed.problems.map((problem) => ({ ...problem, file: path })));
      return;
    }
    known.set(path, parsed);
    for (const { call, at } of callsOf(parsed.workflow.steps, ["steps"])) await follow(path, call, at, parsed.locate);
  }

  async function follow(from: string, call: WorkflowCall, path: Path, locate: Locate): Promise<void> {
    const target = call.file === undefined ? await byName(call.name ?? "") : joined(from, call.file);
    const wrong = (message: string, hint: string) => {
      problems.push({ ...locate({ path, message, hint }), file: from });
    };
    if (target === undefined)
      return wrong(
        `there is no workflow “${call.name ?? call.file}”`,
        `Put it into ${WORKFLOW_FOLDER}/, or name its file.`,
      );
    if (Object.hasOwn(files, target)) return;
    if (Object.keys(files).length >= MOST_FILES)
      return wrong(`more than ${MOST_FILES} workflows call each other`, "Call fewer.");
    const content = await source.read(target);
    if (content === undefined) return wrong(`there is no file ${target} in the workspace`, "Correct the path.");
    await take(target, content);
  }

  async function byName(name: string): Promise<string | undefined> {
    const all = await source.list();
    return all.find((path) => posix.basename(path).replace(BY_NAME, "") === name);
  }

  const content = text ?? (await source.read(entry));
  if (content === undefined) {
    const message = `there is no file ${entry} in the workspace`;
    return { ok: false, problems: [{ file: entry, line: 1, column: 1, path: "", message, hint: "Correct the path." }] };
  }
  await take(entry, content);
  if (problems.length > 0) return { ok: false, problems };
  const opened = openKnown({ entry, files }, known);
  const wrong = callProblems(opened, known);
  return wrong.length > 0 ? { ok: false, problems: wrong } : { ok: true, value: opened };
}

/** A bundle as a run kept it. Throws when it is none, which a pinned one never is. */
export function openBundle(bundle: Bundle): LoadedBundle {
  const known = new Map<string, Known>();
  for (const [path, text] of Object.entries(bundle.files)) {
    const parsed = parseWorkflow(text);
    if (!parsed.ok) throw new Error(`the pinned workflow ${path} cannot be read: ${parsed.problems[0]?.message}`);
    known.set(path, parsed);
  }
  return openKnown(bundle, known);
}

function openKnown(bundle: Bundle, known: ReadonlyMap<string, Known>): LoadedBundle {
  const at = (path: string | undefined) => {
    const found = path === undefined ? undefined : known.get(path);
    if (path === undefined || found === undefined) throw new Error(`the workflow ${path} is not in its bundle`);
    return { path, workflow: found.workflow };
  };
  return {
    bundle,
    main: at(bundle.entry).workflow,
    resolve(from, { file, name }) {
      if (file !== undefined) return at(joined(from, file));
      return at([...known.keys()].find((path) => posix.basename(path).replace(BY_NAME, "") === name));
    },
  };
}

/** Calls that would never end, and inputs that do not fit. */
function callProblems(loaded: LoadedBundle, known: ReadonlyMap<string, Known>): FileProblem[] {
  const problems: FileProblem[] = [];
  const finished = new Set<string>();
  const visit = (path: string, way: readonly string[]): void => {
    const own = known.get(path);
    if (own === undefined || finished.has(path)) return;
    for (const { call, at } of callsOf(own.workflow.steps, ["steps"])) {
      const say = (message: string, hint: string) =>
        problems.push({ ...own.locate({ path: at, message, hint }), file: path });
      const target = loaded.resolve(path, call);
      if (way.includes(target.path)) {
        say(`the workflows call each other without end: ${[...way, target.path].join(" → ")}`, "Take one call out.");
        continue;
      }
      for (const problem of callMisfits(target.workflow, call)) say(problem, `See the inputs of ${target.path}.`);
      visit(target.path, [...way, target.path]);
    }
    finished.add(path);
  };
  visit(loaded.bundle.entry, [loaded.bundle.entry]);
  return problems;
}

/** Values that are filled in later are taken to fit. */
function callMisfits(workflow: Workflow, { inputs = {} }: WorkflowCall): readonly string[] {
  const filledLater = Object.keys(inputs).filter((name) => JSON.stringify(inputs[name]).includes("${{"));
  const declared = Object.entries(workflow.inputs ?? {}).filter(([name]) => !filledLater.includes(name));
  const given = Object.entries(inputs).filter(
    ([name]) => !filledLater.includes(name) || !Object.hasOwn(workflow.inputs ?? {}, name),
  );
  const checked = inputsOf({ ...workflow, inputs: Object.fromEntries(declared) }, Object.fromEntries(given));
  return checked.ok ? [] : checked.problems;
}

type Path = readonly (string | number)[];

function callsOf(steps: readonly Step[], path: Path): { readonly call: WorkflowCall; readonly at: Path }[] {
  return steps.flatMap((step, index) => {
    const { kind, work } = workOf(step);
    const at = [...path, index];
    if (kind === "workflow") return [{ call: work, at: [...at, "workflow"] }];
    return listsOf(step).flatMap(({ path: more, steps: inside }) => callsOf(inside, [...at, ...more]));
  });
}

/** Undefined where it would leave the workspace. */
function joined(from: string, file: string): string | undefined {
  if (posix.isAbsolute(file) || file.includes("\\") || /^[A-Za-z]:/.test(file)) return undefined;
  const path = posix.normalize(posix.join(posix.dirname(from), file));
  return path.startsWith("..") || path === "__proto__" ? undefined : path;
}
