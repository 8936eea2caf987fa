/** A Markdown document; the Mermaid in it is drawn. */
import type { ReactNode } from "react";
import type { DesignDocument } from "../../../protocol/design/view.ts";
import { MarkdownView } from "../../text/markdown-view.tsx";
import { Diagram } from "../diagram/diagram.tsx";
import { usePage } from "../parts/pager.tsx";

export function DocumentText({ document }: { readonly document: DesignDocument }): ReactNode {
  const text = typeof document.content === "string" ? document.content : "";
  const { items, pager } = usePage(textParts(text), "parts");
  return (
    <div className="document-text">
      {items.map(({ key, kind, text: part }) =>
        kind === "markdown" ? (
          <MarkdownView key={key} source={part} />
        ) : (
          <Diagram key={key} document={document} field={`diagram ${key}`} title={`Diagram ${key}`} source={part} />
        ),
      )}
      {pager}
    </div>
  );
}

interface TextPart {
  /** From 1; of diagrams and of what stands between them, each for itself. */
  readonly key: string;
  readonly kind: "markdown" | "mermaid";
  readonly text: string;
}

/** The text between its Mermaid blocks, and these. */
export function textParts(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let [from, diagrams] = [0, 0];
  for (const match of text.matchAll(/^```mermaid[^\n]*\n([\s\S]*?)^```[^\S\n]*$/gm)) {
    const before = text.slice(from, match.index);
    if (before.trim() !== "") parts.push({ key: `text ${parts.length}`, kind: "markdown", text: before });
    parts.push({ key: String(++diagrams), kind: "mermaid", text: match[1] ?? "" });
    from = match.index + match[0].length;
  }
  const rest = text.slice(from);
  if (rest.trim() !== "" || parts.length === 0)
    parts.push({ key: `text ${parts.length}`, kind: "markdown", text: rest });
  return parts;
}
