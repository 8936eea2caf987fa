/** Asks the person at the terminal what a run wants to know, until any client has answered. */
import type { Approval, ClientConnection, Question, RunState } from "../../protocol/index.ts";
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
  let open: Item[] = [];
  let asking: { id: string; withdraw: AbortController } | undefined;
  let runId = "";

  async function askNext(): Promise<void> {
    const item = open.find(({ id }) => !asked.has(id));
    if (item === undefined || asking !== undefined) return;
    asked.add(item.id);
    asking = { id: item.id, withdraw: new AbortController() };
    terminal.out(item.shown);
    const answer = await terminal.ask(item.prompt, asking.withdraw.signal);
    const wasWithdrawn = asking.withdraw.signal.aborted;
    asking = undefined;
    if (!wasWithdrawn && answer !== undefined) await send(item, answer.trim());
    await askNext();
  }

  async function send(item: Item, answer: string): Promise<void> {
    try {
      if ("approval" in item) await answerApproval(item.approval, answer);
      else await answerQuestion(item.question, answer);
    } catch (error) {
      if (!(error instanceof NexusError)) throw error;
      // After a lost connection the question comes again with the next state.
      if (error.value.code === "daemon.unreachable") asked.delete(item.id);
      else terminal.err(`${error.value.message}\n`);
    }
  }

  async function answerApproval({ approvalId, subjectHash }: Approval, answer: string): Promise<void> {
    const isYes = /^y(es)?$/i.test(answer);
    const feedback = isYes || /^(no?)?$/i.test(answer) ? {} : { feedback: answer };
    const decision = isYes ? ("approve" as const) : ("reject" as const);
    await connection().request("approval/answer", { runId, approvalId, subjectHash, decision, ...feedback });
  }

  async function answerQuestion({ questionId, choices }: Question, answer: string): Promise<void> {
    const chosen = /^\d+$/.test(answer) ? choices[Number(answer) - 1] : undefined;
    const words = chosen ?? (answer === "" ? "(no answer: decide by yourself)" : answer);
    await connection().request("question/answer", { runId, questionId, answer: words });
  }

  return {
    update(state) {
      runId = state.runId;
      open = [
        ...state.pendingApprovals.map((approval) => approvalItem(approval, paint)),
        ...(state.pendingQuestions ?? []).map((question) => questionItem(question, paint)),
      ];
      if (asking !== undefined && !open.some(({ id }) => id === asking?.id)) asking.withdraw.abort();
      void askNext();
    },
    stop: () => asking?.withdraw.abort(),
  };
}

type Item = { readonly id: string; readonly shown: string; readonly prompt: string } & (
  | { readonly approval: Approval }
  | { readonly question: Question }
);

function approvalItem(approval: Approval, paint: Paint): Item {
  const prompt = "  Allow it? [y]es, [n]o, or say what to do instead: ";
  return { id: approval.approvalId, shown: subjectText(approval, paint), prompt, approval };
}

/** The question itself is told when it is asked, and again here: other lines may have come in between. */
function questionItem(question: Question, paint: Paint): Item {
  const choices = question.choices.map((choice, index) => `  ${paint("bold", `${index + 1}`)} ${printable(choice)}\n`);
  const shown = `  ${paint("bold", printable(question.text))}\n${choices.join("")}`;
  const prompt = choices.length > 0 ? "  Number, or your own words: " : "  Your answer: ";
  return { id: question.questionId, shown, prompt, question };
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
