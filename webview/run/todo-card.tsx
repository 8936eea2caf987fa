/** The list that the agent keeps of its own steps. */
import type { ReactNode } from "react";
import type { TodoItem } from "../../protocol/question.ts";
import type { RunState } from "../../protocol/run-state.ts";
import { Icon, type IconName } from "../icons.tsx";
import { Card } from "./card.tsx";

const LOOKS: Record<TodoItem["status"], { readonly icon: IconName; readonly word: string }> = {
  open: { icon: "clock", word: "open" },
  doing: { icon: "spark", word: "under way" },
  done: { icon: "check", word: "done" },
};

export function TodoCard({ run }: { readonly run: RunState }): ReactNode {
  const items = run.todo?.items ?? [];
  if (items.length === 0) return null;
  const done = items.filter(({ status }) => status === "done").length;
  return (
    <Card title="The agent's steps" icon="list" aside={`${done} of ${items.length} done`}>
      <ul className="todo">
        {items.map(({ text, status }) => (
          <li key={text} className={`todo-${status}`}>
            <Icon name={LOOKS[status].icon} />
            <span>{text}</span>
            <span className="reader-only">, {LOOKS[status].word}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
