/** nexus approvals, nexus approve, nexus reject: the queue of all runs, from any terminal. */
import { type Approval, type ClientConnection, nexusError, type Params } from "../../protocol/index.ts";
import { revealed } from "../tools/gate/result.ts";
import { approvalText } from "./approve.ts";
import { type CliContext, printJson, withConnection } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import type { Arguments } from "./parse.ts";

export function approvalsCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  return withConnection(context, async (connection) => {
    const answer = await connection.request("approval/list", {});
    if (args.has("json")) printJson(context, answer);
    else if (answer.approvals.length === 0) context.terminal.out("Nothing waits for an answer.\n");
    else for (const { runId, approval } of answer.approvals) context.terminal.out(entry(context, runId, approval));
    return EXIT.done;
  });
}

export function approveCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const remember = args.has("always") ? { remember: true } : {};
  return answerOne(context, args.words[0] ?? "", { decision: "approve", ...remember });
}

export function rejectCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const feedback = args.words.slice(1).join(" ");
  return answerOne(context, args.words[0] ?? "", { decision: "reject", ...(feedback === "" ? {} : { feedback }) });
}

type Given = Pick<Params<"approval/answer">, "decision" | "feedback" | "remember">;

function answerOne(context: CliContext, name: string, given: Given): Promise<ExitCode> {
  return withConnection(
    context,
    async (connection) => {
      const { runId, approval } = await find(connection, name);
      const { approvalId, subjectHash } = approval;
      await connection.request("approval/answer", { runId, approvalId, subjectHash, ...given });
      context.terminal.out(entry(context, runId, approval));
      context.terminal.out(`${given.decision === "approve" ? "Approved" : "Rejected"}.\n`);
      return EXIT.done;
    },
    { decides: true },
  );
}

async function find(connection: ClientConnection, name: string) {
  const { approvals } = await connection.request("approval/list", {});
  const [first, ...others] = approvals.filter(({ approval }) => approval.approvalId.startsWith(name));
  if (first === undefined) throw nexusError("approval.unknown", `“${name}” is not among those of \`nexus approvals\`.`);
  if (others.length > 0) throw nexusError("usage.invalid", `“${name}” fits ${others.length + 1} approvals.`);
  return first;
}

function entry({ paint }: CliContext, runId: string, approval: Approval): string {
  const { approvalId, title, reason } = approval;
  const head = `${paint("bold", approvalId)} ${revealed(title)} ${paint("dim", `(run ${runId})`)}\n  ${paint("dim", revealed(reason))}\n`;
  return head + approvalText(approval, paint);
}
