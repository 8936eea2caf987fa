/** The tool by which roles read documents; for steps of a workflow also what follows from the task list. */
import * as z from "zod/mini";
import { DocumentKind, failure } from "../../../protocol/index.ts";
import { hashOf } from "../../host/files.ts";
import type { DirectTool } from "../../tools/tool.ts";
import { leavesProject } from "../documents/listed-files.ts";
import { taskNeeds } from "../documents/order.ts";
import { pathOfSubject, plainKind } from "./kinds.ts";
import { documentOf, isRecord, type Project, type ProjectPlace, projectAt } from "./project.ts";
import { listedFiles, logicOf } from "./sources.ts";
import { READ_DOCUMENT } from "./tool-names.ts";

const input = z.object({
  kind: DocumentKind,
  part: z.optional(
    z.enum(["files", "tests"]).check(z.describe("Of the tasks: its files in order, or where tests stand.")),
  ),
});

const MOST_FILES = 200;
const LONGEST_DESCRIPTION = 3000;
/** Where tests of any language stand. */
const TEST_PLACES = [
  "test/**",
  "tests/**",
  "**/__tests__/**",
  "**/*.test.*",
  "**/*.spec.*",
  "**/*_test.*",
  "**/test_*",
];

export function readDocument(place: ProjectPlace): DirectTool<typeof input> {
  return {
    name: READ_DOCUMENT,
    description: "Reads a document of the design, as it is now: requirement, prd, system_design, ui_design, task …",
    input,
    effect: "pure",
    access: ({ kind }, context) => pathFor(place, context.root, kind).then((path) => ({ kind: "read", paths: [path] })),
    async observe({ kind }, context) {
      const path = await pathFor(place, context.root, kind);
      const text = await (await projectAt({ ...place, root: context.root })).read(path);
      return text === undefined ? undefined : { path, hash: hashOf(new TextEncoder().encode(text)) };
    },
    async execute({ kind, part }, context) {
      const project = await projectAt({ ...place, root: context.root });
      const path = await pathFor(place, context.root, kind);
      const text = await project.read(path);
      if (text === undefined) return failure("tool.failed", `There is no ${kind} yet (${path}).`);
      const summary = `read ${path}`;
      if (part === undefined) return { ok: true, output: `${path}:\n${text}`, summary };
      const list = part === "files" ? { files: await filesOf(project) } : await testPlaces(project);
      return { ok: true, output: JSON.stringify(list), summary };
    },
  };
}

async function pathFor(place: ProjectPlace, root: string, kind: DocumentKind): Promise<string> {
  const { stem } = await projectAt({ ...place, root });
  return pathOfSubject(plainKind(kind), stem) ?? "docs";
}

/** One file of the task list, as the workflow's steps see it. */
interface FileTask {
  readonly file: string;
  readonly description: string;
  /** Files of the list that it needs, in words. */
  readonly uses: string;
  /** What the UI design says of the component that it is; empty: it is none. */
  readonly component: string;
  readonly mayChange: readonly string[];
  readonly mayChangeText: string;
}

async function filesOf(project: Project): Promise<FileTask[]> {
  const tasks = (await documentOf(project, "task")) ?? {};
  const components = await componentsOf(project);
  const logic = logicOf(tasks);
  const needs = taskNeeds(tasks);
  const listed = (await listedFiles(project)).filter((file) => !leavesProject(file)).slice(0, MOST_FILES);
  return listed.map((file) => {
    const component = components.get(file);
    const beside = ["stories", "test"].flatMap((key) => (typeof component?.[key] === "string" ? [component[key]] : []));
    const mayChange = [file, ...beside.filter((path) => !leavesProject(path))];
    return {
      file,
      description: (logic.get(file) ?? "").slice(0, LONGEST_DESCRIPTION),
      uses: (needs.get(file) ?? []).join(", "),
      component: component === undefined ? "" : componentText(component, beside),
      mayChange,
      mayChangeText: mayChange.join(", "),
    };
  });
}

function componentText(component: Readonly<Record<string, unknown>>, beside: readonly string[]): string {
  const rest = beside.length === 0 ? "" : ` Write ${beside.join(" and ")} with it: a story for each state.`;
  return `It is a component of the UI design; read that for its elements, tokens and traces: ${JSON.stringify(component).slice(0, LONGEST_DESCRIPTION)}.${rest}`;
}

async function componentsOf(project: Project): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>> {
  const components = (await documentOf(project, "ui_design"))?.["Components"];
  if (!Array.isArray(components)) return new Map();
  return new Map(
    components.flatMap((one: unknown) =>
      isRecord(one) && typeof one["file"] === "string" ? [[one["file"], one] as const] : [],
    ),
  );
}

/** Tests, and the files that they test: what may be mended while tests fail. */
async function testPlaces(project: Project): Promise<readonly string[]> {
  const files = (await filesOf(project)).flatMap(({ mayChange }) => mayChange);
  return [...new Set([...TEST_PLACES, ...files])].slice(0, 190);
}
