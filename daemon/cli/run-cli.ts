/** From the words of a command line to an exit code. */
import { type ErrorValue, errorValue, NexusError } from "../../protocol/errors.ts";
import type { CommandName } from "./commands.ts";
import { type CliContext, type CliPlace, createContext } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { helpText } from "./help.ts";
import { type Arguments, type Invocation, parseCommandLine } from "./parse.ts";

type Run = (context: CliContext, args: Arguments) => Promise<ExitCode>;

/** Loaded when it is needed: `--help` must not wait for what only a run needs. */
const IMPLEMENTATIONS: Readonly<Record<CommandName, () => Promise<Run>>> = {
  run: async () => (await import("./run.ts")).runCommand,
  plan: async () => (await import("./run.ts")).planCommand,
  "plan show": async () => (await import("./plan.ts")).showPlanCommand,
  "plan edit": async () => (await import("./plan.ts")).editPlanCommand,
  "plan history": async () => (await import("./plan.ts")).planHistoryCommand,
  "runs list": async () => (await import("./runs.ts")).listCommand,
  "runs show": async () => (await import("./runs.ts")).showCommand,
  "runs watch": async () => (await import("./runs.ts")).watchCommand,
  "runs diff": async () => (await import("./runs-changes.ts")).diffCommand,
  "runs accept": async () => (await import("./runs-changes.ts")).acceptCommand,
  "runs discard": async () => (await import("./runs-changes.ts")).discardCommand,
  "runs resume": async () => (await import("./runs.ts")).resumeCommand,
  "runs checkpoints": async () => (await import("./runs-rewind.ts")).checkpointsCommand,
  "runs rewind": async () => (await import("./runs-rewind.ts")).rewindCommand,
  "runs fork": async () => (await import("./runs-rewind.ts")).forkCommand,
  "runs replay": async () => (await import("./runs-replay.ts")).replayCommand,
  "runs prune": async () => (await import("./runs-rewind.ts")).pruneCommand,
  "runs pause": async () => (await import("./runs-task.ts")).pauseCommand,
  "runs cancel": async () => (await import("./runs.ts")).cancelCommand,
  "sessions list": async () => (await import("./sessions.ts")).sessionsListCommand,
  "sessions delete": async () => (await import("./sessions.ts")).sessionsDeleteCommand,
  "workflow run": async () => (await import("./workflow.ts")).workflowRunCommand,
  "workflow validate": async () => (await import("./workflow.ts")).workflowValidateCommand,
  "workflow graph": async () => (await import("./workflow.ts")).workflowGraphCommand,
  "workflow list": async () => (await import("./workflow.ts")).workflowListCommand,
  "workflow states": async () => (await import("./workflow-runs.ts")).workflowStatesCommand,
  "workflow fork": async () => (await import("./workflow-runs.ts")).workflowForkCommand,
  "workflow compare": async () => (await import("./workflow-runs.ts")).workflowCompareCommand,
  "workflow migrate": async () => (await import("./workflow-runs.ts")).workflowMigrateCommand,
  "workflow schedule": async () => (await import("./workflow-schedule.ts")).workflowScheduleCommand,
  "metagpt run": async () => (await import("./metagpt-run.ts")).metagptRunCommand,
  "metagpt sop": async () => (await import("./metagpt-run.ts")).metagptSopCommand,
  "metagpt read": async () => (await import("./metagpt.ts")).metagptReadCommand,
  "metagpt write": async () => (await import("./metagpt-write.ts")).metagptWriteCommand,
  approvals: async () => (await import("./approvals.ts")).approvalsCommand,
  approve: async () => (await import("./approvals.ts")).approveCommand,
  reject: async () => (await import("./approvals.ts")).rejectCommand,
  trust: async () => (await import("./trust.ts")).trustCommand,
  "audit tail": async () => (await import("./audit.ts")).auditTailCommand,
  "audit verify": async () => (await import("./audit.ts")).auditVerifyCommand,
  "audit export": async () => (await import("./audit.ts")).auditExportCommand,
  "daemon start": async () => (await import("./daemon.ts")).startCommand,
  "daemon stop": async () => (await import("./daemon.ts")).stopCommand,
  "daemon status": async () => (await import("./daemon.ts")).statusCommand,
  "daemon logs": async () => (await import("./daemon.ts")).logsCommand,
  "policy check": async () => (await import("./policy-check.ts")).checkCommand,
  "policy explain": async () => (await import("./policy-explain.ts")).explainCommand,
  "policy simulate": async () => (await import("./policy-simulate.ts")).simulateCommand,
  "policy list": async () => (await import("./policy-rules.ts")).listRulesCommand,
  "policy keep": async () => (await import("./policy-rules.ts")).keepRuleCommand,
  "policy forget": async () => (await import("./policy-rules.ts")).forgetRuleCommand,
  index: async () => (await import("./memory-index.ts")).indexCommand,
  search: async () => (await import("./memory-search.ts")).searchCommand,
  map: async () => (await import("./memory-graph.ts")).mapCommand,
  impact: async () => (await import("./memory-graph.ts")).impactCommand,
  uses: async () => (await import("./memory-graph.ts")).usesCommand,
  edits: async () => (await import("./edits.ts")).editsCommand,
  "memory status": async () => (await import("./memory-status.ts")).memoryStatusCommand,
  "memory list": async () => (await import("./memory-facts.ts")).listFactsCommand,
  "memory add": async () => (await import("./memory-facts.ts")).addFactCommand,
  "memory edit": async () => (await import("./memory-facts.ts")).editFactCommand,
  "memory confirm": async () => (await import("./memory-facts.ts")).confirmFactCommand,
  "memory forget": async () => (await import("./memory-facts.ts")).forgetFactCommand,
  "memory export": async () => (await import("./memory-transfer.ts")).exportFactsCommand,
  "memory import": async () => (await import("./memory-transfer.ts")).importFactsCommand,
  "memory learn": async () => (await import("./memory-vectors.ts")).learnCommand,
  "memory embed": async () => (await import("./memory-vectors.ts")).embedCommand,
  "memory drop": async () => (await import("./memory-index.ts")).dropCommand,
  "agents list": async () => (await import("./agents.ts")).agentsListCommand,
  "agents show": async () => (await import("./agents.ts")).agentsShowCommand,
  "metagpt adapter": async () => (await import("./metagpt-adapter.ts")).adapterStatusCommand,
  "tools list": async () => (await import("./tools-list.ts")).toolsListCommand,
  "mcp-servers list": async () => (await import("./tools-list.ts")).serversListCommand,
  "mcp-servers test": async () => (await import("./tools-list.ts")).serverTestCommand,
  lsp: async () => (await import("./lsp.ts")).lspCommand,
  acp: async () => (await import("./acp.ts")).acpCommand,
  mcp: async () => (await import("./mcp.ts")).mcpCommand,
  setup: async () => (await import("./setup.ts")).setupCommand,
  rpc: async () => (await import("./rpc.ts")).rpcCommand,
  clients: async () => (await import("./clients.ts")).clientsCommand,
  doctor: async () => (await import("./doctor.ts")).doctorCommand,
  completion: async () => printCompletion,
};

/** Never rejects: whatever fails is told on standard error (with --json as an object on standard output too). */
export async function runCli(words: readonly string[], place: CliPlace): Promise<ExitCode> {
  try {
    const invocation = parseCommandLine(words);
    const context = await createContext(place);
    switch (invocation.kind) {
      case "help":
        place.terminal.out(helpText(invocation.path));
        return EXIT.done;
      case "version":
        place.terminal.out(`${context.build.version}\n`);
        return EXIT.done;
      case "run":
        return await runCommandLine(context, invocation);
    }
  } catch (error) {
    const value = errorOf(error);
    if (words.includes("--json")) place.terminal.out(`${JSON.stringify({ type: "error", error: value })}\n`);
    place.terminal.err(`nexus: ${value.message}\n  ${value.hint}\n`);
    return exitCodeOfError(value.code);
  }
}

/** Rejects with what the command fails with. */
export async function runCommandLine(
  context: CliContext,
  invocation: Extract<Invocation, { kind: "run" }>,
): Promise<ExitCode> {
  const run = await IMPLEMENTATIONS[invocation.name]();
  return run(context, invocation.arguments);
}

export function exitCodeOfError(code: string): ExitCode {
  if (code === "usage.invalid" || code === "settings.invalid") return EXIT.usage;
  if (code === "request.cancelled") return EXIT.cancelled;
  if (code.startsWith("budget.")) return EXIT.outOfBudget;
  if (code === "tool.denied" || code === "plan.rejected") return EXIT.denied;
  return EXIT.failed;
}

function errorOf(error: unknown): ErrorValue {
  if (error instanceof NexusError) return error.value;
  return errorValue("run.internal", error instanceof Error ? (error.stack ?? error.message) : String(error));
}

async function printCompletion(context: CliContext, args: Arguments): Promise<ExitCode> {
  const { completionScript } = await import("./completion.ts");
  context.terminal.out(completionScript(args.words[0] ?? ""));
  return EXIT.done;
}
