/** Going back to a step, and taking that back. */
import type { ReactNode } from "react";
import { Button } from "../controls/button.tsx";
import { useIsPending, usePanel } from "../state/panel-context.tsx";

export function RewindTo({ checkpoint, turn }: { readonly checkpoint: number; readonly turn: number }): ReactNode {
  const { send } = usePanel();
  const isPending = useIsPending("rewind", "undoRewind");
  return (
    <Button
      disabled={isPending}
      label={`Rewind to before step ${turn} (checkpoint ${checkpoint})`}
      onPress={() => send({ type: "rewind", checkpoint })}
    >
      ↶ Rewind to here…
    </Button>
  );
}

/** Only the last rewind can be taken back. */
export function UndoRewind({ rewind }: { readonly rewind: number | null }): ReactNode {
  const { send, state } = usePanel();
  const isPending = useIsPending("rewind", "undoRewind");
  const { run } = state;
  const isGone = typeof run?.rewoundBy === "string";
  const isLast = rewind === null ? isGone : !isGone && run?.rewind?.number === rewind && run.rewind.status === "done";
  if (!isLast) return null;
  return (
    <Button disabled={isPending} onPress={() => send({ type: "undoRewind" })}>
      Undo rewind
    </Button>
  );
}
