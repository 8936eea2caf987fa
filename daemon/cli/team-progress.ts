/** What the events of planning, agents among themselves and workflows say in a terminal; an empty text says nothing. */
import type { RunEventBody } from "../../protocol/index.ts";
import { count, oneLine, type Paint } from "./format.ts";
import { changeLines } from "./plan-tables.ts";

export function teamText(body: RunEventBody, paint: Paint, width: number): string {
  const quiet = (text: string) => paint("dim", `  ${oneLine(text, width - 2)}`);
  const note = (text: string) => paint("yellow", `! ${oneLine(text, width - 2)}`);
  switch (body.type) {
    case "plan.outlined":
      return body.milestones.map(({ title, outcome }) => quiet(`◇ ${title}: ${outcome}`)).join("\n");
    case "plan.revised":
      return [note(`The plan was changed by ${body.by}: ${body.reason}`), ...changeLines(body.change).map(quiet)].join(
        "\n",
      );
    case "obstacle.reported":
      return note(`${body.taskId} cannot be done as planned: ${body.found} ${body.why}`);
    case "plan.doubted":
      return quiet(`What has not begun is planned anew (round ${body.round}).`);
    case "task.delegated":
      return quiet(`↳ ${body.parent} hands ${body.taskId} to ${body.agent}: ${body.title}`);
    case "conflict.predicted":
      return note(
        `${body.tasks.join(" and ")} would meet in ${body.on.map(({ name }) => name).join(", ")}: ${body.reason}`,
      );
    case "task.merged":
      return quiet(`⇥ ${body.taskId} joined (${count(body.files.length, "file")}).`);
    case "merge.conflicted":
      return note(`${body.taskId} and ${body.with.join(", ")} changed the same places of ${body.paths.join(", ")}.`);
    case "regression.found":
      return note(`\`${body.command}\` fails since ${body.taskId ?? "a change that could not be told"}.`);
    case "task.checked":
      return body.ok
        ? quiet(`✓ ${body.check}: ${body.summary}`)
        : note(`${body.check} of ${body.taskId}: ${body.summary}`);
    case "task.reviewed":
      return quiet(`${body.by} ${body.verdict} ${body.taskId} (round ${body.round}). ${body.comments.join(" ")}`);
    case "message.sent":
      return quiet(`✉ ${body.message.from} → ${body.message.to}: ${body.message.text}`);
    case "contract.awarded":
      return quiet(`${body.taskId} goes to ${body.agent}: ${body.reason}`);
    case "wait.refused":
      return note(body.explanation);
    case "scheduler.decided":
      return body.decision === "queued" || body.decision === "held_back" ? quiet(body.reason) : "";
    case "step.started":
      return paint("bold", `▸ ${oneLine(body.at, width - 2)}`);
    case "step.finished":
      return body.outcome === "done" ? quiet(`${body.at} done`) : note(`${body.at} ${body.outcome}: ${body.reason}`);
    case "step.retried":
      return note(`${body.at} is tried again: ${body.reason}`);
    case "step.compensated":
      return quiet(`↶ ${body.at} undone: ${body.outcome}`);
    default:
      return "";
  }
}
