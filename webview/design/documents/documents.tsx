/** All documents of the project: to read, and to change. */
import { type ReactNode, useState } from "react";
import type { DesignDocument } from "../../../protocol/design/view.ts";
import { Button } from "../../controls/button.tsx";
import { plural } from "../../format.ts";
import { Icon } from "../../icons.tsx";
import { MarkdownView } from "../../text/markdown-view.tsx";
import { Diagram } from "../diagram/diagram.tsx";
import { GATE_LOOKS } from "../gates/gate-looks.ts";
import { Filter, Toggles } from "../parts/choice.tsx";
import { usePage } from "../parts/pager.tsx";
import { Nothing, Section } from "../parts/section.tsx";
import { useDesign, useView } from "../state/design-context.tsx";
import { DocumentEditor } from "./document-editor.tsx";
import { DocumentText } from "./document-text.tsx";
import { fieldValue } from "./field-values.ts";
import { KIND_NAMES } from "./kinds.ts";
import { documentSource, entriesOf, sourceOf } from "./reading.ts";

export function Documents(): ReactNode {
  const { documents } = useView();
  const { document: path } = useDesign();
  if (documents.length === 0) return <Nothing>There are no documents yet.</Nothing>;
  const shown = documents.find((document) => document.path === path) ?? documents[0];
  return (
    <div className="documents">
      <DocumentList documents={documents} shown={shown?.path} />
      {shown === undefined ? null : <DocumentView key={shown.path} document={shown} />}
    </div>
  );
}

function DocumentList(props: {
  readonly documents: readonly DesignDocument[];
  readonly shown: string | undefined;
}): ReactNode {
  const { documents, shown } = props;
  const { showDocument, state } = useDesign();
  const [words, setWords] = useState("");
  const found = documents.filter(({ path, title }) => `${path} ${title}`.toLowerCase().includes(words.toLowerCase()));
  const { items, pager } = usePage(found, "documents");
  return (
    <nav className="document-list" aria-label="Documents">
      {documents.length < 10 ? null : <Filter label="Filter documents" value={words} onChange={setWords} />}
      <ul>
        {items.map((document) => (
          <li key={document.path}>
            <button
              type="button"
              aria-current={document.path === shown ? "true" : undefined}
              onClick={() => showDocument(document.path)}
            >
              <span className="document-kind">
                {KIND_NAMES[document.kind]}
                <DocumentMark document={document} isDrafted={state.drafts.some(({ path }) => path === document.path)} />
              </span>
              <span className="document-path muted">{document.path}</span>
            </button>
          </li>
        ))}
      </ul>
      {items.length === 0 ? <Nothing>No document has these words.</Nothing> : pager}
    </nav>
  );
}

/** The one thing about it that a person should know first. */
function DocumentMark({
  document,
  isDrafted,
}: {
  readonly document: DesignDocument;
  readonly isDrafted: boolean;
}): ReactNode {
  const look = isDrafted
    ? ({ label: "edited, not saved", icon: "edit", tone: "wait" } as const)
    : document.problems.length > 0
      ? ({ label: plural(document.problems.length, "problem"), icon: "warning", tone: "bad" } as const)
      : document.stale.length > 0
        ? ({ label: "stale", icon: "clock", tone: "wait" } as const)
        : GATE_LOOKS[document.gate];
  if (look === null) return null;
  return (
    <span className={`task-status tone-${look.tone}`}>
      <Icon name={look.icon} /> {look.label}
    </span>
  );
}

function DocumentView({ document }: { readonly document: DesignDocument }): ReactNode {
  const { state, draft: keep, send } = useDesign();
  const [mode, setMode] = useState<"read" | "source">("read");
  const draft = state.drafts.find(({ path }) => path === document.path);
  const { path, hash, content, text, title } = document;
  return (
    <div className="document-view">
      <Section
        title={title === "" ? KIND_NAMES[document.kind] : title}
        aside={<DocumentFacts document={document} />}
        actions={
          draft !== undefined ? undefined : (
            <>
              <Toggles
                label="How it is shown"
                value={mode}
                options={[
                  { value: "read", label: "Read" },
                  { value: "source", label: "Source" },
                ]}
                onChange={setMode}
              />
              {/* What could not be read has no text here to begin with. */}
              {content === null && text === undefined ? null : (
                <Button onPress={() => keep(path, hash, documentSource(document))} label={`Edit ${title}`}>
                  Edit
                </Button>
              )}
              {state.run === null ? (
                <Button onPress={() => send({ type: "open", path })} label={`Open file ${path} in an editor`}>
                  Open file
                </Button>
              ) : null}
            </>
          )
        }
      >
        <Notes document={document} isSaved={state.saved === path} />
        {draft !== undefined ? (
          <DocumentEditor document={document} draft={draft} />
        ) : mode === "source" ? (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          <pre className="output document-source" tabIndex={0}>
            {documentSource(document)}
          </pre>
        ) : (
          <Reading document={document} />
        )}
      </Section>
    </div>
  );
}

function DocumentFacts({ document }: { readonly document: DesignDocument }): ReactNode {
  const { path, version, writtenBy, dialect } = document;
  const parts = [path, version > 0 ? `version ${version}` : "", writtenBy === "" ? "" : `by ${writtenBy}`, dialect];
  return parts.filter((part) => part !== "").join(" · ");
}

function Notes({ document, isSaved }: { readonly document: DesignDocument; readonly isSaved: boolean }): ReactNode {
  return (
    <>
      {isSaved ? (
        <p className="warning-line tone-good" role="status">
          <Icon name="check" /> <span>Saved.</span>
        </p>
      ) : null}
      {document.problems.map(({ code, message }) => (
        <p key={`${code} ${message}`} className="warning-line tone-bad">
          <Icon name="warning" />
          <span>
            <code>{code}</code> {message}
          </span>
        </p>
      ))}
      {document.stale.map((reason) => (
        <p key={reason} className="warning-line tone-wait">
          <Icon name="clock" /> <span>{`Stale: ${reason}`}</span>
        </p>
      ))}
    </>
  );
}

function Reading({ document }: { readonly document: DesignDocument }): ReactNode {
  const { content, kind, path, title } = document;
  if (content === null || content === undefined || content === "")
    return (
      <Nothing>
        {document.problems.length > 0 ? "It could not be read; the file is left as it is." : "It is empty."}
      </Nothing>
    );
  if (kind === "mermaid" && typeof content === "string")
    return <Diagram document={document} field={path} title={title} source={content} />;
  if (typeof content === "string" && path.endsWith(".md")) return <DocumentText document={document} />;
  const fields = [...entriesOf(content)];
  if (typeof content === "string" || fields.length === 0 || kind === "dependencies" || kind === "team")
    return (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      <pre className="output document-source" tabIndex={0}>
        {sourceOf(content)}
      </pre>
    );
  return (
    <dl className="document-fields">
      {fields.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <FieldReading value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Pairs({ pairs }: { readonly pairs: readonly (readonly [string, string])[] }): ReactNode {
  const rows = pairs.map(([one, other], index) => ({ key: index + 1, one, other }));
  const { items, pager } = usePage(rows, "pairs");
  return (
    <>
      <div className="table-place">
        <table className="design-table">
          <tbody>
            {items.map(({ key, one, other }) => (
              <tr key={key}>
                <th scope="row">{one}</th>
                <td>{other}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {pager}
    </>
  );
}

function FieldReading({ value }: { readonly value: unknown }): ReactNode {
  if (value === "" || (Array.isArray(value) && value.length === 0)) return <span className="muted">empty</span>;
  if (typeof value === "string")
    return /^\s*(classDiagram|sequenceDiagram|quadrantChart|%%\{|openapi:)/.test(value) ? (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      <pre className="output" tabIndex={0}>
        {value}
      </pre>
    ) : (
      <MarkdownView source={value} />
    );
  const field = fieldValue(value);
  if (field.kind === "pairs") return <Pairs pairs={field.pairs} />;
  if (Array.isArray(value) && value.every((item) => typeof item === "string"))
    return <MarkdownView source={value.map((item) => `- ${item.replaceAll("\n", "\n  ")}`).join("\n")} />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <pre className="output" tabIndex={0}>
      {sourceOf(value)}
    </pre>
  );
}
