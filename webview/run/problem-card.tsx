/** What went wrong, why, and what to do about it. */
import type { ReactNode } from "react";
import type { ErrorValue } from "../../protocol/errors.ts";
import { ACTION_LABELS, isErrorAction } from "../../protocol/panel.ts";
import { Button } from "../controls/button.tsx";
import { usePanel } from "../state/panel-context.tsx";
import { Card } from "./card.tsx";

export function ProblemCard(props: {
  readonly title: string;
  readonly error: ErrorValue;
  readonly onDismiss?: () => void;
}): ReactNode {
  const { send } = usePanel();
  const { error, onDismiss } = props;
  const action = isErrorAction(error.action) ? error.action : undefined;
  return (
    <div role="alert">
      <Card title={props.title} icon="warning" tone="bad" aside={<code>{error.code}</code>}>
        <p>{error.message}</p>
        <p className="muted">{error.hint}</p>
        <div className="buttons">
          {action === undefined ? null : (
            <Button look="primary" onPress={() => send({ type: "action", action })}>
              {ACTION_LABELS[action]}
            </Button>
          )}
          {onDismiss === undefined ? null : <Button onPress={onDismiss}>Dismiss</Button>}
        </div>
      </Card>
    </div>
  );
}
