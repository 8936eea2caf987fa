/** Roles, their tools, and what their documents are: what runs need of all this. */
import type { DocumentKind, DocumentProblem } from "../../../protocol/index.ts";
import type { Agent } from "../../agents/agent.ts";
import { readBytes } from "../../host/files.ts";
import { resolveInside } from "../../security/paths/fence.ts";
import type { FieldCheck } from "../../tools/fields/field-check.ts";
import type { Tool } from "../../tools/tool.ts";
import { placeOf } from "../documents/kinds.ts";
import { documentOf } from "../documents/read-document.ts";
import { checkDesignTool } from "../ui/check-design-tool.ts";
import { designCheck } from "../ui/design-check.ts";
import { type DocumentsPlace, dependenciesOf, hashIn, type ProjectPlace, projectAt } from "./project.ts";
import { projectTests } from "./project-tests.ts";
import { readDocument } from "./read-document.ts";
import { ROLES } from "./roles.ts";
import { staleDocuments } from "./stale-documents.ts";
import { writeDocument } from "./write-document.ts";

interface Described {
  readonly kind: DocumentKind;
  readonly content: Uint8Array;
  readonly derivedFrom: readonly { readonly path: string; readonly hash: string }[];
  readonly problems: readonly DocumentProblem[];
}

export interface Roles {
  readonly agents: readonly Agent[];
  tools(place: DocumentsPlace): readonly Tool[];
  readonly checks: readonly FieldCheck[];
  describe(place: ProjectPlace, path: string): Promise<Described | undefined>;
}

/** Files that follow from others have no versions of their own. */
const WITHOUT_VERSIONS: ReadonlySet<DocumentKind> = new Set<DocumentKind>([
  "markdown_copy",
  "mermaid",
  "dependencies",
  "requirements_txt",
  "team",
]);

export const roles: Roles = {
  agents: ROLES,
  tools: (place) => [writeDocument(place), readDocument(place), projectTests, staleDocuments(place), checkDesignTool],
  checks: [designCheck],
  async describe(place, path) {
    const known = placeOf(path);
    if (known === undefined || WITHOUT_VERSIONS.has(known.kind)) return undefined;
    const at = await resolveInside(place.root, path);
    const bytes = at.ok ? await readBytes(at.value.absolute).catch(() => undefined) : undefined;
    const read = bytes === undefined ? undefined : documentOf(path, known, { ok: true, bytes });
    if (bytes === undefined || read === undefined) return undefined;
    return { kind: read.kind, content: bytes, derivedFrom: await madeFrom(place, path), problems: read.problems };
  },
};

async function madeFrom(place: ProjectPlace, path: string): Promise<Described["derivedFrom"]> {
  const project = await projectAt(place);
  const sources = (await dependenciesOf(project)).get(path) ?? [];
  const hashes = await Promise.all(sources.map((source) => hashIn(project, source)));
  return sources.flatMap((source, index) => {
    const hash = hashes[index];
    return hash === undefined ? [] : [{ path: source, hash }];
  });
}
