/** A person's own version of a document: as text or by fields; what somebody else wrote meanwhile is never overwritten unseen. */
import { type ReactNode, useState } from "react";
import { MOST_TEXT } from "../../../protocol/design/panel.ts";
import type { DesignDocument } from "../../../protocol/design/view.ts";
import { Button } from "../../controls/button.tsx";
import { Icon } from "../../icons.tsx";
import type { Draft } from "../host.ts";
import { Toggles } from "../parts/choice.tsx";
import { useDesign, useIsPending } from "../state/design-context.tsx";
import { FieldForm } from "./field-form.tsx";
import { fieldsOfText, jsonProblem } from "./field-values.ts";
import { documentSource } from "./reading.ts";

export function DocumentEditor({
  document,
  draft,
}: {
  readonly document: DesignDocument;
  readonly draft: Draft;
}): ReactNode {
  const { draft: keep, send } = useDesign();
  const [mode, setMode] = useState<"fields" | "text">(() =>
    fieldsOfText(draft.text) === undefined ? "text" : "fields",
  );
  const isPending = useIsPending("save");
  const { path } = document;
  const isText = typeof document.content === "string" && !path.endsWith(".json");
  const problem = problemOf(draft.text, isText);
  const isConflict = draft.hash !== document.hash;
  const change = (text: string) => keep(path, draft.hash, text);
  const save = (hash: string) => send({ type: "save", path, hash, text: draft.text });
  return (
    <form
      className="document-editor"
      aria-label={`Edit ${document.title}`}
      onSubmit={(event) => event.preventDefault()}
    >
      {isConflict ? (
        <Conflict
          document={document}
          onTheirs={() => keep(path, "", null)}
          onMine={() => save(document.hash)}
          isHeld={isPending || problem !== undefined}
        />
      ) : null}
      {isText ? null : (
        <Toggles
          label="How it is edited"
          value={mode}
          options={[
            { value: "fields", label: "Fields" },
            { value: "text", label: "Text" },
          ]}
          onChange={setMode}
        />
      )}
      {mode === "fields" && !isText ? (
        <FieldForm text={draft.text} onChange={change} />
      ) : (
        <textarea
          className="source-editor"
          aria-label={`Text of ${document.title}`}
          spellCheck={false}
          rows={24}
          value={draft.text}
          onChange={(event) => change(event.currentTarget.value)}
        />
      )}
      {problem === undefined ? null : (
        <p className="warning-line tone-bad" role="status">
          <Icon name="warning" /> <span>{problem}</span>
        </p>
      )}
      <div className="buttons editor-buttons">
        <Button
          look="primary"
          disabled={isPending || isConflict || problem !== undefined}
          onPress={() => save(draft.hash)}
        >
          Save
        </Button>
        <Button onPress={() => keep(path, "", null)} label={`Cancel your edit of ${document.title}`}>
          Cancel
        </Button>
        {document.gate === "open" ? (
          <span className="muted">Saving decides nothing: approve it afterwards.</span>
        ) : null}
      </div>
    </form>
  );
}

/** Why it cannot be saved as it stands; undefined: it can. */
function problemOf(text: string, isText: boolean): string | undefined {
  if (text.length > MOST_TEXT) return "It is longer than a million characters, too long to be saved.";
  const problem = isText ? undefined : jsonProblem(text);
  return problem === undefined ? undefined : `It is not JSON yet: ${problem}`;
}

function Conflict(props: {
  readonly document: DesignDocument;
  /** Being saved, or not fit to be. */
  readonly isHeld: boolean;
  readonly onMine: () => void;
  readonly onTheirs: () => void;
}): ReactNode {
  const { document } = props;
  const who = document.writtenBy === "" ? "Somebody" : document.writtenBy;
  return (
    <div className="conflicts" role="alert">
      <p>
        <strong>{`${who} changed this document while you edited it.`}</strong> Nothing was overwritten: your text stands
        below, the new version here.
      </p>
      <details>
        <summary>
          <Icon name="chevron" /> The new version
        </summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <pre className="output" tabIndex={0}>
          {documentSource(document)}
        </pre>
      </details>
      <div className="buttons">
        <Button disabled={props.isHeld} onPress={props.onMine}>
          Save mine over it
        </Button>
        <Button onPress={props.onTheirs}>Take the new version</Button>
      </div>
    </div>
  );
}
