/** Long lists page by page, so that a thousand rows stay as quick as ten. */
import { type ReactNode, useState } from "react";
import { Button } from "../../controls/button.tsx";

const PAGE = 50;

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly pager: ReactNode;
  /** Turns to the end, where something was added. */
  toLast(): void;
}

/** `what`: the plural of what is listed. */
export function usePage<Item>(all: readonly Item[], what: string): Page<Item> {
  const [wanted, setPage] = useState(0);
  const last = Math.max(0, Math.ceil(all.length / PAGE) - 1);
  const page = Math.min(wanted, last);
  const first = page * PAGE;
  const items = all.slice(first, first + PAGE);
  const pager =
    last === 0 ? null : (
      <nav className="pager" aria-label={`Pages of ${what}`}>
        <Button disabled={page === 0} onPress={() => setPage(page - 1)} label={`Previous page of ${what}`}>
          Previous
        </Button>
        <span role="status">{`${first + 1} to ${first + items.length} of ${all.length} ${what}`}</span>
        <Button disabled={page === last} onPress={() => setPage(page + 1)} label={`Next page of ${what}`}>
          Next
        </Button>
      </nav>
    );
  return { items, pager, toLast: () => setPage(Number.POSITIVE_INFINITY) };
}
