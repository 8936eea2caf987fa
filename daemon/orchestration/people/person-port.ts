/** How one call of a tool reaches the person: a question that waits for words, a list or a page to look at. */
import type { ToolContext } from "../../tools/tool.ts";
import { type RunContext, record } from "../run-context.ts";
import { askQuestion } from "./question-gate.ts";
import { recordPage } from "./show-page.ts";

/** `key` names the call; after a restart it asks and shows the same, once. Nobody is asked in a headless run. */
export function personPort(
  context: RunContext,
  { taskId, agent, headless }: { taskId: string; agent: string; headless: boolean },
  key: string,
): Pick<ToolContext, "ask" | "noteStale" | "showPage" | "showTodo"> {
  return {
    ...(headless ? {} : { ask: (question) => askQuestion(context, { key, taskId, agent, ...question }) }),
    showPage: (page) => recordPage(context, page, key),
    async noteStale(parts) {
      for (const { subject, because } of parts)
        await record(context, { type: "design.stale", subject, because, taskId: null }, `${key}/stale/${subject}`);
    },
    async showTodo(items) {
      const shown = items.map(({ text, status }) => ({ text: context.redact(text), status }));
      await record(context, { type: "todo.changed", todo: { taskId, items: shown } }, `${key}/todo`);
    },
  };
}
