/** Who uses a symbol, and what a symbol uses: every answer with how sure it is and why. */
import type { ImportFact, ReferenceFact, ReferenceKind } from "../code/facts.ts";
import { CONFIDENCES, type Confidence, type Evidence, evidenceFor } from "./evidence.ts";
import { compareText } from "./paths.ts";
import { isPlainName } from "./plain-names.ts";
import { identityOf, nodeAt, reachableIndex, type SymbolNode, type Target } from "./symbols.ts";
import { NEVER, type Stop, type World } from "./world.ts";

export interface Use {
  readonly path: string;
  readonly line: number;
  /** The innermost symbol around it; undefined at the top of a file. */
  readonly within: SymbolNode | undefined;
  readonly kind: ReferenceKind | "import";
  readonly confidence: Confidence;
  readonly why: string;
}

export interface Uses {
  /** The surest first, then by path and line. */
  readonly uses: readonly Use[];
  /** False when a limit or the stop cut the search short. */
  readonly complete: boolean;
}

const MAX_FILES = 20_000;
const MAX_USES = 5000;

export function usesOf(world: World, target: Target, options: { readonly stop?: Stop } = {}): Uses {
  return target.kind === "file"
    ? usesOfFile(world, target.path)
    : usesOfNodes(world, target.nodes, options.stop ?? NEVER);
}

/** What a cursor that moves about asks again and again. */
const MAX_ASKED = 50;
const asked = new WeakMap<World, Map<string, Uses>>();

/** One symbol of any number of overloads. */
export function usesOfNodes(world: World, nodes: readonly SymbolNode[], stop: Stop): Uses {
  const known = asked.get(world) ?? new Map<string, Uses>();
  asked.set(world, known);
  const key = nodes.map(({ path, index }) => `${path}\0${index}`).join("\0");
  const found = known.get(key) ?? findUses(world, nodes, stop);
  if (known.size >= MAX_ASKED) known.clear();
  if (found.complete) known.set(key, found);
  return found;
}

function findUses(world: World, nodes: readonly SymbolNode[], stop: Stop): Uses {
  const { byIdentity, complete } = mentionsOf(world, nodes[0]?.name ?? "", stop);
  const meant = new Map<Mention, Evidence>();
  for (const identity of new Set(nodes.map(identityOf)))
    for (const { mention, evidence } of byIdentity.get(identity) ?? [])
      if (!meant.has(mention)) meant.set(mention, evidence);
  const uses: Use[] = [];
  for (const [mention, evidence] of meant) {
    if (uses.length >= MAX_USES || stop()) return { uses: uses.sort(byConfidence), complete: false };
    uses.push(...usesIn(world, mention, evidence));
  }
  return { uses: uses.sort(byConfidence), complete };
}

/** What a file has of one name. */
interface Mention {
  readonly path: string;
  readonly references: readonly ReferenceFact[];
  readonly imports: readonly ImportFact[];
}

/** All files that use a name, by what it may mean in them. */
interface Mentions {
  readonly byIdentity: ReadonlyMap<string, readonly { readonly mention: Mention; readonly evidence: Evidence }[]>;
  readonly complete: boolean;
}

/** Hundreds of symbols may have one name, and who asks what breaks asks for each of them. */
const kept = new WeakMap<World, Map<string, Mentions>>();
const MAX_KEPT = 2000;

function mentionsOf(world: World, name: string, stop: Stop): Mentions {
  const known = kept.get(world) ?? new Map<string, Mentions>();
  kept.set(world, known);
  const found = known.get(name) ?? findMentions(world, name, stop);
  if (known.size >= MAX_KEPT) known.clear();
  // What was cut short is looked for again.
  if (found.complete) known.set(name, found);
  return found;
}

function findMentions(world: World, name: string, stop: Stop): Mentions {
  const byIdentity = new Map<string, { mention: Mention; evidence: Evidence }[]>();
  const paths = world.view.mentioning(name);
  for (const path of paths.slice(0, MAX_FILES)) {
    if (stop()) return { byIdentity, complete: false };
    const mention = mentionIn(world, path, name);
    if (mention === undefined) continue;
    const seen = new Set<string>();
    for (const evidence of evidenceFor(world, path, name)) {
      const identity = identityOf(evidence.definition);
      if (seen.has(identity)) continue;
      seen.add(identity);
      const list = byIdentity.get(identity);
      if (list === undefined) byIdentity.set(identity, [{ mention, evidence }]);
      else list.push({ mention, evidence });
    }
  }
  return { byIdentity, complete: paths.length <= MAX_FILES };
}

function mentionIn({ view }: World, path: string, name: string): Mention | undefined {
  const facts = view.facts(path);
  const references = facts?.references.filter((reference) => reference.name === name) ?? [];
  const imports = facts?.imports.filter(({ names }) => names.includes(name)) ?? [];
  return references.length === 0 && imports.length === 0 ? undefined : { path, references, imports };
}

function usesIn(world: World, { path, references, imports }: Mention, { confidence, why }: Evidence): Use[] {
  // Its first mention outside of all symbols, where an import lists it, is that list.
  const listed = references.find(
    ({ kind, line, within }) => within < 0 && kind !== "call" && imports.some((fact) => isInside(line, fact)),
  );
  const used = references.map((reference): Use => {
    const { line, within } = reference;
    const kind = reference === listed ? "import" : reference.kind;
    return { path, line, kind, confidence, why, within: nodeAt(world.view, path, within) };
  });
  if (listed !== undefined || !why.startsWith("imports")) return used;
  return [
    ...used,
    ...imports.map(({ line }): Use => ({ path, line, kind: "import", confidence, why, within: undefined })),
  ];
}

/** A statement's end is not known: it has at most a line for each name. */
function isInside(line: number, { line: start, names }: ImportFact): boolean {
  return line >= start && line <= start + names.length + 1;
}

function usesOfFile({ links }: World, path: string): Uses {
  const uses = links.importersOf(path).flatMap((from) =>
    links
      .importsOf(from)
      .filter(({ files }) => files.includes(path))
      .map(({ fact, files }): Use => {
        const confidence = files[0] === path ? "certain" : "likely";
        const why = `imports ${fact.target}`;
        return { path: from, line: fact.line, within: undefined, kind: "import", confidence, why };
      }),
  );
  return { uses: uses.slice(0, MAX_USES).sort(byConfidence), complete: uses.length <= MAX_USES };
}

function byConfidence(first: Use, second: Use): number {
  return (
    CONFIDENCES.indexOf(first.confidence) - CONFIDENCES.indexOf(second.confidence) ||
    compareText(first.path, second.path) ||
    first.line - second.line
  );
}

export interface Outgoing {
  readonly to: SymbolNode;
  readonly kind: ReferenceKind;
  readonly line: number;
  readonly confidence: Confidence;
  readonly why: string;
}

/** What is used inside of a symbol, or by a whole file with index -1: its likeliest definitions, each once. */
export function usedBy(world: World, path: string, index: number, limit: number): Outgoing[] {
  const facts = world.view.facts(path);
  const found = new Map<string, Outgoing>();
  for (const { name, kind, line, within } of facts?.references ?? []) {
    if (found.size >= limit) break;
    if (facts === undefined || (index >= 0 && reachableIndex(facts, within) !== index && within !== index)) continue;
    const [best] = evidenceFor(world, path, name);
    if (best === undefined || best.confidence === "possible" || found.has(best.definition.id)) continue;
    if (best.confidence === "likely" && isPlainName(name)) continue;
    if (best.definition.path === path && best.definition.index === index) continue;
    const { definition: to, confidence, why } = best;
    found.set(to.id, { to, kind, line, confidence, why });
  }
  return [...found.values()];
}
