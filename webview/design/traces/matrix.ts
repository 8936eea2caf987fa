/** The traces as a matrix: a row for each requirement, and a cell for each kind of thing that it led to. */
import type { DesignView, TraceNode } from "../../../protocol/design/view.ts";

type Kind = TraceNode["kind"];

/** In the order in which one leads to the next. */
const CHAIN: readonly Kind[] = ["story", "element", "component", "file", "test"];
/** What every requirement is to end in. */
const NEEDED: readonly Kind[] = ["file", "test"];

export interface TraceRow {
  readonly node: TraceNode;
  readonly cells: ReadonlyMap<Kind, readonly TraceNode[]>;
  /** Kinds that it should have led to and did not, and things that are named but not there. */
  readonly isMissing: boolean;
  readonly isStale: boolean;
}

export interface TraceMatrix {
  /** Kinds of which there is anything, or should be. */
  readonly kinds: readonly Kind[];
  readonly rows: readonly TraceRow[];
}

export type TraceFilter = "all" | "missing" | "stale";

/** Requirements first, in their order; then what no requirement leads to. */
export function traceMatrix({ nodes, links }: Pick<DesignView, "nodes" | "links">): TraceMatrix {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const next = Map.groupBy(links, ({ from }) => from);
  const hasOrigin = new Set(links.filter(({ from }) => byId.has(from)).map(({ to }) => to));
  const roots = nodes.filter(({ id, kind }) => kind === "requirement" || !hasOrigin.has(id));
  const has = (kind: Kind) => nodes.some((node) => node.kind === kind);
  // Before anything is built nothing of it is missing; once something is, its tests are.
  const kinds = CHAIN.filter((kind) => has(kind) || (kind === "test" && has("file")));
  const reach = (root: TraceNode): TraceNode[] => {
    const seen = new Set([root.id]);
    const queue = [root.id];
    for (let id = queue.shift(); id !== undefined; id = queue.shift())
      for (const { to } of next.get(id) ?? [])
        if (!seen.has(to)) {
          seen.add(to);
          queue.push(to);
        }
    seen.delete(root.id);
    return [...seen].flatMap((id) => byId.get(id) ?? []);
  };
  const rows = roots.map((node) => rowOf(node, reach(node), kinds));
  const isFirst = ({ node }: TraceRow) => node.kind === "requirement";
  return { kinds, rows: [...rows.filter(isFirst), ...rows.filter((row) => !isFirst(row))] };
}

export function filterRows(rows: readonly TraceRow[], filter: TraceFilter, words: string): TraceRow[] {
  const wanted = words.toLowerCase().split(/\s+/);
  return rows.filter((row) => {
    if (filter === "missing" && !row.isMissing) return false;
    if (filter === "stale" && !row.isStale) return false;
    const all = [row.node, ...[...row.cells.values()].flat()];
    const text = all
      .map(({ id, text: words }) => `${id} ${words}`)
      .join(" ")
      .toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

/** A gap: the cell is empty and should not be. */
export function isGap(row: TraceRow, kind: Kind): boolean {
  return row.node.kind === "requirement" && NEEDED.includes(kind) && row.cells.get(kind)?.length === 0;
}

/** Of the requirement with all that it led to. */
export function rowStatus({ cells, isMissing, isStale }: TraceRow): TraceNode["status"] | "untraced" {
  if (isStale) return "stale";
  if (isMissing) return "missing";
  return [...cells.values()].every((nodes) => nodes.length === 0) ? "untraced" : "ok";
}

function rowOf(node: TraceNode, reached: readonly TraceNode[], kinds: readonly Kind[]): TraceRow {
  const cells = new Map(kinds.map((kind) => [kind, reached.filter((other) => other.kind === kind)] as const));
  const row = { node, cells, isMissing: false, isStale: [node, ...reached].some(({ status }) => status === "stale") };
  const isMissing =
    [node, ...reached].some(({ status }) => status === "missing") || NEEDED.some((kind) => isGap(row, kind));
  return { ...row, isMissing };
}
