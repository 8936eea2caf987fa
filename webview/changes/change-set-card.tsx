/** The change set: every file with its figures, its diff, and accept or discard for it or for all. */
import { type ReactNode, useState } from "react";
import type { ChangedFile } from "../../protocol/change-set.ts";
import type { FileDecision } from "../../protocol/rewind-state.ts";
import { isEnded, pendingPaths, type RunState } from "../../protocol/run-state.ts";
import { Button } from "../controls/button.tsx";
import { plural } from "../format.ts";
import { Icon } from "../icons.tsx";
import { Card } from "../run/card.tsx";
import { useIsPending, usePanel } from "../state/panel-context.tsx";
import { DiffView } from "./diff-view.tsx";

const LETTERS: Record<ChangedFile["status"], string> = { added: "A", modified: "M", deleted: "D" };

export function ChangeSetCard({ run }: { readonly run: RunState }): ReactNode {
  const { changes } = run;
  if (changes === null) return null;
  const { files } = changes.changeSet;
  const pending = pendingPaths(run);
  return (
    <Card
      title="Changes"
      icon="diff"
      tone={pending.length > 0 ? "wait" : "plain"}
      aside={<Sums files={files} />}
      actions={
        isEnded(run.status) ? (
          <>
            {isAccepted(run) ? <TakeBack /> : null}
            {pending.length > 0 ? <Decide paths={null} count={pending.length} /> : null}
          </>
        ) : null
      }
    >
      {changes.supersededBy === null ? null : <SupersededNote runId={changes.supersededBy} />}
      {changes.applying.length > 0 ? <p className="muted">Writing {plural(changes.applying.length, "file")}…</p> : null}
      <Conflicts run={run} />
      <ul className="files">
        {files.map((file) => (
          <FileRow
            key={file.path}
            file={file}
            decision={changes.decisions[file.path] ?? "pending"}
            canDecide={pending.includes(file.path) && isEnded(run.status)}
          />
        ))}
      </ul>
    </Card>
  );
}

/** Something of it is in the user's folder, and what was there before is kept. */
function isAccepted({ changes }: RunState): boolean {
  return changes?.kept !== undefined && Object.values(changes.decisions).includes("accepted");
}

function TakeBack(): ReactNode {
  const { send } = usePanel();
  const isPending = useIsPending("rewindAccept", "rewind", "undoRewind");
  const label = "Put your folder back as it was before you accepted";
  return (
    <Button disabled={isPending} label={label} onPress={() => send({ type: "rewindAccept" })}>
      Take back…
    </Button>
  );
}

function Sums({ files }: { readonly files: readonly ChangedFile[] }): ReactNode {
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  return (
    <>
      {plural(files.length, "file")} <Counts additions={additions} deletions={deletions} />
    </>
  );
}

function Counts({ additions, deletions }: { readonly additions: number; readonly deletions: number }): ReactNode {
  return (
    <span className="counts">
      <span className="added">+{additions}</span> <span className="removed">−{deletions}</span>
    </span>
  );
}

function Decide({
  paths,
  count,
  of,
}: {
  readonly paths: readonly string[] | null;
  readonly count: number;
  readonly of?: string;
}): ReactNode {
  const { send } = usePanel();
  const isPending = useIsPending("accept", "discard");
  const what = of ?? plural(count, "file");
  const isWhole = paths === null;
  return (
    <>
      <Button
        look={isWhole ? "primary" : "icon"}
        disabled={isPending}
        label={`Accept ${what}`}
        onPress={() => send({ type: "accept", paths })}
      >
        {isWhole ? "Accept all" : <Icon name="check" />}
      </Button>
      <Button
        look={isWhole ? "secondary" : "icon"}
        disabled={isPending}
        label={`Discard ${what}`}
        onPress={() => send({ type: "discard", paths })}
      >
        {isWhole ? "Discard" : <Icon name="discard" />}
      </Button>
    </>
  );
}

function SupersededNote({ runId }: { readonly runId: string }): ReactNode {
  const { send } = usePanel();
  return (
    <p>
      A later run goes on from these changes; decide there.{" "}
      <button type="button" className="link" onClick={() => send({ type: "openRun", runId })}>
        Open it
      </button>
    </p>
  );
}

function Conflicts({ run }: { readonly run: RunState }): ReactNode {
  const conflicts = run.changes?.conflicts ?? [];
  if (conflicts.length === 0) return null;
  return (
    <div role="alert" className="conflicts">
      <p>
        <strong>Nothing was written.</strong> These files were changed in your tree since the run began. Accept the
        others one by one, or run again on the new state.
      </p>
      <ul>
        {conflicts.map(({ path, reason }) => (
          <li key={path}>
            <code>{path}</code> {reason}
          </li>
        ))}
      </ul>
    </div>
  );
}

function FileRow(props: {
  readonly file: ChangedFile;
  readonly decision: FileDecision;
  readonly canDecide: boolean;
}): ReactNode {
  const { file, decision, canDecide } = props;
  const { send, state } = usePanel();
  const [isOpen, setOpen] = useState(false);
  const toggle = () => {
    if (!isOpen && state.diffs[file.path]?.status !== "shown") send({ type: "diff", path: file.path });
    setOpen(!isOpen);
  };
  return (
    <li className={`file file-${decision}`}>
      <div className="file-row">
        <button type="button" className="file-name" aria-expanded={isOpen} onClick={toggle}>
          <span className={`twist ${isOpen ? "open" : ""}`}>
            <Icon name="chevron" />
          </span>
          <span className={`letter letter-${file.status}`} title={file.status}>
            {LETTERS[file.status]}
          </span>
          <span className="path">{file.path}</span>
        </button>
        {file.binary ? (
          <span className="muted">binary</span>
        ) : (
          <Counts additions={file.additions} deletions={file.deletions} />
        )}
        {decision === "pending" ? null : <span className={`decision decision-${decision}`}>{decision}</span>}
        <span className="file-actions">
          <Button
            look="icon"
            label={`Open the diff of ${file.path} in the editor`}
            onPress={() => send({ type: "openDiff", path: file.path })}
          >
            <Icon name="open" />
          </Button>
          {canDecide ? <Decide paths={[file.path]} count={1} of={file.path} /> : null}
        </span>
      </div>
      {isOpen ? <FileDiffView path={file.path} /> : null}
    </li>
  );
}

function FileDiffView({ path }: { readonly path: string }): ReactNode {
  const diff = usePanel().state.diffs[path];
  if (diff === undefined || diff.status === "loading") return <p className="muted indent">Loading the diff…</p>;
  if (diff.status === "failed") return <p className="indent">{diff.error.message}</p>;
  if (diff.diff.binary) return <p className="muted indent">A binary file.</p>;
  return <DiffView patch={diff.diff.patch} truncated={diff.diff.truncated} />;
}
