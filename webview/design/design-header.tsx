/** What is looked at, where it comes from, and what can be done with the whole of it. */
import { type ReactNode, useState } from "react";
import type { DesignView } from "../../protocol/design/view.ts";
import { Button } from "../controls/button.tsx";
import { plural } from "../format.ts";
import { Icon } from "../icons.tsx";
import { RUN_STATUS } from "../run/status.ts";
import { allDrawings } from "./diagram/all-drawings.ts";
import { useDesign, useIsPending } from "./state/design-context.tsx";

export function DesignHeader({ view }: { readonly view: DesignView }): ReactNode {
  const { state, send } = useDesign();
  const { run } = state;
  const status = run === null ? null : RUN_STATUS[run.status];
  return (
    <header className="run-header design-header">
      <div className="run-title">
        {status === null ? null : (
          <span className={`pill tone-${status.tone}`}>
            <Icon name={status.icon} />
            {status.label}
          </span>
        )}
        <h1>{view.project === "" ? "Design" : view.project}</h1>
        <div className="composer-buttons">
          <ExportButtons view={view} />
          {run === null ? (
            <Button onPress={() => send({ type: "refresh" })} label="Refresh: read the documents again">
              Refresh
            </Button>
          ) : (
            <Button onPress={() => send({ type: "openRun" })}>Open run</Button>
          )}
        </div>
      </div>
      <p className="muted design-source">{sourceWords(view, run?.prompt)}</p>
    </header>
  );
}

function sourceWords({ folder, documents, wireframes }: DesignView, prompt: string | undefined): string {
  const place =
    prompt === undefined
      ? folder === ""
        ? "In the workspace folder"
        : `In ${folder}`
      : `Run: ${prompt.slice(0, 160)}`;
  const screens = wireframes.length === 0 ? "" : ` · ${plural(wireframes.length, "screen")}`;
  return `${place} · ${plural(documents.length, "document")}${screens}`;
}

/** Diagrams are drawn here, because only the page can: they go along. */
function ExportButtons({ view }: { readonly view: DesignView }): ReactNode {
  const { send } = useDesign();
  const isPending = useIsPending("export");
  const [isDrawing, setDrawing] = useState(false);
  if (view.documents.length === 0) return null;
  const exportAs = async (format: "markdown" | "html") => {
    setDrawing(true);
    try {
      send({ type: "export", format, drawings: await allDrawings(view.documents) });
    } finally {
      setDrawing(false);
    }
  };
  return (
    <>
      <Button
        disabled={isPending || isDrawing}
        onPress={() => void exportAs("markdown")}
        label="Export Markdown: all documents as one text"
      >
        Export Markdown
      </Button>
      <Button
        disabled={isPending || isDrawing}
        onPress={() => void exportAs("html")}
        label="Export HTML, ready to print as PDF"
      >
        Export HTML
      </Button>
    </>
  );
}
