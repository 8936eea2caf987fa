/** The run panel. */
import { type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { isEnded, type RunState } from "../protocol/run-state.ts";
import { ChangeSetCard } from "./changes/change-set-card.tsx";
import { ProgressRing } from "./controls/progress-ring.tsx";
import type { Host } from "./host.ts";
import { PlanCard } from "./plan/plan-card.tsx";
import { ApprovalCard } from "./run/approval-card.tsx";
import { Composer } from "./run/composer.tsx";
import { PhaseStrip } from "./run/phase-strip.tsx";
import { ProblemCard } from "./run/problem-card.tsx";
import { QuestionCard } from "./run/question-card.tsx";
import { AnswerCard, EvidenceCard, FindingsCard } from "./run/result-cards.tsx";
import { RunHeader, statusSentence } from "./run/run-header.tsx";
import { TodoCard } from "./run/todo-card.tsx";
import { WorkflowCard } from "./run/workflow-card.tsx";
import { PanelContext, usePanel } from "./state/panel-context.tsx";
import { usePanelStore } from "./state/use-panel-store.ts";
import { Steps } from "./steps/steps.tsx";
import { ExchangeCard } from "./team/exchange-card.tsx";
import { TeamCard } from "./team/team-card.tsx";

export function App({ host, initialRun }: { readonly host: Host; readonly initialRun: string }): ReactNode {
  const panel = usePanelStore(host, initialRun);
  return (
    <PanelContext.Provider value={panel}>
      <RunPage />
    </PanelContext.Provider>
  );
}

export function RunPage(): ReactNode {
  const { run, connection, problem } = usePanel().state;
  if (run === null)
    return (
      <main className="empty">
        {(problem ?? connection.error) === null ? <ProgressRing label="Loading the run" /> : <Problems />}
      </main>
    );
  return (
    <div className="app">
      <RunHeader run={run} />
      <PhaseStrip run={run} />
      <ConnectionBar />
      <Board run={run} />
      <Composer run={run} />
      <Announcer run={run} />
    </div>
  );
}

function Board({ run }: { readonly run: RunState }): ReactNode {
  const overview = useRef<HTMLElement>(null);
  // As state and not as a ref: what is inside is laid out before a ref outside is set.
  const [stepsPlace, setStepsPlace] = useState<HTMLElement | null>(null);
  usePlace("overview", overview);
  return (
    <div className="board">
      <main className="overview" ref={overview}>
        {(run.pendingQuestions ?? []).map((question) => (
          <QuestionCard key={question.questionId} question={question} />
        ))}
        {run.pendingApprovals.map((approval) => (
          <ApprovalCard key={approval.approvalId} approval={approval} />
        ))}
        <Problems />
        {run.error === null || !isEnded(run.status) ? null : (
          <ProblemCard title="The run ended early" error={run.error} />
        )}
        <AnswerCard run={run} />
        <ChangeSetCard run={run} />
        <WorkflowCard run={run} />
        <PlanCard run={run} />
        <TeamCard run={run} />
        <ExchangeCard run={run} />
        <TodoCard run={run} />
        <EvidenceCard run={run} />
        <FindingsCard run={run} />
      </main>
      <aside className="steps-place" ref={setStepsPlace}>
        <Steps run={run} scroller={stepsPlace} />
      </aside>
    </div>
  );
}

/** A request that failed, or a daemon that cannot be reached. */
function Problems(): ReactNode {
  const { state, dismissProblem } = usePanel();
  const { problem, connection, run } = state;
  if (problem !== null) return <ProblemCard title="That did not work" error={problem} onDismiss={dismissProblem} />;
  if (run === null && connection.error !== null) return <ProblemCard title="No daemon" error={connection.error} />;
  return null;
}

function ConnectionBar(): ReactNode {
  const { connection } = usePanel().state;
  if (connection.state === "connected") return null;
  return (
    <p className="connection" role="status">
      The daemon is away; connecting again. The run goes on from its last recorded step.
      {connection.error === null ? "" : ` ${connection.error.message}`}
    </p>
  );
}

/** Told to screen readers: politely how the run is, at once when it asks something. */
function Announcer({ run }: { readonly run: RunState }): ReactNode {
  const asks = run.pendingApprovals.length + (run.pendingQuestions?.length ?? 0) > 0;
  const sentence = statusSentence(run);
  return (
    <>
      <p className="reader-only" aria-live="polite">
        {asks ? "" : sentence}
      </p>
      <p className="reader-only" aria-live="assertive">
        {asks ? sentence : ""}
      </p>
    </>
  );
}

/** Keeps where the reader has scrolled to, and goes there again after a reload. */
function usePlace(name: string, place: RefObject<HTMLElement | null>): void {
  const { saved, keepScroll } = usePanel();
  useLayoutEffect(() => {
    const top = saved?.scroll[name];
    if (place.current !== null && top !== undefined) place.current.scrollTop = top;
  }, [saved, name, place]);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const onScroll = () => keepScroll(name, element.scrollTop);
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => element.removeEventListener("scroll", onScroll);
  }, [name, place, keepScroll]);
}
