/** What is wanted and why: goals, stories, the requirement pool, and who else offers it. */
import { type ReactNode, useMemo, useState } from "react";
import type { DesignDocument } from "../../../protocol/design/view.ts";
import { plural } from "../../format.ts";
import { MarkdownView } from "../../text/markdown-view.tsx";
import { Diagram } from "../diagram/diagram.tsx";
import { DocumentText } from "../documents/document-text.tsx";
import { documentsOf, type PrdReading, readPrd } from "../documents/reading.ts";
import { Choice } from "../parts/choice.tsx";
import { usePage } from "../parts/pager.tsx";
import { Nothing, Section } from "../parts/section.tsx";
import { useView } from "../state/design-context.tsx";
import { TraceChips } from "../traces/trace-chips.tsx";
import { PoolTable } from "./pool-table.tsx";

export function Requirements(): ReactNode {
  const { documents } = useView();
  const [chosen, choose] = useState<string | null>(null);
  const classic = documentsOf(documents, "prd", "refined_prd");
  const all = classic.length > 0 ? classic : documentsOf(documents, "prd_markdown");
  const shown = all.find(({ path }) => path === chosen) ?? all.at(-1);
  if (shown === undefined) return <Nothing>There is no PRD yet: no document says what is wanted.</Nothing>;
  return (
    <>
      {all.length < 2 ? null : (
        <Choice
          label="PRD"
          value={shown.path}
          options={all.map(({ path }) => ({ value: path, label: path }))}
          onChange={choose}
        />
      )}
      {typeof shown.content === "string" ? (
        <DocumentText document={shown} />
      ) : (
        <Prd key={shown.path} document={shown} />
      )}
    </>
  );
}

function Prd({ document }: { readonly document: DesignDocument }): ReactNode {
  const prd = useMemo(() => readPrd(document.content), [document.content]);
  return (
    <>
      <Section title="Wanted">
        <MarkdownView source={prd.requirements === "" ? "*Not said.*" : prd.requirements} />
        {prd.unclear === "" ? null : (
          <div className="unclear">
            <strong>Not clear yet</strong>
            <MarkdownView source={prd.unclear} />
          </div>
        )}
      </Section>
      <div className="columns">
        <Section title="Goals" aside={String(prd.goals.length)}>
          <TextList texts={prd.goals} what="goals" none="No goal is named." />
        </Section>
        <Section title="User stories" aside={String(prd.stories.length)}>
          <Stories stories={prd.stories} />
        </Section>
      </div>
      <Section title="Requirement pool" aside={plural(prd.pool.length, "requirement")}>
        <PoolTable pool={prd.pool} path={document.path} />
      </Section>
      <Market prd={prd} document={document} />
      <Words title="Requirement analysis" text={prd.analysis} />
      <Words title="UI design draft" text={prd.uiDraft} />
      {prd.rest.map(([key, text]) => (
        <Words key={key} title={key} text={text} />
      ))}
    </>
  );
}

function TextList(props: {
  readonly texts: readonly string[];
  readonly what: string;
  readonly none: string;
}): ReactNode {
  const { texts, what, none } = props;
  const { items, pager } = usePage(numbered(texts), what);
  if (texts.length === 0) return <Nothing>{none}</Nothing>;
  return (
    <>
      <ol className="numbered" start={items[0]?.key}>
        {items.map(({ key, text }) => (
          <li key={key}>{text}</li>
        ))}
      </ol>
      {pager}
    </>
  );
}

function Stories({ stories }: { readonly stories: readonly string[] }): ReactNode {
  const { items, pager } = usePage(numbered(stories), "stories");
  if (stories.length === 0) return <Nothing>No story is told.</Nothing>;
  return (
    <>
      <ul className="stories">
        {items.map(({ key, text }) => (
          <li key={key}>
            <span className="trace-id">{`S${key}`}</span>
            <div>
              <p>{text}</p>
              <TraceChips id={`S${key}`} />
            </div>
          </li>
        ))}
      </ul>
      {pager}
    </>
  );
}

function Market({ prd, document }: { readonly prd: PrdReading; readonly document: DesignDocument }): ReactNode {
  if (prd.competitors.length === 0 && prd.quadrant === "") return null;
  return (
    <Section title="Competitors" aside={prd.competitors.length === 0 ? undefined : String(prd.competitors.length)}>
      <div className="market">
        {prd.quadrant === "" ? null : (
          <Diagram document={document} field={prd.quadrantKey} title="Competitive quadrant" source={prd.quadrant} />
        )}
        {prd.competitors.length === 0 ? null : <TextList texts={prd.competitors} what="competitors" none="" />}
      </div>
    </Section>
  );
}

function Words({ title, text }: { readonly title: string; readonly text: string }): ReactNode {
  if (text === "") return null;
  return (
    <Section title={title}>
      <MarkdownView source={text} />
    </Section>
  );
}

/** Texts never change their order on the page, and their place is what they are called by. */
function numbered(texts: readonly string[]): { key: number; text: string }[] {
  return texts.map((text, index) => ({ key: index + 1, text }));
}
