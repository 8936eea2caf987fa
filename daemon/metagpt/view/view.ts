/** A project's documents as a design panel draws them. */
import {
  type DesignDocument,
  type DesignView,
  type DocumentKind,
  UiDesign,
  type Wireframe,
} from "../../../protocol/index.ts";
import type { ReadDocument } from "../documents/read-document.ts";
import { stemOf } from "../documents/read-project.ts";
import { parseTrace, staleParts } from "../ui/stale.ts";
import { drawWireframe } from "../ui/wireframe.ts";
import { type CurrentDocuments, currentDocuments } from "./current.ts";
import type { Gathered } from "./gather.ts";
import type { RunDesignState } from "./source.ts";
import { taskBoard } from "./tasks.ts";
import { tracesOf } from "./traces.ts";

export interface ViewSource {
  /** From the workspace's root, with `/`. */
  readonly folder: string;
  /** Undefined: the documents of a folder. */
  readonly state?: RunDesignState;
}

/** Characters of all contents together: what crosses to a panel at once. */
const MOST_CONTENT = 8 * 1024 * 1024;
const MOST_DOCUMENTS = 500;
const MOST_DRAWN = 4 * 1024 * 1024;

export function designView(gathered: Gathered, { folder, state }: ViewSource): DesignView {
  const { reading, hashes, places } = gathered;
  const current = currentDocuments(reading.documents);
  const stale = staleBy(gathered, state);
  const board = taskBoard(current, { present: new Set(places.keys()), stale, run: state?.run });
  const { wireframes, problems } = drawn(current);
  const { nodes, links } = tracesOf(current, { hashes, places }, stale);
  return {
    project: reading.project,
    folder,
    runId: state?.run.runId ?? null,
    documents: shown(reading.documents).map((document) => documentView(document, stale, state)),
    tasks: [...board.tasks],
    nodes: [...nodes],
    links: [...links],
    wireframes,
    checks: state?.run.design?.checks ?? [],
    problems: [
      ...problems,
      ...(board.cycle.length === 0
        ? []
        : [`Tasks need each other in a circle: ${board.cycle.slice(0, 10).join(" → ")}.`]),
      ...(reading.documents.length > MOST_DOCUMENTS
        ? [`Only ${MOST_DOCUMENTS} of ${reading.documents.length} documents are shown.`]
        : []),
    ],
  };
}

/** Why what no longer fits, by document, file or part: of kept traces, of a run's log, and of what a run's documents were made from. */
function staleBy({ reading, hashes, traces }: Gathered, state: RunDesignState | undefined): Map<string, string[]> {
  const stale = new Map<string, string[]>();
  const add = (subject: string, because: string) => {
    const known = stale.get(subject) ?? [];
    if (!known.includes(because)) stale.set(subject, [...known, because]);
  };
  const project = { documents: reading.documents, files: hashes };
  for (const [stem, text] of traces)
    for (const { subject, because } of staleParts(stem, project, parseTrace(text))) add(subject, because);
  const design = state?.run.design;
  for (const { subject, because } of design?.stale ?? []) add(subject, because);
  const now = new Map(reading.documents.map(({ path, hash }) => [path, hash]));
  for (const { path, derivedFrom } of design?.documents ?? [])
    for (const source of derivedFrom) {
      const hash = now.get(source.path);
      if (hash !== undefined && hash !== "" && source.hash !== "" && hash !== source.hash)
        add(path, `${source.path} was changed since this was made from it.`);
    }
  return stale;
}

function shown(documents: readonly ReadDocument[]): ReadDocument[] {
  let characters = 0;
  return documents.slice(0, MOST_DOCUMENTS).map((document) => {
    characters += document.text?.length ?? 0;
    if (characters <= MOST_CONTENT) return document;
    const problem = { code: "too_large", message: "All documents together are too large to show this one." };
    return { ...document, content: null, text: null, problems: [...document.problems, problem] };
  });
}

function documentView(
  { path, kind, dialect, content, text, hash, problems }: ReadDocument,
  stale: ReadonlyMap<string, readonly string[]>,
  state: RunDesignState | undefined,
): DesignDocument {
  const written = state?.run.design?.documents.find((one) => one.path === path);
  const questionId = state?.gates.get(path) ?? null;
  return {
    ...{ path, kind, dialect, content, hash, problems },
    ...(content === null && text !== null ? { text } : {}),
    title: titleOf(kind, path),
    gate: gateOf(written?.decision, questionId, written !== undefined && state?.asksPeople === true),
    questionId,
    version: written?.version ?? 0,
    writtenBy: written?.writtenBy ?? "",
    stale: [...(stale.get(path) ?? [])],
  };
}

function gateOf(
  decision: "approved" | "sent_back" | null | undefined,
  questionId: string | null,
  isAsked: boolean,
): DesignDocument["gate"] {
  if (questionId !== null) return "open";
  return decision ?? (isAsked ? "open" : "none");
}

const TITLES: Readonly<Record<DocumentKind, string>> = {
  prd: "Product requirements",
  refined_prd: "Product requirements, refined",
  prd_markdown: "Product requirements",
  system_design: "System design",
  refined_system_design: "System design, refined",
  system_design_markdown: "System design",
  task: "Project schedule",
  refined_task: "Project schedule, refined",
  task_markdown: "Project schedule",
  code_plan_and_change: "Plan of changes",
  code_summary: "Code summary",
  test_output: "Test output",
  requirement: "Requirement",
  requirements_txt: "Required packages",
  dependencies: "What was made from what",
  team: "Team",
  markdown_copy: "Copy",
  mermaid: "Diagram",
  ui_design: "UI design",
};

function titleOf(kind: DocumentKind, path: string): string {
  if (path.endsWith("docs/bugfix.txt")) return "Bug to fix";
  const title = TITLES[kind];
  return kind === "mermaid" || kind === "markdown_copy" || kind === "test_output" ? `${title}: ${stemOf(path)}` : title;
}

function drawn({ uiDesign }: CurrentDocuments): { readonly wireframes: Wireframe[]; readonly problems: string[] } {
  if (uiDesign === undefined) return { wireframes: [], problems: [] };
  const design = UiDesign.safeParse(uiDesign.content).data;
  if (design === undefined)
    return { wireframes: [], problems: [`${uiDesign.path} has problems, so its screens are not drawn.`] };
  const wireframes: Wireframe[] = [];
  const problems: string[] = [];
  let characters = 0;
  for (const screen of design.Screens) {
    const svg = drawWireframe(screen, design["Design Tokens"]);
    characters += svg.length;
    if (characters > MOST_DRAWN) problems.push(`“${screen.id}” is not drawn: all screens together are too large.`);
    else wireframes.push({ screen: screen.id, title: screen.title, svg });
  }
  return { wireframes, problems };
}
