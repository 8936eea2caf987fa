/** Asks the person at the terminal what a run wants to know, until any client has answered. */
import type { Approval, ApprovalSubject, ClientConnection, Params, RunState } from "../../protocol/index.ts";
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
    terminal.out(approvalText(approval, paint));
    const always = approval.remember === undefined ? "" : "[a]lways, ";
    const question = `  Allow it? [y]es, ${always}[n]o, or say what to do instead: `;
    const answer = await terminal.ask(question, asking.withdraw.signal);
    const wasWithdrawn = asking.withdraw.signal.aborted;
    asking = undefined;
    if (!wasWithdrawn && answer !== undefined) await send(approval, answer.trim());
    await askNext();
  }

  async function send({ approvalId, subjectHash, remember }: Approval, answer: string): Promise<void> {
    const given = answerOf(answer, remember !== undefined);
    try {
      await connection().request("approval/answer", { runId, approvalId, subjectHash, ...given });
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

type Given = Pick<Params<"approval/answer">, "decision" | "feedback" | "remember">;

/** Anything but a clear yes is a no, and more than a no is what to do instead. */
function answerOf(answer: string, mayRemember: boolean): Given {
  if (/^y(es)?$/i.test(answer)) return { decision: "approve" };
  if (mayRemember && /^a(lways)?$/i.test(answer)) return { decision: "approve", remember: true };
  return { decision: "reject", ...(/^(no?)?$/i.test(answer) ? {} : { feedback: answer }) };
}

/** What exactly would happen, control characters made visible. */
export function approvalText({ subject, parts = [], remember }: Approval, paint: Paint): string {
  const dim = (text: string) => paint("dim", printable(text));
  const lines = subjectLines(subject, (text) => paint("bold", printable(text)), dim);
  const explained = parts.map(({ text, why }) => `  ${printable(text)}: ${why}`);
  const kept = remember === undefined ? [] : [`“always” keeps the rule: ${remember}`];
  return [...lines, ...explained.map(dim), ...kept.map(dim)].map((line) => `  ${line}\n`).join("");
}

type Painted = (text: string) => string;

function subjectLines(subject: ApprovalSubject, bold: Painted, dim: Painted): string[] {
  switch (subject.kind) {
    case "plan":
      return [
        ...subject.commands.map((command) => `${dim("runs")} ${printable(command)}`),
        ...(subject.permissions ?? []).map(dim),
      ];
    case "command": {
      const wall = subject.sandbox === "none" ? ", with no sandbox" : "";
      const bound = (subject.files ?? []).map(({ path, sha256 }) =>
        dim(`${path} ${sha256?.slice(0, 12) ?? "(missing)"}`),
      );
      return [`${bold(subject.command)} ${dim(`in ${subject.cwd}${wall}`)}`, ...bound];
    }
    case "read":
      return [`${bold(subject.path)} ${dim(subject.reason)}`];
    case "write":
      return [`${bold(subject.path)} ${dim(subject.reason)}`, ...(subject.diff?.split("\n").map(printable) ?? [])];
    case "network":
      return [bold(subject.url)];
    case "foreign":
      return [`${bold(subject.name)} ${dim(subject.input)}`];
    case "git":
      return [`${bold(`git ${subject.action}`)} ${printable(subject.detail)}`];
  }
}
