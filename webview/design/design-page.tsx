/** The design panel: a project's documents, and what hangs together in them. */
import { type ReactNode, useMemo } from "react";
import type { DesignView } from "../../protocol/design/view.ts";
import { ACTION_LABELS, isErrorAction } from "../../protocol/panel.ts";
import { Button } from "../controls/button.tsx";
import { ProgressRing } from "../controls/progress-ring.tsx";
import { plural } from "../format.ts";
import { Icon } from "../icons.tsx";
import { Card } from "../run/card.tsx";
import { Architecture } from "./architecture/architecture.tsx";
import { DesignHeader } from "./design-header.tsx";
import { Documents } from "./documents/documents.tsx";
import { LostDrafts } from "./documents/lost-drafts.tsx";
import { GateCards, openGates } from "./gates/gate-card.tsx";
import type { DesignHost, Tab } from "./host.ts";
import { Requirements } from "./requirements/requirements.tsx";
import { Screens } from "./screens/screens.tsx";
import { DesignContext, useDesign } from "./state/design-context.tsx";
import { useDesignStore } from "./state/use-design-store.ts";
import { tabLabels } from "./tab-labels.ts";
import { Tabs } from "./tabs.tsx";
import { Tasks } from "./tasks/tasks.tsx";
import { Traces } from "./traces/traces.tsx";

const PARTS: Record<Tab, () => ReactNode> = {
  requirements: Requirements,
  architecture: Architecture,
  tasks: Tasks,
  traces: Traces,
  screens: Screens,
  documents: Documents,
};

export function DesignApp({ host, source }: { readonly host: DesignHost; readonly source: string }): ReactNode {
  const design = useDesignStore(host, source);
  return (
    <DesignContext.Provider value={design}>
      <DesignPage />
    </DesignContext.Provider>
  );
}

export function DesignPage(): ReactNode {
  const { state } = useDesign();
  const { view, problem, connection } = state;
  if (view === null)
    return (
      <main className="empty">
        {(problem ?? connection.error) === null ? <ProgressRing label="Loading the design" /> : <Problem />}
      </main>
    );
  return (
    <div className="design">
      <DesignHeader view={view} />
      {connection.state === "connected" ? null : (
        <p className="connection" role="status">
          The daemon is away; connecting again.
        </p>
      )}
      <main className="design-main">
        <Problem />
        <GateCards />
        <LostDrafts />
        <ViewProblems problems={view.problems} />
        {view.documents.length === 0 ? <EmptyProject /> : <Parts view={view} />}
      </main>
      <Announcer view={view} />
    </div>
  );
}

function Parts({ view }: { readonly view: DesignView }): ReactNode {
  const { tab, show } = useDesign();
  const labels = useMemo(() => tabLabels(view), [view]);
  const Part = PARTS[tab];
  return (
    <Tabs tab={tab} labels={labels} onShow={show}>
      <Part />
    </Tabs>
  );
}

function Problem(): ReactNode {
  const { state, send, dismissProblem } = useDesign();
  const error = state.problem ?? (state.view === null ? state.connection.error : null);
  if (error === null) return null;
  const action = isErrorAction(error.action) ? error.action : undefined;
  return (
    <div role="alert">
      <Card title="That did not work" icon="warning" tone="bad" aside={<code>{error.code}</code>}>
        <p>{error.message}</p>
        <p className="muted">{error.hint}</p>
        <div className="buttons">
          {action === undefined ? null : (
            <Button look="primary" onPress={() => send({ type: "action", action })}>
              {ACTION_LABELS[action]}
            </Button>
          )}
          {state.view === null ? (
            <Button onPress={() => send({ type: "refresh" })}>Try again</Button>
          ) : (
            <Button onPress={dismissProblem}>Dismiss</Button>
          )}
        </div>
      </Card>
    </div>
  );
}

/** What could not be drawn or found. */
function ViewProblems({ problems }: { readonly problems: readonly string[] }): ReactNode {
  if (problems.length === 0) return null;
  return (
    <details className="view-problems">
      <summary className="tone-wait">
        <Icon name="warning" />
        {`${plural(problems.length, "problem")} in this project`}
      </summary>
      <ul>
        {[...new Set(problems)].slice(0, 200).map((problem) => (
          <li key={problem}>{problem}</li>
        ))}
      </ul>
    </details>
  );
}

function EmptyProject(): ReactNode {
  const { state, send } = useDesign();
  return (
    <Card title="Nothing is designed here yet" icon="spark">
      <p>
        {state.run === null
          ? "A feature that is designed with Nexus, or a MetaGPT project, has its documents in the folder “docs”. There are none."
          : "The run has not written a document yet: each stands here as soon as it has."}
      </p>
      {state.run === null ? (
        <div className="buttons">
          <Button look="primary" onPress={() => send({ type: "design" })}>
            Design a feature…
          </Button>
        </div>
      ) : null}
    </Card>
  );
}

/** Told to screen readers: at once when something waits for a decision, politely when a document was saved. */
function Announcer({ view }: { readonly view: DesignView }): ReactNode {
  const { saved } = useDesign().state;
  const waiting = openGates(view.documents);
  return (
    <>
      <p className="reader-only" aria-live="assertive">
        {waiting.length === 0
          ? ""
          : `${plural(waiting.length, "document")} to decide: ${waiting.map(({ path }) => path).join(", ")}`}
      </p>
      <p className="reader-only" aria-live="polite">
        {saved === null ? "" : `${saved} is saved.`}
      </p>
    </>
  );
}
