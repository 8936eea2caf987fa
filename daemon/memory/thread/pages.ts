/** Cursors: where the next page of an answer begins, and of which state of the index it is. */
import { nexusError } from "../../../protocol/index.ts";

export interface Page {
  /** Items before this page. */
  readonly from: number;
  /** The cursor of a page that begins at `next`. */
  key(next: number): string;
}

/** Throws `memory.bad_cursor` for a cursor of another state, and for one that is none. */
export function pageOf({ cursor }: { readonly cursor?: string | undefined }, state: string): Page {
  const key = (next: number) => `${state}:${next}`;
  if (cursor === undefined) return { from: 0, key };
  const at = cursor.lastIndexOf(":");
  const from = Number(cursor.slice(at + 1));
  if (cursor.slice(0, at) !== state || !Number.isInteger(from) || from < 1) throw nexusError("memory.bad_cursor");
  return { from, key };
}

/** One page of a list that is at hand. */
export function paged<Item>(
  items: readonly Item[],
  params: { readonly cursor?: string | undefined; readonly limit?: number | undefined },
  state: string,
  usual: number,
): { readonly items: Item[]; readonly nextCursor: string | null } {
  const { from, key } = pageOf(params, state);
  const to = from + (params.limit ?? usual);
  return { items: items.slice(from, to), nextCursor: items.length > to ? key(to) : null };
}
