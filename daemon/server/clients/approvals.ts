/** Approvals for clients that prefer to be asked: the first answer wins, and the others' questions are withdrawn. */
import type { Approval, RunState } from "../../../protocol/index.ts";
import type { Log } from "../../observability/log.ts";
import type { RunService } from "../../orchestration/run-service.ts";
import type { ConnectedClient } from "../rpc/clients.ts";
import { type ClientChoice, nameOf } from "./choice.ts";

type Runs = Pick<RunService, "onEvent" | "approvals" | "show" | "answer">;
type Asked = Pick<RunState, "runId" | "workspace" | "prompt">;

/** Questions that stay open at one client; what is beyond them it finds with approval/list. */
const MAX_OPEN = 20;
/** Longer than any question is open. */
const OPEN_MS = 25 * 60 * 60_000;

/**
 * Asks every client that offers it, also those that come while a question is open. A client that never answers
 * holds up nobody: the question is open to all others, and expires by itself. The function ends it.
 */
export function askApprovals(runs: Runs, choice: ClientChoice, log: Log): () => void {
  /** By approval: withdraws it from whoever is asked. */
  const open = new Map<string, { readonly runId: string; readonly withdraw: AbortController }>();
  const openAt = new WeakMap<ConnectedClient, Set<string>>();

  async function ask(client: ConnectedClient, run: Asked, approval: Approval): Promise<void> {
    const { runId, workspace, prompt } = run;
    const { approvalId, subjectHash } = approval;
    const mine = openAt.get(client) ?? new Set();
    openAt.set(client, mine);
    if (mine.size >= MAX_OPEN || mine.has(approvalId)) return;
    mine.add(approvalId);
    const known = open.get(approvalId) ?? { runId, withdraw: new AbortController() };
    open.set(approvalId, known);
    try {
      const params = { runId, workspace, prompt: prompt.slice(0, 2000), approval };
      const patience = { timeoutMs: OPEN_MS, signal: known.withdraw.signal };
      const { decision, feedback, ...answer } = await client.ask("client/approval", params, patience);
      if (decision === "later") return;
      const given = { runId, approvalId, subjectHash: answer.subjectHash, decision };
      await runs.answer(feedback === undefined ? given : { ...given, feedback }, { name: nameOf(client) });
    } catch (error) {
      if (known.withdraw.signal.aborted || client.closed.aborted) return;
      const about = { client: nameOf(client), approvalId, subjectHash, error: String(error) };
      log.write("info", "an answer to an approval did not count", about);
    } finally {
      mine.delete(approvalId);
    }
  }

  function withdraw(isOver: (approvalId: string, runId: string) => boolean): void {
    for (const [approvalId, question] of open) {
      if (!isOver(approvalId, question.runId)) continue;
      open.delete(approvalId);
      question.withdraw.abort();
    }
  }

  async function askNewcomer(client: ConnectedClient): Promise<void> {
    const { approvals } = await runs.approvals();
    for (const { runId, approval } of approvals.slice(0, MAX_OPEN)) {
      const { run } = await runs.show({ runId });
      if (run.pendingApprovals.some(({ approvalId }) => approvalId === approval.approvalId))
        void ask(client, run, approval);
    }
  }

  const endEvents = runs.onEvent(({ runId, body }, state) => {
    if (body.type === "approval.requested")
      for (const client of choice.able("client/approval")) void ask(client, state, body.approval);
    else if (body.type === "approval.answered") withdraw((approvalId) => approvalId === body.approvalId);
    else if (body.type === "run.finished") withdraw((_, asking) => asking === runId);
  });
  const endOpened = choice.onAble("client/approval", (client) => {
    askNewcomer(client).catch((error: unknown) =>
      log.write("warn", "a client was not asked what waits", { client: nameOf(client), error: String(error) }),
    );
  });
  return () => {
    endEvents();
    endOpened();
    withdraw(() => true);
  };
}
