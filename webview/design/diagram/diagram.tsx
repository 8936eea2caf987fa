/** A Mermaid diagram of a document: drawn, or with what is wrong in it and a way to have it repaired. */
import { type ReactNode, useId } from "react";
import type { DesignDocument } from "../../../protocol/design/view.ts";
import { Button } from "../../controls/button.tsx";
import { ProgressRing } from "../../controls/progress-ring.tsx";
import { Icon } from "../../icons.tsx";
import { useDesign, useIsPending } from "../state/design-context.tsx";
import { Figure } from "./figure.tsx";
import { svgAddress } from "./picture-of.ts";
import type { DiagramProblem } from "./source.ts";
import { useDrawing } from "./use-drawing.ts";

export interface DiagramProps {
  readonly document: DesignDocument;
  /** The document's key that the source stands under. */
  readonly field: string;
  readonly title: string;
  readonly source: string;
}

export function Diagram({ document, field, title, source }: DiagramProps): ReactNode {
  const drawing = useDrawing(source);
  switch (drawing.status) {
    case "drawing":
      return (
        <div className="figure-frame">
          <ProgressRing label={`Drawing: ${title}`} />
        </div>
      );
    case "drawn": {
      const { svg, width, height } = drawing.picture;
      return (
        <Figure
          title={title}
          address={svgAddress(svg)}
          alt={`${title}. Its source stands below.`}
          width={width}
          height={height}
        >
          <details className="diagram-source">
            <summary>
              <Icon name="chevron" /> Source
            </summary>
            <SourceLines source={source} line={null} label={`Source of ${title}`} />
          </details>
        </Figure>
      );
    }
    case "broken":
      return (
        <BrokenDiagram document={document} field={field} title={title} source={source} problem={drawing.problem} />
      );
  }
}

export function BrokenDiagram(props: DiagramProps & { readonly problem: DiagramProblem }): ReactNode {
  const { document, field, title, source, problem } = props;
  const { send, showDocument, state } = useDesign();
  const isPending = useIsPending("repair");
  const id = useId();
  const { line, message } = problem;
  const where = line === null ? "" : ` in line ${line}`;
  const repair = () =>
    send({ type: "repair", path: document.path, key: field, problem: repairWords({ title, source, problem }) });
  const isRunOver = state.run !== null && document.gate !== "open" && !isOpen(state.run.status);
  return (
    <section className="figure-frame broken-diagram" aria-labelledby={id}>
      <div className="broken-head">
        <Icon name="warning" />
        <h3 id={id}>{`${title} cannot be drawn`}</h3>
      </div>
      <p>
        <strong>{line === null ? "What is wrong: " : `Line ${line}: `}</strong>
        {message}
      </p>
      <SourceLines source={source} line={line} label={`Source of ${title}, with the problem${where}`} />
      <div className="buttons">
        {isRunOver ? null : (
          <Button look="primary" disabled={isPending} onPress={repair}>
            Ask the architect to repair it
          </Button>
        )}
        <Button onPress={() => showDocument(document.path)} label={`Edit the document of ${title}`}>
          Edit the document
        </Button>
      </div>
    </section>
  );
}

/** The source with numbers; the line that is wrong is marked, and not by colour alone. */
function SourceLines(props: {
  readonly source: string;
  readonly line: number | null;
  readonly label: string;
}): ReactNode {
  const lines = props.source.replaceAll("\r\n", "\n").replace(/\n$/, "").split("\n");
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    // biome-ignore lint/a11y/useSemanticElements: no element says "what scrolls"
    <div className="source-lines" tabIndex={0} role="group" aria-label={props.label}>
      <ol>
        {numberedLines(lines).map(({ number, text }) => (
          <li key={number} className={number === props.line ? "wrong-line" : ""}>
            <span className="line-number" aria-hidden="true">
              {number === props.line ? "› " : ""}
              {number}
            </span>
            <code>{text}</code>
            {number === props.line ? <span className="reader-only"> (the problem is here)</span> : null}
          </li>
        ))}
      </ol>
    </div>
  );
}

function numberedLines(lines: readonly string[]): { number: number; text: string }[] {
  return lines.slice(0, 600).map((text, index) => ({ number: index + 1, text }));
}

function isOpen(status: string): boolean {
  return ["queued", "working", "awaiting_approval", "suspended"].includes(status);
}

/** What whoever repairs it is told. */
export function repairWords(props: {
  readonly title: string;
  readonly source: string;
  readonly problem: DiagramProblem;
}): string {
  const { title, source, problem } = props;
  const { line, message } = problem;
  const text = line === null ? "" : (source.split(/\r?\n/)[line - 1] ?? "").trim().slice(0, 400);
  const place = line === null ? "" : ` Line ${line} is: \`${text}\`.`;
  return `The ${title.toLowerCase()} cannot be drawn: ${message}${place}`;
}
