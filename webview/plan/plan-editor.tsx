/** The plan as a form. What cannot be carried out is told by the daemon, word for word, and nothing changes until it is put right. */
import { type ReactNode, useEffect, useId, useReducer, useRef, useState } from "react";
import type { RunState } from "../../protocol/run-state.ts";
import { Button } from "../controls/button.tsx";
import { useIsPending, usePanel } from "../state/panel-context.tsx";
import { type DraftStep, draftOf, draftReducer, planOfDraft, type TaskDraft } from "./plan-draft.ts";

type Plan = NonNullable<RunState["plan"]>;

export interface PlanEditorProps {
  readonly run: RunState;
  readonly plan: Plan;
  readonly onClose: () => void;
}

export function PlanEditor({ run, plan, onClose }: PlanEditorProps): ReactNode {
  const { send, state } = usePanel();
  const [first] = useState({ plan, revisions: run.planRevisions ?? 0, said: state.planEdit });
  const [draft, change] = useReducer(draftReducer, draftOf(plan, run.tasks));
  const [reason, setReason] = useState("");
  const isPending = useIsPending("editPlan");
  const place = useRef<HTMLFormElement>(null);
  useEffect(() => place.current?.querySelector("textarea")?.focus(), []);
  const isOutdated = (run.planRevisions ?? 0) !== first.revisions;
  const save = () => {
    const why = reason.trim() === "" ? "Changed in the editor." : reason.trim();
    send({ type: "editPlan", plan: planOfDraft(first.plan, draft), reason: why, revisions: first.revisions });
  };
  return (
    <form ref={place} className="plan-editor" aria-label="Edit the plan" onSubmit={(event) => event.preventDefault()}>
      <Problems problems={state.planEdit === first.said ? [] : (state.planEdit?.problems ?? [])} />
      {isOutdated ? <p role="status">The plan was changed meanwhile. Cancel, and edit it as it is now.</p> : null}
      <Field label="Summary">
        {(id) => (
          <textarea
            id={id}
            rows={2}
            value={draft.summary}
            onChange={({ target }) => change({ type: "summary", text: target.value })}
          />
        )}
      </Field>
      {draft.tasks.map((task) => (
        <TaskFields key={task.id} task={task} agents={agentsOf(first.plan)} change={change} />
      ))}
      <div className="buttons">
        <Button onPress={() => change({ type: "add" })}>Add task</Button>
      </div>
      <Field label="Why (for the record)">
        {(id) => <input id={id} value={reason} maxLength={2000} onChange={({ target }) => setReason(target.value)} />}
      </Field>
      <div className="buttons">
        <Button look="primary" disabled={isPending || isOutdated} onPress={save}>
          Change the plan
        </Button>
        <Button onPress={onClose}>Cancel</Button>
      </div>
    </form>
  );
}

function Problems({ problems }: { readonly problems: readonly string[] }): ReactNode {
  return (
    <div role="alert">
      {problems.length === 0 ? null : (
        <>
          <p>The plan is as it was. This has to be put right:</p>
          <ul className="plan-problems">
            {problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

interface TaskFieldsProps {
  readonly task: TaskDraft;
  readonly agents: readonly string[];
  readonly change: (step: DraftStep) => void;
}

function TaskFields({ task, agents, change }: TaskFieldsProps): ReactNode {
  const { id, status } = task;
  const set = (fields: Extract<DraftStep, { type: "field" }>["change"]) =>
    change({ type: "field", id, change: fields });
  if (status !== "waiting")
    return (
      <p className="muted">
        {id}: {task.title} ({status}; it stays as it is)
      </p>
    );
  return (
    <fieldset className="task-fields">
      <legend>Task {id}</legend>
      <Field label="Title">
        {(name) => (
          <input id={name} value={task.title} maxLength={120} onChange={({ target }) => set({ title: target.value })} />
        )}
      </Field>
      <Field label="Goal">
        {(name) => (
          <textarea id={name} rows={2} value={task.goal} onChange={({ target }) => set({ goal: target.value })} />
        )}
      </Field>
      <AgentField agent={task.agent} agents={agents} onChange={(agent) => set({ agent })} />
      <Field label="Files, one a line">
        {(name) => (
          <textarea id={name} rows={2} value={task.files} onChange={({ target }) => set({ files: target.value })} />
        )}
      </Field>
      <CheckFields task={task} set={set} />
      <Field label="After tasks (ids, with commas)">
        {(name) => <input id={name} value={task.after} onChange={({ target }) => set({ after: target.value })} />}
      </Field>
      <Button label={`Remove task ${id}`} onPress={() => change({ type: "remove", id })}>
        Remove
      </Button>
    </fieldset>
  );
}

function AgentField({
  agent,
  agents,
  onChange,
}: {
  readonly agent: string;
  readonly agents: readonly string[];
  readonly onChange: (agent: string) => void;
}): ReactNode {
  const list = useId();
  return (
    <Field label="Agent">
      {(name) => (
        <>
          <input id={name} list={list} value={agent} maxLength={60} onChange={({ target }) => onChange(target.value)} />
          <datalist id={list}>
            {agents.map((known) => (
              <option key={known} value={known} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}

function CheckFields({
  task,
  set,
}: {
  readonly task: TaskDraft;
  readonly set: (fields: Partial<Pick<TaskDraft, "check" | "expect">>) => void;
}): ReactNode {
  return (
    <>
      <Field label="Done when this command">
        {(name) => (
          <input
            id={name}
            className="code"
            value={task.check}
            onChange={({ target }) => set({ check: target.value })}
          />
        )}
      </Field>
      <Field label="Expected">
        {(name) => (
          <select
            id={name}
            value={task.expect}
            onChange={({ target }) => set({ expect: target.value === "fail" ? "fail" : "pass" })}
          >
            <option value="pass">passes</option>
            <option value="fail">fails, because the code is not there yet</option>
          </select>
        )}
      </Field>
    </>
  );
}

function Field({
  label,
  children,
}: {
  readonly label: string;
  readonly children: (id: string) => ReactNode;
}): ReactNode {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  );
}

const BUILT_IN = ["coder", "backend", "frontend", "devops", "data", "research", "testing", "any"];

function agentsOf({ tasks }: Plan): string[] {
  return [...new Set([...tasks.map(({ agent }) => agent), ...BUILT_IN])];
}
