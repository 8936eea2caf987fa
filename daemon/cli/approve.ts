/** Asks the person at the terminal what a run wants to know, until any client has answered. */
import type {
  Approval,
  ApprovalSubject,
  ClientConnection,
  Estimate,
  Params,
  Question,
  RunState,
} from "../../protocol/index.ts";
import { NexusError } from "../../protocol/index.ts";
import type { Terminal } from "../host/terminal.ts";
import { revealed } from "../tools/gate/result.ts";
import { count, type Paint } from "./format.ts";
import { basisText, changeText, estimateText } from "./plan-tables.ts";
import { questionPrompt, questionText, wordsOf } from "./question.ts";

/** Something that waits for the person: what is shown, what is asked, and where the answer goes. */
interface Item {
  readonly id: string;
  readonly shown: string;
  readonly prompt: string;
  send(answer: string): Promise<void>;
}

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
      await item.send(answer);
    } catch (error) {
      if (!(error instanceof NexusError)) throw error;
      // After a lost connection the question comes again with the next state.
      if (error.value.code === "daemon.unreachable") asked.delete(item.id);
      else terminal.err(`${error.value.message}\n`);
    }
  }

  function approvalItem(approval: Approval): Item {
    const { approvalId, subjectHash, remember } = approval;
    const always = remember === undefined ? "" : "[a]lways, ";
    return {
      id: approvalId,
      shown: approvalText(approval, paint),
      prompt: `  Allow it? [y]es, ${always}[n]o, or say what to do instead: `,
      async send(answer) {
        const given = answerOf(answer, remember !== undefined);
        await connection().request("approval/answer", { runId, approvalId, subjectHash, ...given });
      },
    };
  }

  function questionItem(question: Question): Item {
    const { questionId } = question;
    return {
      id: questionId,
      shown: questionText(question, paint),
      prompt: questionPrompt(question),
      async send(typed) {
        await connection().request("question/answer", { runId, questionId, answer: wordsOf(question, typed) });
      },
    };
  }

  return {
    update(state) {
      runId = state.runId;
      open = [...state.pendingApprovals.map(approvalItem), ...(state.pendingQuestions ?? []).map(questionItem)];
      if (asking !== undefined && !open.some(({ id }) => id === asking?.id)) asking.withdraw.abort();
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
  const dim = (text: string) => paint("dim", revealed(text));
  const lines = subjectLines(subject, (text) => paint("bold", revealed(text)), dim);
  const explained = parts.map(({ text, why }) => `  ${text}: ${why}`);
  const kept = remember === undefined ? [] : [`“always” keeps the rule: ${remember}`];
  return [...lines, ...explained.map(dim), ...kept.map(dim)].map((line) => `  ${line}\n`).join("");
}

/** 3 tasks in 2 milestones: about … */
function planSize({ taskCount, milestones }: PlanSubject, estimate: Estimate): string {
  const parts = milestones === undefined ? "" : ` in ${count(milestones, "milestone")}`;
  return `${count(taskCount, "task")}${parts}: ${estimateText(estimate)} (${basisText(estimate)})`;
}

type PlanSubject = Extract<ApprovalSubject, { kind: "plan" }>;
type Painted = (text: string) => string;

function subjectLines(subject: ApprovalSubject, bold: Painted, dim: Painted): string[] {
  switch (subject.kind) {
    case "plan":
      return [
        ...(subject.estimate === undefined ? [] : [planSize(subject, subject.estimate)]),
        ...(subject.change === undefined ? [] : changeText(subject.change).trimEnd().split("\n")),
        ...subject.commands.map((command) => `${dim("runs")} ${revealed(command)}`),
        ...(subject.permissions ?? []).map(dim),
      ];
    case "command": {
      const wall = subject.sandbox === "none" ? ", with no sandbox" : "";
      const bound = (subject.files ?? []).map(({ path, sha256 }) =>
        dim(`${path} ${sha256?.slice(0, 12) ?? "(missing)"}`),
      );
      const hosts = subject.hosts === undefined ? [] : [dim(`may reach ${subject.hosts.join(", ")}`)];
      return [`${bold(subject.command)} ${dim(`in ${subject.cwd}${wall}`)}`, ...hosts, ...bound];
    }
    case "read":
      return [`${bold(subject.path)} ${dim(subject.reason)}`];
    case "write":
      return [`${bold(subject.path)} ${dim(subject.reason)}`, ...(subject.diff?.split("\n").map(revealed) ?? [])];
    case "network":
      return [bold(subject.url)];
    case "foreign":
      return [`${bold(subject.name)} ${dim(subject.input)}`];
    case "git":
      return [`${bold(`git ${subject.action}`)} ${revealed(subject.detail)}`];
  }
}
