/** What a requirement, a story or a task hangs together with, as buttons that lead there. */
import type { ReactNode } from "react";
import type { TraceNode } from "../../../protocol/design/view.ts";
import { Icon } from "../../icons.tsx";
import { shortPath } from "../parts/short-path.ts";
import { type Design, useDesign, useView } from "../state/design-context.tsx";
import { KIND_WORDS, NODE_STATUS } from "./node-status.ts";

const MOST_CHIPS = 8;

/** What the thing with this id leads to directly. */
export function TraceChips({ id }: { readonly id: string }): ReactNode {
  const { nodes, links } = useView();
  const targets = new Set(links.filter(({ from }) => from === id).map(({ to }) => to));
  const found = nodes.filter((node) => targets.has(node.id));
  return found.length === 0 ? null : <Chips nodes={found} label={`${id} leads to`} />;
}

export function Chips({ nodes, label }: { readonly nodes: readonly TraceNode[]; readonly label: string }): ReactNode {
  const more = nodes.length - MOST_CHIPS;
  return (
    <ul className="chips" aria-label={label}>
      {nodes.slice(0, MOST_CHIPS).map((node) => (
        <li key={node.id}>
          <Chip node={node} />
        </li>
      ))}
      {more > 0 ? <li className="muted">{`and ${more} more`}</li> : null}
    </ul>
  );
}

function Chip({ node }: { readonly node: TraceNode }): ReactNode {
  const design = useDesign();
  const { id, kind, text, status } = node;
  const look = NODE_STATUS[status];
  const state = status === "ok" ? "" : `, ${look.label}`;
  const place = placeOf(design, node);
  const label = `${KIND_WORDS[kind].one} ${id}${state}`;
  const inside = (
    <>
      {status === "ok" ? null : <Icon name={look.icon} />}
      <span className="chip-text">{shortName(node)}</span>
    </>
  );
  const className = `chip chip-${kind} chip-${status} tone-${look.tone}`;
  if (place === undefined)
    return (
      <span className={className} title={text}>
        {inside}
        <span className="reader-only">{state}</span>
      </span>
    );
  return (
    <button
      type="button"
      className={className}
      title={text === id ? id : `${id}: ${text}`}
      aria-label={`Open ${label}`}
      onClick={place}
    >
      {inside}
    </button>
  );
}

/** How to get there: a document of the design is shown here, a file in an editor. */
export function placeOf({ state, send, showDocument }: Design, node: TraceNode): (() => void) | undefined {
  const isFile = node.kind === "file" || node.kind === "test";
  const path = node.path ?? (isFile ? node.id : null);
  if (path === null || (isFile && node.status === "missing")) return undefined;
  if (state.view?.documents.some((document) => document.path === path)) return () => showDocument(path);
  return () => send({ type: "open", path });
}

function shortName({ id, kind }: TraceNode): string {
  return kind === "file" || kind === "test" ? shortPath(id) : id;
}
