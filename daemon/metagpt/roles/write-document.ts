/** The tool by which roles write documents: checked, laid out as MetaGPT does, all files of one document or none. */
import * as z from "zod/mini";
import { DocumentKind, type DocumentProblem, failure, type Result, UiDesign } from "../../../protocol/index.ts";
import { hashOf } from "../../host/files.ts";
import { resolveInside } from "../../security/paths/fence.ts";
import { bringsMark, MARK_PROBLEM } from "../../tools/files/file-change.ts";
import { type PlannedFile, prepareSet } from "../../tools/files/file-set.ts";
import { fileHash } from "../../tools/files/text-file.ts";
import type { ToolContext, WritingTool } from "../../tools/tool.ts";
import { dependenciesText, documentFiles, requirementsText, type WrittenFile } from "../documents/layout.ts";
import { contentProblems } from "../documents/problems.ts";
import { designProblems } from "../ui/design-problems.ts";
import { designResources } from "../ui/resources.ts";
import { pathOfSubject, plainKind, REQUIREMENT_PATH, writtenKind } from "./kinds.ts";
import { documentOf, isRecord, type Project, type ProjectPlace, projectAt } from "./project.ts";
import { ROLES } from "./roles.ts";
import { sourcesOf, sourcesOfCode } from "./sources.ts";
import { WRITE_DOCUMENT } from "./tool-names.ts";

const input = z.object({
  kind: DocumentKind,
  content: z
    .union([z.record(z.string(), z.unknown()), z.string()])
    .check(z.describe("The document: a JSON object with the keys of its kind.")),
});
type Input = z.output<typeof input>;

interface Draft {
  readonly files: readonly WrittenFile[];
  readonly main: string;
}

const DEPENDENCIES = ".dependencies.json";
const MOST_TOLD = 12;

export function writeDocument(place: ProjectPlace): WritingTool<typeof input> {
  const drafts = new WeakMap<Input, Result<Draft>>();
  const draftOf = async (asked: Input, context: ToolContext) => {
    const known = drafts.get(asked) ?? (await draft(await projectAt({ ...place, root: context.root }), asked, context));
    drafts.set(asked, known);
    return known;
  };
  return {
    name: WRITE_DOCUMENT,
    description:
      "Writes a document of the design (prd, system_design, ui_design, task …), whole. What is wrong with it is told; nothing is written then.",
    input,
    effect: "verifiable",
    changesSeveral: true,
    maxOutput: 6000,
    async access(asked, context) {
      const drawn = await draftOf(asked, context);
      // Nothing will be written: prepare says why.
      return drawn.ok ? { kind: "write", paths: drawn.value.files.map(({ path }) => path) } : { kind: "none" };
    },
    async prepare(asked, context) {
      const drawn = await draftOf(asked, context);
      if (!drawn.ok) return drawn;
      const { files, main } = drawn.value;
      const planned: PlannedFile[] = [];
      for (const { path, text } of files) {
        const file = await planFile(context, path, text);
        if (!file.ok) return file;
        // A document may be written as it was; what follows from it is then as it should be.
        if (path === main || file.value.before !== hashOf(Buffer.from(text))) planned.push(file.value);
      }
      return prepareSet(planned, written(main), context);
    },
    applied: ({ kind }) => written(`the ${kind}`),
  };
}

function written(what: string) {
  return { ok: true as const, output: `Wrote ${what}.`, summary: `wrote ${what}` };
}

async function planFile(context: ToolContext, path: string, text: string): Promise<Result<PlannedFile>> {
  const at = await resolveInside(context.root, path);
  if (!at.ok) return at;
  const { absolute, relative } = at.value;
  if (bringsMark([text], null)) return failure("tool.failed", MARK_PROBLEM);
  const before = await fileHash(absolute).catch(() => undefined);
  if (before === undefined) return failure("tool.failed", `${path} is no file that can be replaced.`);
  return { ok: true, value: { path: relative, absolute, before, content: Buffer.from(text) } };
}

async function draft(project: Project, { kind, content }: Input, { actor }: ToolContext): Promise<Result<Draft>> {
  if (kind === "requirement") return requirement(content);
  if (!mayWrite(actor, kind))
    return failure("tool.denied", `The role “${actor}” does not write “${kind}”. ${ownOf(actor)}`);
  const document = parsed(content);
  if (document === undefined) return failure("tool.invalid_input", "`content` must be a JSON object, not a text.");
  const wanted = kind === "test_output" ? kind : writtenKind(plainKind(kind), project.incremental);
  if (wanted === undefined) return failure("tool.invalid_input", `No role writes “${kind}”.`);
  if (wanted !== kind)
    return failure(
      "tool.invalid_input",
      `This project is ${project.incremental ? "changed" : "new"}: write “${wanted}”, not “${kind}”.`,
    );
  const whole = await withUsersWords(project, kind, document);
  const problems = [...contentProblems(kind, whole), ...(await uiProblems(project, kind, whole))].map(
    ({ message }) => message,
  );
  if (problems.length > 0)
    return failure(
      "tool.failed",
      `Nothing was written. ${problems.slice(0, MOST_TOLD).join(" ")} Write the whole document again.`,
    );
  return { ok: true, value: await layout(project, kind, whole) };
}

/** Beyond its keys: what of a UI design does not hold together. */
async function uiProblems(project: Project, kind: DocumentKind, content: unknown): Promise<DocumentProblem[]> {
  const design = kind === "ui_design" ? UiDesign.safeParse(content).data : undefined;
  return design === undefined ? [] : designProblems(design, await documentOf(project, "prd"));
}

function requirement(content: Input["content"]): Result<Draft> {
  if (typeof content !== "string") return failure("tool.invalid_input", "The requirement is a text.");
  return { ok: true, value: { main: REQUIREMENT_PATH, files: [{ path: REQUIREMENT_PATH, text: content }] } };
}

/** A role writes its own documents; steps of a workflow and roles that people wrote are for them to know. */
function mayWrite(actor: string | undefined, kind: DocumentKind): boolean {
  const role = ROLES.find(({ name }) => name === actor);
  return role === undefined || ownKinds(role.produces).includes(plainKind(kind));
}

function ownOf(actor: string | undefined): string {
  const own = ownKinds(ROLES.find(({ name }) => name === actor)?.produces ?? []);
  return `It writes ${own.join(", ")}.`;
}

function ownKinds(produces: readonly string[]): string[] {
  return produces.map((subject) => subject.replace(/\?$/, "")).filter((subject) => subject !== "code");
}

/** Models like to send the object as its text. */
function parsed(content: Input["content"]): Readonly<Record<string, unknown>> | undefined {
  if (typeof content !== "string") return content;
  try {
    const value: unknown = JSON.parse(content);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What the user asked for stands in the PRD as they said it, whatever a model makes of it. */
async function withUsersWords(project: Project, kind: DocumentKind, document: Readonly<Record<string, unknown>>) {
  const key = kind === "prd" ? "Original Requirements" : kind === "refined_prd" ? "Refined Requirements" : undefined;
  const words = key === undefined ? undefined : await project.read(REQUIREMENT_PATH);
  return key === undefined || words === undefined ? document : { ...document, [key]: words };
}

async function layout(
  project: Project,
  kind: DocumentKind,
  content: Readonly<Record<string, unknown>>,
): Promise<Draft> {
  const main = pathOfSubject(plainKind(kind), project.stem) ?? "";
  const written = kind === "test_output" ? undefined : writtenKind(plainKind(kind), project.incremental);
  const before = await project.read(main);
  const files =
    written === undefined
      ? [{ path: main, text: `${JSON.stringify(content, undefined, 2)}\n` }]
      : documentFiles({ kind: written, stem: project.stem, content }, before);
  const design = kind === "ui_design" ? UiDesign.safeParse(content).data : undefined;
  if (design !== undefined) files.push(...designResources(project.stem, design));
  const made = new Map([[main, await sourcesOf(project, kind)]]);
  if (kind === "code_summary" || kind === "test_output")
    for (const [file, from] of await sourcesOfCode(project)) made.set(file, from);
  const dependencies = dependenciesText(await project.read(DEPENDENCIES), made);
  const packages = plainKind(kind) === "task" ? await packagesFile(project, content) : [];
  return { main, files: [...files, ...packages, { path: DEPENDENCIES, text: dependencies }] };
}

/** Python's packages only: what other languages need stands in their own manifests. */
async function packagesFile(project: Project, content: Readonly<Record<string, unknown>>): Promise<WrittenFile[]> {
  const isPython = JSON.stringify(content["Task list"] ?? content["Refined Task list"] ?? "").includes(".py");
  const before = await project.read("requirements.txt");
  const text = isPython ? requirementsText(before, content) : undefined;
  return text === undefined || text === before ? [] : [{ path: "requirements.txt", text }];
}
