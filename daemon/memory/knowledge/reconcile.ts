/** Holds facts against the present code: what they cite may have moved, changed, or gone. */
import type { Cite, Fact, ReconcileReport } from "../../../protocol/index.ts";
import { type CitedCode, type CodeNow, standingOf } from "./cited-code.ts";
import type { Desk } from "./noting.ts";

/** Renamed files are looked for among this many changed ones. */
const MAX_LOOKED_THROUGH = 2000;

/**
 * Looks up what facts in use cite of `changed` paths (those that were added, changed or removed; left out: of all). A
 * citation follows what moved unchanged; a fact whose code changed or is gone is flagged, and active again when the code
 * is as it was.
 */
export async function reconcileFacts(
  desk: Desk,
  workspace: string,
  changed?: readonly string[],
): Promise<ReconcileReport> {
  const shelf = await desk.shelves.of(workspace);
  const facts = shelf.citing(changed === undefined ? undefined : new Set(changed));
  const code = rememberLooks(desk.cited, workspace);
  const candidates = (changed ?? []).slice(0, MAX_LOOKED_THROUGH);
  const report: { checked: number; followed: number; flagged: ReconcileReport["flagged"]; restored: number } = {
    checked: facts.length,
    followed: 0,
    flagged: [],
    restored: 0,
  };
  const changes: { fact: Fact }[] = [];
  for (const fact of facts) {
    const { cites, moves, problems } = await lookUp(fact, code, candidates);
    const after = judged(fact, cites, problems);
    report.followed += moves;
    if (after.status === "flagged" && after.reason !== fact.reason)
      report.flagged.push({ factId: fact.factId, reason: after.reason });
    if (after.status === "active" && fact.status === "flagged") report.restored += 1;
    if (JSON.stringify(after) !== JSON.stringify(fact))
      changes.push({ fact: { ...after, updatedAt: desk.clock.iso() } });
  }
  if (changes.length > 0) await desk.shelves.save(changes);
  return report;
}

async function lookUp(fact: Fact, code: CodeNow, changed: readonly string[]) {
  const cites: Cite[] = [];
  const problems: string[] = [];
  let moves = 0;
  for (const cite of fact.cites) {
    const standing = "ref" in cite ? undefined : await standingOf(cite, code, changed);
    cites.push(standing !== undefined && "cite" in standing ? standing.cite : cite);
    if (standing?.state === "moved") moves += 1;
    if (standing !== undefined && "why" in standing) problems.push(standing.why);
  }
  return { cites, moves, problems };
}

function judged(fact: Fact, cites: Cite[], problems: readonly string[]): Fact {
  if (problems.length === 0) return { ...fact, cites, status: "active", reason: "" };
  const what = problems.slice(0, 3).join("; ").slice(0, 600);
  const advice = fact.kind === "dead_end" ? "it may be worth trying again" : "check whether it still holds";
  return { ...fact, cites, status: "flagged", reason: `${what} since this was noted: ${advice}.` };
}

function rememberLooks(cited: CitedCode, workspace: string): CodeNow {
  const contents = new Map<string, ReturnType<CodeNow["content"]>>();
  const symbols = new Map<string, ReturnType<CodeNow["symbol"]>>();
  return {
    content: (path) => remembered(contents, path, () => cited.content(workspace, path)),
    symbol: (path, name) => remembered(symbols, `${path}\n${name}`, () => cited.symbol(workspace, path, name)),
  };
}

function remembered<Value>(known: Map<string, Value>, key: string, make: () => Value): Value {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}
