/** The order of the requirement pool, as a person sorts it. */
import type { Requirement } from "../documents/reading.ts";

export type PoolColumn = "id" | "priority" | "text" | "status";
export interface PoolRow extends Requirement {
  readonly status: "ok" | "missing" | "stale" | "untraced";
}
export interface PoolOrder {
  readonly column: PoolColumn;
  readonly descending: boolean;
}

const STATUS_ORDER: readonly PoolRow["status"][] = ["stale", "missing", "untraced", "ok"];

/** Equal rows stay in the order of the pool. */
export function sortPool(rows: readonly PoolRow[], { column, descending }: PoolOrder): PoolRow[] {
  const sign = descending ? -1 : 1;
  return rows.toSorted((one, other) => sign * compare(one, other, column));
}

/** A second press on the same column turns it round. */
export function nextOrder(present: PoolOrder, column: PoolColumn): PoolOrder {
  return { column, descending: present.column === column && !present.descending };
}

export function matches(row: PoolRow, words: string): boolean {
  const text = `${row.id} ${row.priority} ${row.text}`.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function compare(one: PoolRow, other: PoolRow, column: PoolColumn): number {
  switch (column) {
    case "id":
      return Number(one.id.slice(1)) - Number(other.id.slice(1));
    case "priority":
      return one.priority.localeCompare(other.priority);
    case "text":
      return one.text.localeCompare(other.text);
    case "status":
      return STATUS_ORDER.indexOf(one.status) - STATUS_ORDER.indexOf(other.status);
  }
}
