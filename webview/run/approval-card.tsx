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
  const { approvalId, subjectHash, subject, parts, remember } = approval;
  const answer = (decision: "approve" | "reject", always = false) => {
    send({ type: "answer", approvalId, subjectHash, decision, feedback, remember: always });
  };
  return (
    <div ref={place} tabIndex={-1} className="attention">
      <Card title={approval.title} icon="bell" tone="wait">
        <p className="muted">{approval.reason}</p>
        <Subject subject={subject} />
        <Parts parts={parts ?? []} />
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
            {remember === undefined ? "Approve" : "Approve once"}
          </Button>
          <Button disabled={isPending} onPress={() => answer("reject")}>
            {feedback.trim() === "" ? "Reject" : "Reject with feedback"}
          </Button>
        </div>
        {remember === undefined ? null : (
          <Always rule={remember} disabled={isPending} onPress={() => answer("approve", true)} />
        )}
      </Card>
    </div>
  );
}

interface AlwaysProps {
  readonly rule: string;
  readonly disabled: boolean;
  readonly onPress: () => void;
}

/** The rule is read before it is kept: it stands beside its button, word for word. */
function Always({ rule, disabled, onPress }: AlwaysProps): ReactNode {
  return (
    <div className="always">
      <Button disabled={disabled} onPress={onPress} label={`Approve, and always allow: ${rule}`}>
        Always allow
      </Button>
      <span className="muted">
        keeps the rule <code>{rule}</code> in your policy
      </span>
    </div>
  );
}

function Parts({ parts }: { readonly parts: NonNullable<Approval["parts"]> }): ReactNode {
  if (parts.length === 0) return null;
  return (
    <ul className="command-parts" aria-label="What the command does">
      {parts.map(({ text, why }, index) => (
        // Two parts may be the same.
        // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes
        <li key={index}>
          <code>{text}</code> <span className="muted">{why}</span>
        </li>
      ))}
    </ul>
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
            {subject.sandbox === "none" ? ", with no sandbox around it" : ""}
          </p>
          <BoundFiles files={subject.files ?? []} />
        </>
      );
    case "read":
      return (
        <>
          <pre className="shown-text">{subject.path}</pre>
          <p>{subject.reason}</p>
        </>
      );
    case "write":
      return (
        <>
          <pre className="shown-text">{subject.path}</pre>
          <p>{subject.reason}</p>
          {subject.diff === undefined ? null : <pre className="shown-text">{subject.diff}</pre>}
        </>
      );
    case "network":
      return <pre className="shown-text">{subject.url}</pre>;
    case "foreign":
      return (
        <>
          <p>
            <code>{subject.name}</code> is a tool that {subject.source === "mcp" ? "an MCP server" : "this workspace"}{" "}
            brings.
          </p>
          <pre className="shown-text">{subject.input}</pre>
        </>
      );
    case "git":
      return (
        <pre className="shown-text">
          git {subject.action}: {subject.detail}
        </pre>
      );
    case "plan":
      return <PlanSubject subject={subject} />;
  }
}

type BoundFile = NonNullable<Extract<ApprovalSubject, { kind: "command" }>["files"]>[number];

/** The answer holds for these contents only. */
function BoundFiles({ files }: { readonly files: readonly BoundFile[] }): ReactNode {
  return files.map(({ path, sha256 }) => (
    <p key={path} className="muted">
      runs <code>{path}</code> as it is now ({sha256?.slice(0, 12) ?? "missing"})
    </p>
  ));
}

function PlanSubject({ subject }: { readonly subject: Extract<ApprovalSubject, { kind: "plan" }> }): ReactNode {
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
      {(subject.permissions ?? []).length === 0 ? null : (
        <ul aria-label="What the plan may do">
          {(subject.permissions ?? []).map((permission) => (
            <li key={permission}>{permission}</li>
          ))}
        </ul>
      )}
    </>
  );
}
