/** The commands of a run and their output in a terminal of the editor. It takes no input: they run behind their wall, not here. */
import * as vscode from "vscode";
import type { ReverseAnswer, ReverseParams } from "../../protocol/reverse.ts";
import type { Nexus } from "../nexus.ts";
import { shortPrompt } from "../runs/run-facts.ts";
import { plainOutput } from "./plain-output.ts";

type Command = ReverseParams<"client/terminal">;

interface RunTerminal {
  readonly terminal: vscode.Terminal;
  write(text: string): void;
  /** The call whose output was last written. */
  current: string;
}

const terminals = new Map<string, RunTerminal>();

/** Shows the run's terminal, making one if needed; from now on it shows what the run's commands print. */
export async function showTerminal(nexus: Nexus, runId: string): Promise<void> {
  const known = terminals.get(runId);
  if (known !== undefined) return known.terminal.show(true);
  const { run } = await nexus.daemon.request("run/show", { runId });
  const written = new vscode.EventEmitter<string>();
  const holder = {};
  const stopDeltas = nexus.daemon.on("run/delta", (delta) => {
    const call =
      delta.runId === runId && delta.call !== undefined ? callName({ ...delta, call: delta.call }) : undefined;
    if (call !== undefined) show(runId, call, delta.text);
  });
  const stopConnected = nexus.daemon.onConnected(() => watch());
  const watch = () => void nexus.watches.join(runId, holder, run.seq).catch(nexus.report);
  const pty: vscode.Pseudoterminal = {
    onDidWrite: written.event,
    open: () => written.fire(`Commands of “${shortPrompt(run.prompt)}”, from now on. Nothing can be typed here.\r\n`),
    close() {
      terminals.delete(runId);
      stopDeltas();
      stopConnected();
      written.dispose();
      void nexus.watches.release(runId, holder).catch(() => undefined);
    },
  };
  const iconPath = new vscode.ThemeIcon("lock");
  const terminal = vscode.window.createTerminal({ name: `Nexus: ${shortPrompt(run.prompt, 30)}`, pty, iconPath });
  terminals.set(runId, { terminal, current: "", write: (text) => written.fire(text) });
  watch();
  terminal.show(true);
}

/** A command begins; it is shown where the run has a terminal here. */
export function showCommand(command: Command): ReverseAnswer<"client/terminal"> {
  const known = terminals.get(command.runId);
  if (known === undefined) return { shown: false };
  known.current = callName(command);
  known.write(`\r\n\x1b[1m$ ${plainOutput(command.command)}\x1b[0m\r\n`);
  return { shown: true };
}

/** Commands of several tasks print at once: whose turn it is stands above its output. */
function show(runId: string, call: string, text: string): void {
  const known = terminals.get(runId);
  if (known === undefined) return;
  if (known.current !== call) known.write(`\r\n\x1b[2m(${plainOutput(call)})\x1b[0m\r\n`);
  known.current = call;
  known.write(plainOutput(text));
}

function callName({ taskId, turn, call }: Pick<Command, "taskId" | "turn" | "call">): string {
  return `${taskId} ${turn}.${call}`;
}
