/** From requirement to test: what each requirement led to, where something is missing, and where something is out of date. */
import { type ReactNode, useMemo, useState } from "react";
import type { TraceNode } from "../../../protocol/design/view.ts";
import { plural } from "../../format.ts";
import { Icon } from "../../icons.tsx";
import { Filter, Toggles } from "../parts/choice.tsx";
import { usePage } from "../parts/pager.tsx";
import { Nothing, Section } from "../parts/section.tsx";
import { useDesign, useView } from "../state/design-context.tsx";
import { filterRows, isGap, type TraceFilter, type TraceRow, traceMatrix } from "./matrix.ts";
import { KIND_WORDS, NODE_STATUS } from "./node-status.ts";
import { Chips, placeOf } from "./trace-chips.tsx";

export function Traces(): ReactNode {
  const { nodes, links } = useView();
  const matrix = useMemo(() => traceMatrix({ nodes, links }), [nodes, links]);
  const [filter, setFilter] = useState<TraceFilter>("all");
  const [words, setWords] = useState("");
  const rows = useMemo(() => filterRows(matrix.rows, filter, words), [matrix, filter, words]);
  const { items, pager } = usePage(rows, "rows");
  if (matrix.rows.length === 0) return <Nothing>Nothing can be traced yet: there are no requirements.</Nothing>;
  const missing = matrix.rows.filter(({ isMissing }) => isMissing).length;
  const stale = matrix.rows.filter(({ isStale }) => isStale).length;
  return (
    <Section title="From requirement to test" aside={sumOf(matrix.rows.length, missing, stale)}>
      <div className="filters">
        <Toggles
          label="Which rows are shown"
          value={filter}
          options={[
            { value: "all", label: "All" },
            { value: "missing", label: `Missing (${missing})` },
            { value: "stale", label: `Stale (${stale})` },
          ]}
          onChange={setFilter}
        />
        <Filter label="Filter by words, ids or files" value={words} onChange={setWords} />
      </div>
      {items.length === 0 ? (
        <Nothing>No row fits.</Nothing>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        // biome-ignore lint/a11y/useSemanticElements: no element says "what scrolls"
        <div className="table-place" tabIndex={0} role="group" aria-label="Traces, table">
          <table className="design-table traces">
            <thead>
              <tr>
                <th scope="col">Requirement</th>
                {matrix.kinds.map((kind) => (
                  <th key={kind} scope="col">
                    {KIND_WORDS[kind].many}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {items.map((row) => (
                <Row key={row.node.id} row={row} kinds={matrix.kinds} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {pager}
    </Section>
  );
}

function sumOf(rows: number, missing: number, stale: number): string {
  const gaps = missing === 0 ? "nothing missing" : `${missing} with something missing`;
  return `${plural(rows, "row")}, ${gaps}, ${stale === 0 ? "nothing stale" : `${stale} stale`}`;
}

function Row({ row, kinds }: { readonly row: TraceRow; readonly kinds: readonly TraceNode["kind"][] }): ReactNode {
  const { node } = row;
  return (
    <tr className={row.isStale ? "row-stale" : row.isMissing ? "row-missing" : ""}>
      <th scope="row">
        <Origin node={node} />
      </th>
      {kinds.map((kind) => (
        <td key={kind}>
          <Cell row={row} kind={kind} />
        </td>
      ))}
    </tr>
  );
}

function Origin({ node }: { readonly node: TraceNode }): ReactNode {
  const design = useDesign();
  const place = placeOf(design, node);
  const look = NODE_STATUS[node.status];
  return (
    <div className="origin">
      {place === undefined ? (
        <span className="trace-id">{node.id}</span>
      ) : (
        <button
          type="button"
          className="trace-id link"
          onClick={place}
          aria-label={`Open ${KIND_WORDS[node.kind].one} ${node.id}`}
        >
          {node.id}
        </button>
      )}
      <span className="origin-text">
        {node.kind === "requirement" ? null : (
          <em className="muted">{`No requirement leads here: ${KIND_WORDS[node.kind].one}. `}</em>
        )}
        {node.text === node.id ? "" : node.text}
        {node.status === "ok" ? null : (
          <span className={`task-status origin-status tone-${look.tone}`}>
            <Icon name={look.icon} /> {look.label}
          </span>
        )}
      </span>
    </div>
  );
}

function Cell({ row, kind }: { readonly row: TraceRow; readonly kind: TraceNode["kind"] }): ReactNode {
  const nodes = row.cells.get(kind) ?? [];
  if (nodes.length > 0) return <Chips nodes={nodes} label={`${KIND_WORDS[kind].many} of ${row.node.id}`} />;
  if (isGap(row, kind))
    return (
      <span className="task-status tone-bad">
        <Icon name="warning" /> {`no ${KIND_WORDS[kind].one}`}
      </span>
    );
  return (
    <span className="muted">
      <span aria-hidden="true">–</span>
      <span className="reader-only">none</span>
    </span>
  );
}
