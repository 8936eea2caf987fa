/** From requirement to test: what a design hangs together by. */
import type { DocumentDependencies, TraceNode } from "../../../protocol/index.ts";
import { textsOf } from "../documents/listed-files.ts";
import { type DesignPart, partsOf } from "../ui/parts.ts";
import type { CurrentDocuments } from "./current.ts";
import type { Gathered } from "./gather.ts";

export interface Traces {
  readonly nodes: readonly TraceNode[];
  readonly links: readonly { readonly from: string; readonly to: string }[];
}

type Link = readonly [from: string, to: string];

const MOST_NODES = 1500;
const SHOWN = ["requirement", "story", "element", "component", "file", "test"] as const;

/** `stale`: why, by a node's id. */
export function tracesOf(
  current: CurrentDocuments,
  { hashes, places }: Pick<Gathered, "hashes" | "places">,
  stale: ReadonlyMap<string, readonly string[]>,
): Traces {
  const { stem, documents } = current;
  const parts = partsOf(stem, { documents, files: hashes }).filter(isShown);
  const dependencies = dependenciesOf(current);
  const known = new Map(parts.map((part) => [part.id, part]));
  const tests = testsOf(dependencies, known);
  const links = unique([...wishLinks(parts, known), ...workLinks(parts, known), ...tests.links]);
  const linked = new Set(links.map(([from]) => from));
  const hasDesign = current.uiDesign !== undefined;
  const status = (part: DesignPart): TraceNode["status"] => {
    if (stale.has(part.id)) return "stale";
    if (part.kind === "file" || part.kind === "test") return part.hash === "" ? "missing" : "ok";
    return hasDesign && !linked.has(part.id) ? "missing" : "ok";
  };
  const nodes = parts.map((part): TraceNode => {
    const path = pathOf(part, current, places);
    return { id: part.id, kind: part.kind, text: part.text.slice(0, 500), path, status: status(part) };
  });
  const found = tests.ids.map((id): TraceNode => {
    const path = places.get(id) ?? null;
    return { id, kind: "test", text: id, path, status: hashes.has(id) ? "ok" : "missing" };
  });
  const all = [...nodes, ...found].sort((one, other) => rank(one) - rank(other)).slice(0, MOST_NODES);
  const ids = new Set(all.map(({ id }) => id));
  return {
    nodes: all,
    links: links.filter(([from, to]) => ids.has(from) && ids.has(to)).map(([from, to]) => ({ from, to })),
  };
}

type ShownPart = DesignPart & { readonly kind: (typeof SHOWN)[number] };

function isShown(part: DesignPart): part is ShownPart {
  return SHOWN.some((kind) => kind === part.kind);
}

function rank({ kind }: TraceNode): number {
  return SHOWN.indexOf(kind);
}

/** An element that is there for requirements and stories ties them together; without stories it hangs on its requirements. */
function wishLinks(parts: readonly DesignPart[], known: ReadonlyMap<string, DesignPart>): Link[] {
  return parts.flatMap((element): Link[] => {
    if (element.kind !== "element") return [];
    const above = element.from.filter((id) => known.has(id));
    const stories = above.filter((id) => known.get(id)?.kind === "story");
    const requirements = above.filter((id) => known.get(id)?.kind === "requirement");
    return [
      ...stories.map((story): Link => [story, element.id]),
      ...requirements.flatMap((requirement): Link[] =>
        stories.length === 0 ? [[requirement, element.id]] : stories.map((story): Link => [requirement, story]),
      ),
    ];
  });
}

/** element → component → file; a test hangs on the file that it tests, which is its component's. */
function workLinks(parts: readonly DesignPart[], known: ReadonlyMap<string, DesignPart>): Link[] {
  return parts.flatMap((part): Link[] => {
    if (part.kind === "component") return part.from.map((element): Link => [element, part.id]);
    const components = part.from.filter((id) => known.get(id)?.kind === "component");
    if (part.kind === "file") return components.map((component): Link => [component, part.id]);
    if (part.kind !== "test") return [];
    return components.map((component): Link => {
      const file = parts.find(
        (one) => one.kind === "file" && one.from.includes(component) && !/\.stories\./.test(one.id),
      );
      return [file?.id ?? component, part.id];
    });
  });
}

/** Tests that `.dependencies.json` knows: made from a source file. */
function testsOf(
  dependencies: DocumentDependencies,
  known: ReadonlyMap<string, DesignPart>,
): { readonly ids: string[]; readonly links: Link[] } {
  const tests = Object.entries(dependencies).filter(([path]) =>
    /(^|\/)(tests?\/|test_)[^/]*$|\.(test|spec)\.\w+$/.test(path),
  );
  const links = tests.flatMap(([path, sources]) =>
    sources.flatMap((source): Link[] => {
      const file = known.has(source) ? source : [...known.keys()].find((id) => source.endsWith(`/${id}`));
      return file === undefined || file === path ? [] : [[file, path]];
    }),
  );
  return { ids: [...new Set(links.map(([, path]) => path))].filter((path) => !known.has(path)), links };
}

function dependenciesOf({ documents }: CurrentDocuments): DocumentDependencies {
  const content = documents.find(({ kind }) => kind === "dependencies")?.content;
  if (typeof content !== "object" || content === null || Array.isArray(content)) return {};
  return Object.fromEntries(Object.entries(content).map(([path, sources]) => [path, textsOf(sources)]));
}

function pathOf(
  part: DesignPart,
  { prd, uiDesign }: CurrentDocuments,
  places: ReadonlyMap<string, string>,
): string | null {
  switch (part.kind) {
    case "requirement":
    case "story":
      return prd?.path ?? null;
    case "element":
    case "component":
      return uiDesign?.path ?? null;
    default:
      return places.get(part.id) ?? null;
  }
}

function unique(links: readonly Link[]): Link[] {
  return [...new Map(links.map((link) => [link.join("\0"), link])).values()];
}
