/** What the agents tell each other: messages, and the blackboard they share. */
import type { ReactNode } from "react";
import type { AgentMessage, BoardEntry } from "../../protocol/collaboration-events.ts";
import type { RunState } from "../../protocol/run-state.ts";
import { plural } from "../format.ts";
import { Card } from "../run/card.tsx";

const SHOWN = 20;
const KINDS: Record<AgentMessage["kind"], string> = {
  inform: "tells",
  question: "asks",
  answer: "answers",
  request: "wants of",
  warning: "warns",
};

export function ExchangeCard({ run }: { readonly run: RunState }): ReactNode {
  const messages = run.messages ?? [];
  const board = run.board ?? [];
  if (messages.length + board.length === 0) return null;
  const aside = [
    messages.length === 0 ? "" : plural(messages.length, "message"),
    board.length === 0 ? "" : `${board.length} on the board`,
  ];
  return (
    <Card title="Between the agents" icon="message" aside={aside.filter((part) => part !== "").join(", ")}>
      {messages.length === 0 ? null : <Messages messages={messages} />}
      {board.length === 0 ? null : <BoardTable entries={board} />}
    </Card>
  );
}

function Messages({ messages }: { readonly messages: readonly AgentMessage[] }): ReactNode {
  return (
    <ol className="messages" aria-label="Messages, the newest last">
      {messages.slice(-SHOWN).map(({ messageId, from, to, kind, text }) => (
        <li key={messageId}>
          <span className="muted">
            {from} {KINDS[kind]} {to}:
          </span>{" "}
          {text}
        </li>
      ))}
    </ol>
  );
}

function BoardTable({ entries }: { readonly entries: readonly BoardEntry[] }): ReactNode {
  return (
    <table className="plan-table">
      <caption className="reader-only">The blackboard</caption>
      <thead>
        <tr>
          <th scope="col">Entry</th>
          <th scope="col">Value</th>
          <th scope="col">Written by</th>
        </tr>
      </thead>
      <tbody>
        {entries.map(({ key, version, value, agent, taskId, source }) => (
          <tr key={key}>
            <th scope="row">
              {key}
              <span className="goal">version {version}</span>
            </th>
            <td className="code board-value">{value}</td>
            <td>
              {agent} in {taskId}
              {source === undefined ? null : <span className="goal">{source}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
