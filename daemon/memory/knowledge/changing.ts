/** What a person does with facts that are there: confirm, edit, forget, purge. */
import {
  type Cite,
  type CiteInput,
  FACT_CITES,
  type Fact,
  type FactEdit,
  failure,
  ok,
  type Result,
} from "../../../protocol/index.ts";
import { takeDown } from "./cited-code.ts";
import { factText } from "./fact-text.ts";
import { type Desk, mergeCites, personName, retire, takeDownAll } from "./noting.ts";

/**
 * Makes a proposed or flagged fact active, with what it cites as it is now; citations of what is gone are dropped.
 * Confirming an active fact does the same.
 */
export async function confirmFact(
  desk: Desk,
  workspace: string,
  factId: string,
  person: string,
): Promise<Result<Fact>> {
  const known = await changeable(desk, workspace, factId);
  if (!known.ok) return known;
  const cites: Cite[] = [];
  for (const cite of known.value.cites) {
    const again = "ref" in cite ? ok(cite) : await takeDown(desk.cited, known.value.workspace, inputOf(cite));
    if (again.ok) cites.push(again.value);
  }
  const by: Cite = { kind: "person", ref: personName(person) };
  const room = cites.slice(0, FACT_CITES - 1);
  const fact: Fact = { ...activeNow(desk, known.value), cites: mergeCites(room, [by]), confidence: 1 };
  await desk.shelves.save([{ fact }]);
  return ok(fact);
}

/**
 * Changes text, kind or citations; what was there before is kept as a version. Whoever edits a proposal confirms it.
 * `shown`: the version that the person saw; when another has come since, nothing is changed.
 */
export async function editFact(
  desk: Desk,
  workspace: string,
  factId: string,
  edit: FactEdit,
  shown?: number,
): Promise<Result<Fact>> {
  const known = await changeable(desk, workspace, factId);
  if (!known.ok) return known;
  const before = known.value;
  if (shown !== undefined && shown !== before.version)
    return failure("memory.fact_changed", `It has version ${before.version}, not ${shown}.`);
  const text = edit.text === undefined ? ok(before.text) : factText(edit.text);
  if (!text.ok) return text;
  const cites = edit.cites === undefined ? ok(before.cites) : await takeDownAll(desk, before.workspace, edit.cites);
  if (!cites.ok) return cites;
  const kind = edit.kind ?? before.kind;
  const after = { ...activeNow(desk, before), kind, text: text.value, cites: cites.value, version: before.version + 1 };
  // New words do not bring the cited code back; new citations do.
  const isStillFlagged = before.status === "flagged" && edit.cites === undefined;
  const fact: Fact = isStillFlagged ? { ...after, status: "flagged", reason: before.reason } : after;
  await desk.shelves.save([{ fact, replaces: before }]);
  return ok(fact);
}

/** Takes a fact out of use; it stays as a tombstone, so that no agent brings it back, until it is purged. */
export async function forgetFact(desk: Desk, workspace: string, factId: string): Promise<Result<Fact>> {
  const known = await desk.shelves.fact(workspace, factId);
  if (!known.ok || known.value.status === "retired") return known;
  const fact = retire(desk, known.value, "forgotten", null);
  await desk.shelves.save([{ fact }]);
  return ok(fact);
}

/** Removes facts and their versions for good: the named ones, or all retired ones of the workspace and of the user. */
export async function purgeFacts(
  desk: Desk,
  workspace: string,
  which: readonly string[] | "retired",
): Promise<Result<{ purged: number }>> {
  const facts: Fact[] = [];
  if (which === "retired") {
    for (const shelf of await desk.shelves.both(workspace))
      for (const { fact } of shelf.newestFirst()) if (fact.status === "retired") facts.push(fact);
  } else
    for (const factId of new Set(which)) {
      const fact = await desk.shelves.fact(workspace, factId);
      if (!fact.ok) return fact;
      facts.push(fact.value);
    }
  await desk.shelves.purge(facts);
  return ok({ purged: facts.length });
}

async function changeable({ shelves }: Desk, workspace: string, factId: string): Promise<Result<Fact>> {
  const fact = await shelves.fact(workspace, factId);
  return fact.ok && fact.value.status === "retired" ? failure("memory.fact_retired", fact.value.reason) : fact;
}

function activeNow({ clock }: Desk, fact: Fact): Fact {
  return { ...fact, status: "active", reason: "", updatedAt: clock.iso() };
}

function inputOf({ kind, path, symbol, lines }: Extract<Cite, { path: string }>): CiteInput {
  return { kind, path, ...(symbol === null ? {} : { symbol }), ...(lines === null ? {} : { lines }) };
}
