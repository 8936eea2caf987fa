/** A question to the person: exactly what is to happen, and two answers. */
import { type ReactNode, useState } from "react";
import type { Approval, ApprovalSubject } from "../../protocol/approval.ts";
import { Button } from "../controls/button.tsx";
import { TextArea } from "../controls/text-area.tsx";
import { plural } from "../format.ts";
import { useIsPending, usePanel } from "../state/panel-context.tsx";
import { MarkdownView } from "../text/markdown-view.tsx";
import { useAttention } from "./attention.ts";
import { Card } from "./card.tsx";

export function ApprovalCard({ approval }: { readonly approval: Approval }): ReactNode {
  const { send } = usePanel();
  const [feedback, setFeedback] = useState("");
  const isPending = useIsPending("answer");
  const place = useAttention();
  const answer = (decision: "approve" | "reject") => {
    const { approvalId, subjectHash } = approval;
    send({ type: "answer", approvalId, subjectHash, decision, feedback });
  };
  return (
    <div ref={place} tabIndex={-1} className="attention">
      <Card title={approval.title} icon="bell" tone="wait">
        <p className="muted">{approval.reason}</p>
        <Subject subject={approval.subject} />
        <TextArea
          value={feedback}
          label="What should be different (optional, sent with a rejection)"
          placeholder="What should be different? Sent with a rejection."
          rows={2}
          maxLength={10_000}
          onChange={setFeedback}
          onSubmit={() => answer("reject")}
        />
        <div className="buttons">
          <Button look="primary" disabled={isPending} onPress={() => answer("approve")}>
            Approve
          </Button>
          <Button disabled={isPending} onPress={() => answer("reject")}>
            {feedback.trim() === "" ? "Reject" : "Reject with feedback"}
          </Button>
        </div>
      </Card>
    </div>
  );
}

function Subject({ subject }: { readonly subject: ApprovalSubject }): ReactNode {
  switch (subject.kind) {
    case "command":
      return (
        <>
          <pre className="command">{subject.command}</pre>
          <p className="muted">
            in <code>{subject.cwd}</code>
          </p>
        </>
      );
    case "read":
    case "write":
      return (
        <>
          <pre className="command">{subject.path}</pre>
          <p>{subject.reason}</p>
        </>
      );
    case "network":
      return <pre className="command">{subject.url}</pre>;
    case "foreign":
      return (
        <>
          <p>
            <code>{subject.name}</code> is a tool that {subject.source === "mcp" ? "an MCP server" : "this workspace"}{" "}
            brings.
          </p>
          <pre className="command">{subject.input}</pre>
        </>
      );
    case "git":
      return (
        <pre className="command">
          git {subject.action}: {subject.detail}
        </pre>
      );
    case "plan":
      return (
        <>
          <MarkdownView source={subject.summary} />
          <p className="muted">
            {plural(subject.taskCount, "task")}, shown below.{" "}
            {subject.commands.length > 0 ? "Approving also allows these commands:" : ""}
          </p>
          {subject.commands.map((command) => (
            <pre key={command} className="command">
              {command}
            </pre>
          ))}
        </>
      );
  }
}
