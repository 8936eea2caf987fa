/** How it is built: the approach, the files, and what they hold and call, drawn. */
import { type ReactNode, useMemo, useState } from "react";
import type { DesignDocument } from "../../../protocol/design/view.ts";
import { plural } from "../../format.ts";
import { MarkdownView } from "../../text/markdown-view.tsx";
import { Diagram } from "../diagram/diagram.tsx";
import { DocumentText } from "../documents/document-text.tsx";
import { documentsOf, readSystem, readTasks, type TaskReading } from "../documents/reading.ts";
import { Choice } from "../parts/choice.tsx";
import { usePage } from "../parts/pager.tsx";
import { Nothing, Section } from "../parts/section.tsx";
import { useDesign, useView } from "../state/design-context.tsx";

const MOST_FILES = 400;
const MOST_PACKAGES = 400;

export function Architecture(): ReactNode {
  const { documents } = useView();
  const [chosen, choose] = useState<string | null>(null);
  const classic = documentsOf(documents, "system_design", "refined_system_design");
  const all = classic.length > 0 ? classic : documentsOf(documents, "system_design_markdown");
  const loose = documentsOf(documents, "mermaid");
  const shown = all.find(({ path }) => path === chosen) ?? all.at(-1);
  if (shown === undefined && loose.length === 0)
    return <Nothing>There is no system design yet: no document says how it is built.</Nothing>;
  return (
    <>
      {all.length < 2 || shown === undefined ? null : (
        <Choice
          label="System design"
          value={shown.path}
          options={all.map(({ path }) => ({ value: path, label: path }))}
          onChange={choose}
        />
      )}
      {shown === undefined ? null : typeof shown.content === "string" ? (
        <DocumentText document={shown} />
      ) : (
        <SystemDesign key={shown.path} document={shown} />
      )}
      {classic.length > 0 ? null : <LooseDiagrams documents={loose} />}
    </>
  );
}

function SystemDesign({ document }: { readonly document: DesignDocument }): ReactNode {
  const { documents } = useView();
  const design = useMemo(() => readSystem(document.content), [document.content]);
  const tasks = documentsOf(documents, "task", "refined_task").at(-1);
  const schedule = useMemo(() => readTasks(tasks?.content), [tasks?.content]);
  return (
    <>
      {design.unclear === "" ? null : (
        <div className="unclear">
          <strong>Not clear yet</strong>
          <MarkdownView source={design.unclear} />
        </div>
      )}
      {design.diagrams.map(({ key, title, source }) => (
        <Diagram key={key} document={document} field={key} title={title} source={source} />
      ))}
      <div className="columns">
        <Section title="Approach">
          <MarkdownView source={design.approach === "" ? "*Not said.*" : design.approach} />
        </Section>
        <FileList files={design.files} schedule={schedule} />
      </div>
      <Schedule schedule={schedule} />
      {design.rest.map(([key, text]) => (
        <Section key={key} title={key}>
          <MarkdownView source={text} />
        </Section>
      ))}
    </>
  );
}

function FileList({
  files,
  schedule,
}: {
  readonly files: readonly string[];
  readonly schedule: TaskReading;
}): ReactNode {
  const { send } = useDesign();
  return (
    <Section title="Files" aside={plural(files.length, "file")}>
      {files.length === 0 ? <Nothing>No file is named.</Nothing> : null}
      <ul className="file-list">
        {[...new Set(files)].slice(0, MOST_FILES).map((path) => (
          <li key={path}>
            <button
              type="button"
              className="link"
              onClick={() => send({ type: "open", path })}
              aria-label={`Open ${path}`}
            >
              {path}
            </button>
            <span className="muted">{schedule.logic.get(path) ?? ""}</span>
          </li>
        ))}
      </ul>
      {files.length > MOST_FILES ? <p className="muted">{`and ${files.length - MOST_FILES} more`}</p> : null}
    </Section>
  );
}

function Schedule({ schedule }: { readonly schedule: TaskReading }): ReactNode {
  const { packages, knowledge, api, unclear } = schedule;
  return (
    <>
      {packages.length === 0 ? null : (
        <Section title="Packages" aside={String(packages.length)}>
          <ul className="chips">
            {[...new Set(packages)].slice(0, MOST_PACKAGES).map((name) => (
              <li key={name}>
                <code>{name}</code>
              </li>
            ))}
            {packages.length > MOST_PACKAGES ? (
              <li className="muted">{`and ${packages.length - MOST_PACKAGES} more`}</li>
            ) : null}
          </ul>
        </Section>
      )}
      {knowledge === "" ? null : (
        <Section title="Shared knowledge">
          <MarkdownView source={knowledge} />
        </Section>
      )}
      {api === "" ? null : (
        <Section title="API">
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <pre className="output" tabIndex={0}>
            {api}
          </pre>
        </Section>
      )}
      {unclear === "" ? null : (
        <Section title="Not clear in the schedule">
          <MarkdownView source={unclear} />
        </Section>
      )}
    </>
  );
}

/** Diagrams that stand in files of their own, as the Markdown dialect keeps them. */
function LooseDiagrams({ documents }: { readonly documents: readonly DesignDocument[] }): ReactNode {
  const { items, pager } = usePage(documents, "diagrams");
  return (
    <>
      {items.map((document) =>
        typeof document.content === "string" ? (
          <Diagram
            key={document.path}
            document={document}
            field={document.path}
            title={document.title}
            source={document.content}
          />
        ) : null,
      )}
      {pager}
    </>
  );
}
