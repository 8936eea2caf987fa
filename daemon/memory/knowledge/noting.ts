/** How a fact comes to be known: a person says so, or an agent proposes it. */
import {
  type Cite,
  type CiteInput,
  FACT_CITES,
  type Fact,
  type FactAuthor,
  failure,
  type NewFact,
  ok,
  type Remembered,
  type Result,
} from "../../../protocol/index.ts";
import type { Clock } from "../../host/clock.ts";
import { type CitedCode, takeDown } from "./cited-code.ts";
import { factText, oneLine } from "./fact-text.ts";
import type { Shelf } from "./shelf.ts";
import type { Shelves } from "./shelves.ts";

export interface Desk {
  readonly shelves: Shelves;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly cited: CitedCode;
}

/** Who proposes, and whether its run has read anything that was not written by the user or by Nexus. */
export interface Proposer {
  readonly agent: string;
  readonly runId: string;
  readonly source: "trusted" | "untrusted";
}

/** Retired ones count until they are purged. */
export const MAX_FACTS = 10_000;
/** What nobody has looked at must not bury what somebody should look at. */
export const MAX_PROPOSED = 500;
const AGENT_CONFIDENCE = 0.6;

export async function rememberFact(
  desk: Desk,
  workspace: string,
  input: NewFact,
  person: string,
): Promise<Result<Remembered>> {
  const noted = await note(desk, workspace, input);
  if (!noted.ok) return noted;
  const { shelf, text, cites } = noted.value;
  const known = shelf.sameWords(input.kind, text).find((fact) => fact.status !== "retired");
  if (known !== undefined) return ok(await mergeForPerson(desk, known, cites));
  const replaced = input.supersedes === undefined ? undefined : await desk.shelves.fact(workspace, input.supersedes);
  if (replaced !== undefined && !replaced.ok) return replaced;
  const author: FactAuthor = { type: "person", name: personName(person) };
  const fact = newFact(desk, workspace, input, { text, cites, author, confidence: input.confidence ?? 1 });
  const retired = replaced === undefined ? [] : [{ fact: retire(desk, replaced.value, "superseded", fact.factId) }];
  return add(desk, shelf, fact, retired);
}

/**
 * What an agent wants to have remembered. When its run has read untrusted content the fact waits for a person and changes
 * nothing that is known; what a person forgot stays forgotten.
 */
export async function proposeFact(
  desk: Desk,
  workspace: string,
  input: NewFact,
  by: Proposer,
): Promise<Result<Remembered>> {
  const noted = await note(desk, workspace, input);
  if (!noted.ok) return noted;
  if (input.supersedes !== undefined)
    return failure("memory.fact_invalid", "Only a person can put a fact in the place of another.");
  const { shelf, text, cites } = noted.value;
  const [known] = shelf.sameWords(input.kind, text).toSorted(byUse);
  if (known !== undefined) return ok(await mergeForAgent(desk, known, cites, by));
  const author: FactAuthor = {
    type: "agent",
    name: oneLine(by.agent, 300) || "agent",
    runId: oneLine(by.runId, 300) || "-",
  };
  const confidence = Math.min(input.confidence ?? AGENT_CONFIDENCE, 0.9);
  const fact = newFact(desk, workspace, input, { text, cites, author, confidence });
  if (by.source === "trusted") return add(desk, shelf, fact, []);
  if (shelf.proposed >= MAX_PROPOSED)
    return failure("memory.facts_full", `${MAX_PROPOSED} proposals wait for a person already.`);
  const reason = `Proposed by ${author.name} in a run that had read untrusted content.`;
  return add(desk, shelf, { ...fact, status: "proposed", reason }, []);
}

interface Noted {
  readonly shelf: Shelf;
  readonly text: string;
  readonly cites: Cite[];
}

async function note(desk: Desk, workspace: string, input: NewFact): Promise<Result<Noted>> {
  const text = factText(input.text);
  if (!text.ok) return text;
  const place = input.scope === "user" ? null : workspace;
  const cites = await takeDownAll(desk, place, input.cites);
  if (!cites.ok) return cites;
  return ok({ shelf: await desk.shelves.of(place), text: text.value, cites: cites.value });
}

export async function takeDownAll(
  { cited }: Desk,
  workspace: string | null,
  inputs: readonly CiteInput[],
): Promise<Result<Cite[]>> {
  const cites: Cite[] = [];
  for (const input of inputs) {
    const cite = await takeDown(cited, workspace, input);
    if (!cite.ok) return cite;
    cites.push(cite.value);
  }
  return ok(mergeCites([], cites));
}

async function add(desk: Desk, shelf: Shelf, fact: Fact, also: readonly { fact: Fact }[]): Promise<Result<Remembered>> {
  if (shelf.size >= MAX_FACTS)
    return failure("memory.facts_full", `There are ${shelf.size} facts, retired ones included.`);
  await desk.shelves.save([{ fact }, ...also]);
  return ok({ fact, outcome: "added" });
}

/** Said again by a person, a fact holds as of now, whatever its state was. */
async function mergeForPerson(desk: Desk, known: Fact, cites: readonly Cite[]): Promise<Remembered> {
  const merged = mergeCites(known.cites, cites);
  const isNew = known.status !== "active" || JSON.stringify(merged) !== JSON.stringify(known.cites);
  if (!isNew) return { fact: known, outcome: "known" };
  const fact: Fact = { ...known, cites: merged, status: "active", reason: "", updatedAt: desk.clock.iso() };
  await desk.shelves.save([{ fact }]);
  return { fact, outcome: "merged" };
}

async function mergeForAgent(desk: Desk, known: Fact, cites: readonly Cite[], by: Proposer): Promise<Remembered> {
  const merged = mergeCites(known.cites, cites);
  const isNew = JSON.stringify(merged) !== JSON.stringify(known.cites);
  if (by.source === "untrusted" || known.status !== "active" || !isNew) return { fact: known, outcome: "known" };
  const fact = { ...known, cites: merged, updatedAt: desk.clock.iso() };
  await desk.shelves.save([{ fact }]);
  return { fact, outcome: "merged" };
}

/** A later citation of the same place takes the place of the earlier one; the newest stay when there are too many. */
export function mergeCites(known: readonly Cite[], more: readonly Cite[]): Cite[] {
  const byPlace = new Map<string, Cite>();
  for (const cite of [...known, ...more]) {
    const lines = "path" in cite && cite.symbol === null ? cite.lines : null;
    const place = "ref" in cite ? [cite.kind, cite.ref] : [cite.kind, cite.path, cite.symbol, lines?.start, lines?.end];
    byPlace.set(JSON.stringify(place), cite);
  }
  return [...byPlace.values()].slice(-FACT_CITES);
}

export function retire(desk: Desk, fact: Fact, why: "superseded" | "forgotten", supersededBy: string | null): Fact {
  const reason = why === "superseded" ? "Another fact took its place." : "A person had it forgotten.";
  return { ...fact, status: "retired", reason, supersededBy, updatedAt: desk.clock.iso() };
}

function newFact(
  desk: Desk,
  workspace: string,
  { kind, scope }: NewFact,
  content: Pick<Fact, "text" | "cites" | "author" | "confidence">,
): Fact {
  const now = desk.clock.iso();
  return {
    factId: desk.newId(),
    kind,
    workspace: scope === "user" ? null : workspace,
    status: "active",
    reason: "",
    supersededBy: null,
    uses: 0,
    lastUsedAt: null,
    createdAt: now,
    updatedAt: now,
    version: 1,
    ...content,
  };
}

export function personName(person: string): string {
  return oneLine(person, 300) || "somebody";
}

const USE_ORDER = ["active", "flagged", "proposed", "retired"] as const;

function byUse(first: Fact, second: Fact): number {
  return USE_ORDER.indexOf(first.status) - USE_ORDER.indexOf(second.status);
}
