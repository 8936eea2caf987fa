/** Who, how far and how much: the prompt, the status, and the run's figures. */
import { type ReactNode, useEffect, useState } from "react";
import type { Question } from "../../protocol/question.ts";
import { isEnded, type RunState, type RunStatus } from "../../protocol/run-state.ts";
import { Button } from "../controls/button.tsx";
import { formatCost, formatDuration, formatTokens, plural } from "../format.ts";
import { Icon } from "../icons.tsx";
import { useIsPending, usePanel } from "../state/panel-context.tsx";
import { Marks } from "./marks.tsx";
import { RUN_STATUS } from "./status.ts";

/** A suspended run goes on by itself most of the time; after a full disk a person has to say so. */
const RESUMABLE: readonly RunStatus[] = ["failed", "cancelled", "out_of_budget", "suspended"];

export function RunHeader({ run }: { readonly run: RunState }): ReactNode {
  const status = RUN_STATUS[run.status];
  return (
    <header className="run-header">
      <div className="run-title">
        <span className={`pill tone-${status.tone}`}>
          <Icon name={status.icon} />
          {run.cancelRequested && !isEnded(run.status) ? "Cancelling" : status.label}
        </span>
        <Prompt text={run.prompt} />
        <RunButtons run={run} />
      </div>
      <Facts run={run} />
      <Marks run={run} />
    </header>
  );
}

/** Long prompts show their beginning and open on demand. */
function Prompt({ text }: { readonly text: string }): ReactNode {
  const [first = "", ...rest] = text.trim().split("\n");
  if (rest.length === 0 && first.length <= 160) return <h1>{first}</h1>;
  return (
    <details className="prompt">
      <summary>
        <h1>{first.slice(0, 160)}…</h1>
      </summary>
      <p>{text}</p>
    </details>
  );
}

function RunButtons({ run }: { readonly run: RunState }): ReactNode {
  const { send } = usePanel();
  const isPending = useIsPending("cancel", "resume");
  const cancel = isEnded(run.status) ? null : (
    <Button onPress={() => send({ type: "cancel" })} disabled={isPending || run.cancelRequested} label="Cancel the run">
      Cancel
    </Button>
  );
  const resume = RESUMABLE.includes(run.status) ? (
    <Button look="primary" onPress={() => send({ type: "resume" })} disabled={isPending}>
      Resume
    </Button>
  ) : null;
  return (
    <>
      {resume}
      {cancel}
    </>
  );
}

function Facts({ run }: { readonly run: RunState }): ReactNode {
  const { budget, stats, model } = run;
  const tokens = stats.inputTokens + stats.cacheReadTokens + stats.outputTokens;
  return (
    <dl className="facts">
      <Fact name="Mode">{run.mode}</Fact>
      <Fact name="Model" title={`${model.provider} · ${model.model}`}>
        {model.model}
      </Fact>
      <Fact name="Cost">
        {formatCost(budget.spentUsd)}
        {budget.limitUsd === null ? null : <Budget spentUsd={budget.spentUsd} limitUsd={budget.limitUsd} />}
      </Fact>
      <Fact name="Time">
        <Elapsed run={run} />
      </Fact>
      <Fact name="Model calls">{stats.modelCalls}</Fact>
      <Fact name="Tokens">{formatTokens(tokens)}</Fact>
      {run.attempt > 1 ? <Fact name="Attempts">{run.attempt}</Fact> : null}
      {run.continues === null ? null : <Continues runId={run.continues} />}
    </dl>
  );
}

function Fact(props: { readonly name: string; readonly title?: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className="fact" {...(props.title === undefined ? {} : { title: props.title })}>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}

function Budget({ spentUsd, limitUsd }: { readonly spentUsd: number; readonly limitUsd: number }): ReactNode {
  return (
    <>
      <span className="muted"> of {formatCost(limitUsd)}</span>
      <meter min={0} max={limitUsd || 1} value={spentUsd} high={limitUsd * 0.8} aria-label="Budget used" />
    </>
  );
}

function Continues({ runId }: { readonly runId: string }): ReactNode {
  const { send } = usePanel();
  return (
    <Fact name="Goes on from">
      <button type="button" className="link" onClick={() => send({ type: "openRun", runId })}>
        the run before
      </button>
    </Fact>
  );
}

function Elapsed({ run }: { readonly run: RunState }): ReactNode {
  const isRunning = !isEnded(run.status);
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [isRunning]);
  const end = isRunning ? Math.max(now, Date.parse(run.updatedAt)) : Date.parse(run.updatedAt);
  return formatDuration(end - Date.parse(run.createdAt));
}

/** One line for the live region: what a person who does not look would want to be told. */
export function statusSentence(run: RunState): string {
  const status = RUN_STATUS[run.status].label;
  const approval = run.pendingApprovals[0];
  if (approval !== undefined) return `${approval.title} ${approvalWords(run)}`;
  const question = run.pendingQuestions?.[0];
  if (question !== undefined) return questionSentence(question);
  const done = run.tasks.filter((task) => task.status === "done").length;
  const tasks = run.tasks.length === 0 ? "" : `, ${done} of ${plural(run.tasks.length, "task")} done`;
  return `${status}${tasks}${run.error === null ? "" : `: ${run.error.message}`}`;
}

function questionSentence({ agent, text, choices }: Question): string {
  return `${agent} asks: ${text}${choices.length === 0 ? "" : ` Choices: ${choices.join("; ")}.`}`;
}

function approvalWords({ pendingApprovals }: RunState): string {
  const subject = pendingApprovals[0]?.subject;
  switch (subject?.kind) {
    case "command":
      return `Command: ${subject.command}, in ${subject.cwd}.`;
    case "read":
    case "write":
      return `File: ${subject.path}. ${subject.reason}`;
    case "network":
      return `Address: ${subject.url}`;
    case "foreign":
      return `Tool: ${subject.name}, with ${subject.input}`;
    case "git":
      return `Git ${subject.action}: ${subject.detail}`;
    case "plan":
      return `${plural(subject.taskCount, "task")}: ${subject.summary}`;
    case undefined:
      return "";
  }
}
