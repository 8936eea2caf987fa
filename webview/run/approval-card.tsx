/** A question to the person: exactly what is to happen, and the answers. */
import { type ReactNode, useState } from "react";
import type { Approval } from "../../protocol/approval.ts";
import { Button } from "../controls/button.tsx";
import { TextArea } from "../controls/text-area.tsx";
import { formatMoment } from "../format.ts";
import { useIsPending, usePanel } from "../state/panel-context.tsx";
import { ApprovalSubjectView } from "./approval-subject.tsx";
import { useAttention } from "./attention.ts";
import { Card } from "./card.tsx";

export function ApprovalCard({ approval }: { readonly approval: Approval }): ReactNode {
  const { send } = usePanel();
  const [feedback, setFeedback] = useState("");
  const isPending = useIsPending("answer");
  const place = useAttention();
  const { approvalId, subjectHash, remember, expiresAt } = approval;
  const answer = (decision: "approve" | "reject", always = false) => {
    send({ type: "answer", approvalId, subjectHash, decision, feedback, remember: always });
  };
  return (
    <div ref={place} tabIndex={-1} className="attention">
      <Card
        title={approval.title}
        icon="bell"
        tone="wait"
        aside={expiresAt === undefined ? undefined : <Expiry at={expiresAt} />}
      >
        <p className="muted">{approval.reason}</p>
        <ApprovalSubjectView approval={approval} />
        <div className="buttons">
          <Button look="primary" disabled={isPending} onPress={() => answer("approve")}>
            {remember === undefined ? "Approve" : "Approve once"}
          </Button>
          {remember === undefined ? null : (
            <Always rule={remember} disabled={isPending} onPress={() => answer("approve", true)} />
          )}
        </div>
        <div className="reject">
          <TextArea
            value={feedback}
            label="What should be different (optional, sent with a rejection)"
            placeholder="What should be different? Sent with a rejection."
            rows={1}
            maxLength={10_000}
            onChange={setFeedback}
            onSubmit={() => answer("reject")}
          />
          <Button disabled={isPending} onPress={() => answer("reject")}>
            {feedback.trim() === "" ? "Reject" : "Reject with feedback"}
          </Button>
        </div>
      </Card>
    </div>
  );
}

function Expiry({ at }: { readonly at: string }): ReactNode {
  return (
    <span title="Unanswered by then it counts as rejected.">
      expires at <time dateTime={at}>{formatMoment(at)}</time>
    </span>
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
    <>
      <Button disabled={disabled} onPress={onPress} label={`Approve, and always allow: ${rule}`}>
        Always allow
      </Button>
      <span className="muted always">
        keeps the rule <code>{rule}</code> in your policy
      </span>
    </>
  );
}
