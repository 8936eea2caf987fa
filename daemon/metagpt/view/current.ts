/** Which of a project's documents a view is about: the latest round. */
import type { DocumentKind } from "../../../protocol/index.ts";
import type { ReadDocument } from "../documents/read-document.ts";
import { stemOf } from "../documents/read-project.ts";

/** Of MGX's documents, whose names do not link them. */
const LOOSE = "current";

export interface CurrentDocuments {
  /** What links the documents of the round. */
  readonly stem: string;
  /** Those of the round, and what belongs to all rounds; paths of MGX's are such that the stem links them. */
  readonly documents: readonly ReadDocument[];
  readonly prd: ReadDocument | undefined;
  readonly tasks: ReadDocument | undefined;
  readonly uiDesign: ReadDocument | undefined;
}

const ROUNDS: ReadonlySet<DocumentKind> = new Set<DocumentKind>([
  ...(["prd", "refined_prd", "system_design", "refined_system_design"] as const),
  ...(["task", "refined_task", "ui_design", "code_plan_and_change"] as const),
]);

/** The latest by their names, which are times; the document of each kind that the round has not is that of an earlier one. */
export function currentDocuments(all: readonly ReadDocument[]): CurrentDocuments {
  const readable = all.filter(({ content }) => content !== null);
  const newest = readable
    .filter(({ kind }) => ROUNDS.has(kind))
    .toSorted((one, other) => (stemKey(one) < stemKey(other) ? 1 : -1));
  const of = (...kinds: DocumentKind[]) => newest.find(({ kind }) => kinds.includes(kind));
  const [prd, tasks, uiDesign] = [of("prd", "refined_prd"), of("task", "refined_task"), of("ui_design")];
  const design = of("system_design", "refined_system_design");
  const stem = prd === undefined ? (uiDesign === undefined ? LOOSE : stemKey(uiDesign)) : stemKey(prd);
  const round = [prd, design, tasks, uiDesign]
    .filter((one) => one !== undefined)
    .map((one) => ({ ...one, path: stemOf(one.path) === stem ? one.path : `docs/${one.kind}/${stem}.json` }));
  return {
    stem,
    documents: [...round, ...readable.filter(({ kind }) => kind === "dependencies")],
    prd,
    tasks,
    uiDesign,
  };
}

/** MGX's names say the kind, so they sort before times and count as one round. */
function stemKey({ path, dialect }: ReadDocument): string {
  return dialect === "mgx" ? LOOSE : stemOf(path);
}
