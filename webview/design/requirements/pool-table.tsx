/** The requirement pool: sortable, filtered by words, each requirement with how far it got. */
import { type ReactNode, useMemo, useState } from "react";
import { Icon } from "../../icons.tsx";
import type { Requirement } from "../documents/reading.ts";
import { Filter } from "../parts/choice.tsx";
import { usePage } from "../parts/pager.tsx";
import { Nothing } from "../parts/section.tsx";
import { useView } from "../state/design-context.tsx";
import { rowStatus, traceMatrix } from "../traces/matrix.ts";
import { NODE_STATUS } from "../traces/node-status.ts";
import { TraceChips } from "../traces/trace-chips.tsx";
import { matches, nextOrder, type PoolColumn, type PoolOrder, type PoolRow, sortPool } from "./pool-order.ts";

const COLUMNS: readonly { readonly column: PoolColumn; readonly label: string }[] = [
  { column: "id", label: "No." },
  { column: "priority", label: "Priority" },
  { column: "text", label: "Requirement" },
  { column: "status", label: "Trace" },
];

export function PoolTable({ pool, path }: { readonly pool: readonly Requirement[]; readonly path: string }): ReactNode {
  const { nodes, links } = useView();
  const [order, setOrder] = useState<PoolOrder>({ column: "id", descending: false });
  const [words, setWords] = useState("");
  const rows = useMemo(() => {
    const traced = traceMatrix({ nodes, links }).rows.filter(({ node }) => node.path === path || node.path === null);
    const statuses = new Map(traced.map((row) => [row.node.id, rowStatus(row)]));
    return pool.map((requirement): PoolRow => ({ ...requirement, status: statuses.get(requirement.id) ?? "untraced" }));
  }, [pool, path, nodes, links]);
  const sorted = useMemo(
    () =>
      sortPool(
        rows.filter((row) => matches(row, words)),
        order,
      ),
    [rows, words, order],
  );
  const { items, pager } = usePage(sorted, "requirements");
  if (pool.length === 0) return <Nothing>The pool is empty.</Nothing>;
  return (
    <>
      {pool.length < 8 ? null : <Filter label="Filter the requirements by words" value={words} onChange={setWords} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      {/* biome-ignore lint/a11y/useSemanticElements: no element says "what scrolls" */}
      <div className="table-place" tabIndex={0} role="group" aria-label="Requirement pool, table">
        <table className="design-table pool">
          <thead>
            <tr>
              {COLUMNS.map(({ column, label }) => (
                <Head
                  key={column}
                  label={label}
                  sort={order.column !== column ? "none" : order.descending ? "descending" : "ascending"}
                  onSort={() => setOrder(nextOrder(order, column))}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            {items.map((row) => (
              <Row key={row.id} row={row} />
            ))}
          </tbody>
        </table>
      </div>
      {items.length === 0 ? <Nothing>No requirement has these words.</Nothing> : pager}
    </>
  );
}

function Head(props: {
  readonly label: string;
  readonly sort: "none" | "ascending" | "descending";
  readonly onSort: () => void;
}): ReactNode {
  return (
    <th scope="col" aria-sort={props.sort}>
      <button type="button" className="sort" onClick={props.onSort}>
        {props.label}
        <span aria-hidden="true">{props.sort === "none" ? "↕" : props.sort === "ascending" ? "↑" : "↓"}</span>
      </button>
    </th>
  );
}

function Row({ row }: { readonly row: PoolRow }): ReactNode {
  const look = NODE_STATUS[row.status];
  return (
    <tr>
      <th scope="row">
        <span className="trace-id">{row.id}</span>
      </th>
      <td>
        <span className={`priority priority-${/^P[0-2]$/.test(row.priority) ? row.priority : "other"}`}>
          {row.priority}
        </span>
      </td>
      <td className="pool-text">
        {row.text}
        <TraceChips id={row.id} />
      </td>
      <td>
        <span className={`task-status tone-${look.tone}`}>
          <Icon name={look.icon} /> {look.label}
        </span>
      </td>
    </tr>
  );
}
