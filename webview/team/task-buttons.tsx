/** What a person can do to one task that is at work: hold it, let it go on, end it. */
import type { ReactNode } from "react";
import type { TaskState } from "../../protocol/task-state.ts";
import { Button } from "../controls/button.tsx";
import { Icon } from "../icons.tsx";
import { useIsPending, usePanel } from "../state/panel-context.tsx";

export function TaskButtons({ task: { id, title, control } }: { readonly task: TaskState }): ReactNode {
  const { send } = usePanel();
  const isPending = useIsPending("controlTask");
  if (control?.action === "cancel") return <span className="muted">stopping</span>;
  const isHeld = control?.action === "pause";
  return (
    <>
      <Button
        look="icon"
        disabled={isPending}
        label={isHeld ? `Go on with “${title}”` : `Pause “${title}” before its next turn`}
        onPress={() => send({ type: "controlTask", taskId: id, action: isHeld ? "resume" : "pause" })}
      >
        <Icon name={isHeld ? "play" : "pause"} />
      </Button>
      <Button
        look="icon"
        disabled={isPending}
        label={`Stop “${title}”`}
        onPress={() => send({ type: "controlTask", taskId: id, action: "cancel" })}
      >
        <Icon name="stop" />
      </Button>
    </>
  );
}
