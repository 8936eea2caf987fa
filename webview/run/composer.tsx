/** The box to go on with the conversation: while the run works its agent is steered or the next prompt waits, then it starts a new run. */
import { type ReactNode, useEffect, useRef } from "react";
import { isEnded, type RunState } from "../../protocol/run-state.ts";
import { Button } from "../controls/button.tsx";
import { TextArea } from "../controls/text-area.tsx";
import { Icon } from "../icons.tsx";
import { useIsPending, usePanel } from "../state/panel-context.tsx";

export function Composer({ run }: { readonly run: RunState }): ReactNode {
  const { send, view, setView, state } = usePanel();
  const isPending = useIsPending("prompt");
  const ended = isEnded(run.status);
  const submit = (delivery: "steer" | "queue" | "next") => {
    const text = view.draft.trim();
    if (text === "" || isPending) return;
    send({ type: "prompt", text, delivery });
  };
  useClearWhenSent(isPending, state.problem !== null, () => setView({ draft: "" }));
  const isEmpty = view.draft.trim() === "";
  return (
    <form className="composer" aria-label="Go on with the conversation" onSubmit={(event) => event.preventDefault()}>
      <Waiting run={run} />
      <div className="composer-row">
        <TextArea
          value={view.draft}
          label={ended ? "Next prompt in this conversation" : "Message to the agent"}
          placeholder={
            ended
              ? "What next? The new run goes on from this one."
              : "Tell the agent something, or queue what comes next"
          }
          rows={2}
          maxLength={100_000}
          onChange={(draft) => setView({ draft })}
          onSubmit={() => submit(ended ? "next" : "steer")}
        />
        {ended ? (
          <Button look="primary" disabled={isEmpty || isPending} onPress={() => submit("next")}>
            Send
          </Button>
        ) : (
          <span className="composer-buttons">
            <Button
              look="primary"
              disabled={isEmpty || isPending}
              onPress={() => submit("steer")}
              label="Reaches the agent before its next step"
            >
              Steer
            </Button>
            <Button
              disabled={isEmpty || isPending}
              onPress={() => submit("queue")}
              label="Becomes the next run of this conversation"
            >
              Queue
            </Button>
          </span>
        )}
      </div>
    </form>
  );
}

function Waiting({ run }: { readonly run: RunState }): ReactNode {
  if (run.pendingPrompts.length === 0) return null;
  return (
    <ul className="waiting" aria-label="Messages that wait">
      {run.pendingPrompts.map((prompt) => (
        <li key={prompt.promptId}>
          <Icon name="clock" />
          <span>{prompt.text}</span>
          <span className="muted">{prompt.delivery === "steer" ? "before the next step" : "next run"}</span>
        </li>
      ))}
    </ul>
  );
}

/** The text is kept until the daemon has it. */
function useClearWhenSent(isPending: boolean, hasFailed: boolean, clear: () => void): void {
  const wasPending = useRef(false);
  useEffect(() => {
    if (wasPending.current && !isPending && !hasFailed) clear();
    wasPending.current = isPending;
  });
}
