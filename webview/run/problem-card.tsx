/** What went wrong, why, and what to do about it. */
import type { ReactNode } from "react";
import type { ErrorAction, ErrorValue } from "../../protocol/errors.ts";
import { Button } from "../controls/button.tsx";
import { usePanel } from "../state/panel-context.tsx";
import { Card } from "./card.tsx";

const ACTIONS: Record<ErrorAction, string> = {
  setKey: "Set Key…",
  openSettings: "Open Settings",
  showLogs: "Show Log",
  restartDaemon: "Restart Daemon",
  resumeRun: "Resume Run",
  runDoctor: "Run Doctor",
};

export function ProblemCard(props: {
  readonly title: string;
  readonly error: ErrorValue;
  readonly onDismiss?: () => void;
}): ReactNode {
  const { send } = usePanel();
  const { error, onDismiss } = props;
  const action = knownAction(error.action);
  return (
    <div role="alert">
      <Card title={props.title} icon="warning" tone="bad" aside={<code>{error.code}</code>}>
        <p>{error.message}</p>
        <p className="muted">{error.hint}</p>
        <div className="buttons">
          {action === undefined ? null : (
            <Button look="primary" onPress={() => send({ type: "action", action })}>
              {ACTIONS[action]}
            </Button>
          )}
          {onDismiss === undefined ? null : <Button onPress={onDismiss}>Dismiss</Button>}
        </div>
      </Card>
    </div>
  );
}

function knownAction(name: string | undefined): ErrorAction | undefined {
  return name !== undefined && isAction(name) ? name : undefined;
}

function isAction(name: string): name is ErrorAction {
  return Object.hasOwn(ACTIONS, name);
}
