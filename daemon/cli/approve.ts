/** Asks the person at the terminal what a run wants to know, until any client has answered. */
import type { Approval, ClientConnection, RunState } from "../../protocol/index.ts";
import { NexusError } from "../../protocol/index.ts";
import type { Terminal } from "../host/terminal.ts";
import { type Paint, printable } from "./format.ts";

export interface Approver {
  /** Asks about what is open in this state, one question at a time; withdraws what another client has answered. */
  update(state: RunState): void;
  stop(): void;
}

export function createApprover(terminal: Terminal, paint: Paint, connection: () => ClientConnection): Approver {
  const asked = new Set<string>();
  let open: Approval[] = [];
  let asking: { approvalId: string; withdraw: AbortController } | undefined;
  let runId = "";

  async function askNext(): Promise<void> {
    const approval = open.find(({ approvalId }) => !asked.has(approvalId));
    if (approval === undefined || asking !== undefined) return;
    asked.add(approval.approvalId);
    asking = { approvalId: approval.approvalId, withdraw: new AbortController() };
    terminal.out(subjectText(approval, paint));
    const answer = await terminal.ask("  Allow it? [y]es, [n]o, or say what to do instead: ", asking.withdraw.signal);
    const wasWithdrawn = asking.withdraw.signal.aborted;
    asking = undefined;
    if (!wasWithdrawn && answer !== undefined) await send(approval, answer.trim());
    await askNext();
  }

  async function send({ approvalId, subjectHash }: Approval, answer: string): Promise<void> {
    const isYes = /^y(es)?$/i.test(answer);
    const feedback = isYes || /^(no?)?$/i.test(answer) ? {} : { feedback: answer };
    const decision = isYes ? ("approve" as const) : ("reject" as const);
    try {
      await connection().request("approval/answer", { runId, approvalId, subjectHash, decision, ...feedback });
    } catch (error) {
      if (!(error instanceof NexusError)) throw error;
      // After a lost connection the question comes again with the next state.
      if (error.value.code === "daemon.unreachable") asked.delete(approvalId);
      else terminal.err(`${error.value.message}\n`);
    }
  }

  return {
    update(state) {
      runId = state.runId;
      open = state.pendingApprovals;
      if (asking !== undefined && !open.some(({ approvalId }) => approvalId === asking?.approvalId))
        asking.withdraw.abort();
      void askNext();
    },
    stop: () => asking?.withdraw.abort(),
  };
}

function subjectText({ subject }: Approval, paint: Paint): string {
  switch (subject.kind) {
    case "plan":
      return subject.commands.map((command) => `  ${paint("dim", "runs")} ${printable(command)}\n`).join("");
    case "command":
      return `  ${paint("bold", printable(subject.command))} ${paint("dim", `in ${printable(subject.cwd)}`)}\n`;
    case "read":
    case "write":
      return `  ${paint("bold", printable(subject.path))} ${paint("dim", printable(subject.reason))}\n`;
    case "network":
      return `  ${paint("bold", printable(subject.url))}\n`;
    case "foreign":
      return `  ${paint("bold", printable(subject.name))} ${paint("dim", printable(subject.input))}\n`;
    case "git":
      return `  ${paint("bold", `git ${subject.action}`)} ${printable(subject.detail)}\n`;
  }
}
