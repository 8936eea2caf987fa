/** Tells clients that show commands in a terminal of theirs when one begins. They show; the command runs where it always does. */
import type { RunEvent } from "../../../protocol/index.ts";
import type { RunService } from "../../orchestration/run-service.ts";
import type { ClientChoice } from "./choice.ts";

const TOOL = "run_command";
const ANSWER_MS = 30_000;

/** Asks those who watch the run, and waits for nobody. The function ends it. */
export function showCommands(runs: Pick<RunService, "onEvent">, choice: ClientChoice): () => void {
  return runs.onEvent(({ runId, body }) => {
    if (body.type !== "tool.requested" || body.tool !== TOOL) return;
    const { taskId, turn } = body;
    const params = { runId, taskId, turn, call: callOf(body), command: commandIn(body.input) };
    for (const client of choice.able("client/terminal")) {
      if (!client.watching().includes(runId)) continue;
      client.ask("client/terminal", params, { timeoutMs: ANSWER_MS }).catch(() => undefined);
    }
  });
}

type Requested = Extract<RunEvent["body"], { type: "tool.requested" }>;

/** A call's key ends with its index. */
function callOf({ key }: Requested): number {
  const index = Number(/\/(\d{1,6})$/.exec(key)?.[1]);
  return Number.isInteger(index) ? index : 0;
}

/** As the log has it: JSON text, which is cut where it is very long. */
function commandIn(input: string): string {
  try {
    const parsed: unknown = JSON.parse(input);
    const command = typeof parsed === "object" && parsed !== null && "command" in parsed ? parsed.command : undefined;
    return typeof command === "string" ? command : input;
  } catch {
    return input;
  }
}
