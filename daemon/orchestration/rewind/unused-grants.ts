/**
 * What a person allowed in one run is no permission for another: a fork keeps an approval where the effect it was for is on
 * record, and asks again where it is not. Without this, copying an answer would make a permission that has lapsed new.
 */
import type { Approval } from "../../../protocol/index.ts";
import type { KeyedEvent } from "../../store/store.ts";
import { approvalIdOf, checkQuestionKey } from "../people/approval-gate.ts";

/** The history without questions, and their answers, that are open or were approved while the effect has no result. */
export function withoutUnusedGrants(history: readonly KeyedEvent[], origin: string): KeyedEvent[] {
  const unused = unusedGrants(history, origin);
  return history.filter(({ event: { body } }) => {
    if (body.type === "approval.requested") return !unused.has(body.approval.approvalId);
    return body.type !== "approval.answered" || !unused.has(body.approvalId);
  });
}

function unusedGrants(history: readonly KeyedEvent[], origin: string): Set<string> {
  const asked: Approval[] = [];
  const rejected = new Set<string>();
  const done: string[] = [];
  for (const { event, key } of history) {
    const { body } = event;
    if (body.type === "approval.requested") asked.push(body.approval);
    if (body.type === "approval.answered" && body.decision === "reject") rejected.add(body.approvalId);
    if (body.type === "tool.finished") done.push(body.key);
    if (body.type === "verification.finished" && key !== null) done.push(checkQuestionKey(key));
  }
  // A plan is agreed to for the whole run, and the fork carries on the same plan.
  const open = asked.filter(({ approvalId, subject }) => subject.kind !== "plan" && !rejected.has(approvalId));
  const used = usedBy(open, done, origin);
  return new Set(open.map(({ approvalId }) => approvalId).filter((approvalId) => !used.has(approvalId)));
}

/** A question is named by a hash of its place in the run, so the places of what is done are hashed and compared. */
function usedBy(open: readonly Approval[], done: readonly string[], origin: string): Set<string> {
  const rounds = new Map<string, number>();
  for (const { subjectHash } of open) rounds.set(subjectHash, (rounds.get(subjectHash) ?? 0) + 1);
  const ids = [...rounds].flatMap(([hash, count]) =>
    done.flatMap((key) => Array.from({ length: count }, (_, round) => approvalIdOf(origin, { key, hash, round }))),
  );
  return new Set(ids);
}
