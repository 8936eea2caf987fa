/** A document that waits for a decision: approve it, change it oneself, or send it back with remarks. */
import type { ReactNode } from "react";
import { MOST_REMARKS } from "../../../protocol/design/panel.ts";
import type { DesignDocument } from "../../../protocol/design/view.ts";
import { Button } from "../../controls/button.tsx";
import { TextArea } from "../../controls/text-area.tsx";
import { Card } from "../../run/card.tsx";
import { KIND_NAMES, tabOf } from "../documents/kinds.ts";
import { documentSource } from "../documents/reading.ts";
import { useDesign, useIsPending, useView } from "../state/design-context.tsx";

export function GateCards(): ReactNode {
  return openGates(useView().documents).map((document) => (
    <GateCard key={`${document.path} ${document.version}`} document={document} questionId={document.questionId} />
  ));
}

/** Documents that a person is asked about now. */
export function openGates(documents: readonly DesignDocument[]): (DesignDocument & { readonly questionId: string })[] {
  return documents.flatMap((document) =>
    document.gate === "open" && document.questionId !== null ? [{ ...document, questionId: document.questionId }] : [],
  );
}

/** Whoever asks for the box wants to write in it. */
function takeFocus(element: HTMLElement | null): void {
  element?.focus();
}

function GateCard({
  document,
  questionId,
}: {
  readonly document: DesignDocument;
  readonly questionId: string;
}): ReactNode {
  const { state, send, show, showDocument, draft, remark } = useDesign();
  const remarks = state.remarks.find((other) => other.questionId === questionId)?.text ?? null;
  const setRemarks = (text: string | null) => remark(questionId, text);
  const isPending = useIsPending("decide");
  const { path, kind, version, writtenBy, hash } = document;
  const name = KIND_NAMES[kind];
  const tab = tabOf(kind);
  const isDrafted = state.drafts.some((other) => other.path === path);
  const decide = (decision: "approve" | "send_back", words: string) =>
    send({ type: "decide", path, questionId, decision, remarks: words });
  const edit = () => {
    if (!isDrafted) draft(path, hash, documentSource(document));
    showDocument(path);
  };
  const sendBack = () => {
    if (remarks !== null && remarks.trim() !== "") decide("send_back", remarks.trim());
  };
  return (
    <div className="attention">
      <Card
        title={`${name} waits for your decision`}
        icon="bell"
        tone="wait"
        aside={`${path} · version ${version}${writtenBy === "" ? "" : ` by ${writtenBy}`}`}
      >
        {isDrafted ? (
          <p>You have an edit of it that is not saved: save it first, or what you approve is without it.</p>
        ) : null}
        <div className="buttons">
          <Button
            look="primary"
            disabled={isPending}
            onPress={() => decide("approve", "")}
            label={`Approve ${name}, ${path}`}
          >
            Approve
          </Button>
          <Button onPress={edit} label={`Edit ${name}, ${path}`}>
            Edit
          </Button>
          {remarks === null ? (
            <Button onPress={() => setRemarks("")} label={`Send back with remarks…: ${name}, ${path}`}>
              Send back with remarks…
            </Button>
          ) : null}
          <Button onPress={() => (tab === null ? showDocument(path) : show(tab))} label={`Read ${name}, ${path}`}>
            Read
          </Button>
        </div>
        {remarks === null ? null : (
          <>
            <TextArea
              value={remarks}
              label={`Remarks on ${name}: what is to be different`}
              placeholder="What is to be different? Whoever wrote it writes it again with your remarks."
              rows={3}
              maxLength={MOST_REMARKS}
              onChange={setRemarks}
              onSubmit={sendBack}
              elementRef={takeFocus}
            />
            <div className="buttons">
              <Button look="primary" disabled={isPending || remarks.trim() === ""} onPress={sendBack}>
                Send back
              </Button>
              <Button onPress={() => setRemarks(null)}>Cancel</Button>
            </div>
          </>
        )}
      </Card>
    </div>
  );
}
