/**
 * Whether design and code still fit each other: what they were when they last agreed is kept in `docs/trace/<stem>.json`; what
 * changed since then, on either side, makes what hangs on it stale. Pure: whoever calls reads and writes.
 */
import * as z from "zod/mini";
import { type DesignDocuments, type DesignPart, partsOf } from "./parts.ts";

const DesignTrace = z.looseObject({
  version: z.literal(1),
  /** By a part's id (parts.ts): its hash when all agreed, and what it was made from. */
  parts: z.record(z.string(), z.object({ hash: z.string(), from: z.array(z.string()) })),
});
export type DesignTrace = z.infer<typeof DesignTrace>;

export interface StalePart {
  /** A document, a source file, or a design element (`home.title`), a requirement (`R1`) or a component. */
  readonly subject: string;
  /** In words for people and agents. */
  readonly because: string;
  /**
   * design: what it was made from changed, it did not · code: the file that draws it changed, it did not · both: a file and its
   * design changed, and nobody has checked them together.
   */
  readonly side: "design" | "code" | "both";
}

export function tracePath(stem: string): string {
  return `docs/trace/${stem}.json`;
}

/** Undefined: it is none, as where there is no file. */
export function parseTrace(text: string | undefined): DesignTrace | undefined {
  try {
    return DesignTrace.safeParse(JSON.parse(text ?? "")).data;
  } catch {
    return undefined;
  }
}

/** To be written when design and code agree: after their checks have passed. */
export function keepTrace(stem: string, project: DesignDocuments): { readonly path: string; readonly text: string } {
  const parts = Object.fromEntries(
    partsOf(stem, project)
      .filter(({ hash }) => hash !== "")
      .map(({ id, hash, from }) => [id, { hash, from: [...from] }]),
  );
  return {
    path: tracePath(stem),
    text: `${JSON.stringify({ version: 1, parts } satisfies DesignTrace, undefined, 2)}\n`,
  };
}

const MOST = 100;
const MOST_NAMED = 3;

/** In the order of parts: requirements first, documents last. Nothing where no trace was kept. */
export function staleParts(stem: string, project: DesignDocuments, kept: DesignTrace | undefined): StalePart[] {
  if (kept === undefined) return [];
  const parts = partsOf(stem, project);
  const change = changesSince(parts, kept);
  const byId = new Map(parts.map((part) => [part.id, part]));
  const code = fromCode(parts, byId, change);
  return parts.flatMap((part) => code.get(part.id) ?? fromDesign(part, { byId, kept, change }) ?? []).slice(0, MOST);
}

type Change = "new" | "changed" | "gone";

/** What became of each part since the trace was kept; none that is as it was, and no file that never was there. */
function changesSince(parts: readonly DesignPart[], kept: DesignTrace): Map<string, Change> {
  const changes = new Map<string, Change>();
  for (const { id, hash } of parts) {
    const before = Object.hasOwn(kept.parts, id) ? kept.parts[id]?.hash : undefined;
    if (before === undefined && hash !== "") changes.set(id, "new");
    else if (before !== undefined && hash === "") changes.set(id, "gone");
    else if (before !== undefined && before !== hash) changes.set(id, "changed");
  }
  const now = new Set(parts.map(({ id }) => id));
  for (const id of Object.keys(kept.parts)) if (!now.has(id)) changes.set(id, "gone");
  return changes;
}

interface Standing {
  readonly byId: ReadonlyMap<string, DesignPart>;
  readonly kept: DesignTrace;
  readonly change: ReadonlyMap<string, Change>;
}

function fromDesign(part: DesignPart, standing: Standing): StalePart | undefined {
  const own = standing.change.get(part.id);
  const isCode = part.kind === "file" || part.kind === "test";
  if (part.hash === "" || part.kind === "entry" || own === "new" || (own !== undefined && !isCode)) return undefined;
  const causes = causesOf(part, standing);
  if (causes.length === 0) return undefined;
  const shown = causes.slice(0, MOST_NAMED).map((id) => causeText(id, standing));
  const why = [...shown, ...(causes.length > MOST_NAMED ? [`and ${causes.length - MOST_NAMED} more`] : [])].join("; ");
  return own === undefined
    ? { subject: part.id, because: `${why}; this was not.`, side: "design" }
    : { subject: part.id, because: `${why}; so was this, and nothing has checked them together since.`, side: "both" };
}

/** Parts above it that changed, the nearest first; those that it had when the trace was kept count too. */
function causesOf(part: DesignPart, { byId, kept, change }: Standing): string[] {
  const fromThen = (id: string) => (Object.hasOwn(kept.parts, id) ? kept.parts[id]?.from : undefined) ?? [];
  const seen = new Set([part.id]);
  const causes: string[] = [];
  for (let level = [part.id]; level.length > 0; ) {
    const above = level.flatMap((id) => [...(byId.get(id)?.from ?? []), ...fromThen(id)]);
    level = [...new Set(above)].filter((id) => !seen.has(id));
    for (const id of level) seen.add(id);
    causes.push(...level.filter((id) => change.has(id)));
  }
  return causes;
}

function causeText(id: string, { byId, change }: Standing): string {
  const name = id.replace(/^entry /, "the task list's entry on ");
  const text = byId.get(id)?.text ?? "";
  const became = { new: "is new", gone: "is gone", changed: "was changed" }[change.get(id) ?? "changed"];
  return `${name}${text === "" || text === id ? "" : ` (${text.slice(0, 80)})`} ${became}`;
}

/** Of files that draw components and were changed or removed: the components' elements, and what those are there for. */
function fromCode(
  parts: readonly DesignPart[],
  byId: ReadonlyMap<string, DesignPart>,
  change: ReadonlyMap<string, Change>,
): Map<string, StalePart> {
  const stale = new Map<string, StalePart>();
  for (const file of parts) {
    const became = change.get(file.id);
    if (file.kind !== "file" || became === undefined || became === "new" || isStories(file.id)) continue;
    const above = (ids: readonly string[]) => ids.flatMap((id) => byId.get(id)?.from ?? []);
    const elements = above(file.from.filter((id) => byId.get(id)?.kind === "component"));
    const because = `${file.id}, which draws it, ${became === "gone" ? "is gone" : "was changed"}; the design was not.`;
    for (const subject of [...elements, ...above(elements)])
      if (byId.has(subject) && !change.has(subject)) stale.set(subject, { subject, because, side: "code" });
  }
  return stale;
}

function isStories(path: string): boolean {
  return /\.stories\.\w+$/.test(path);
}
