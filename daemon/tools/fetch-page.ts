/** How a tool gets a page: the part of it that reaches the network. */
import type { Result } from "../../protocol/index.ts";

export interface Page {
  /** 200 to 299, or a redirect to another host in `location`. */
  readonly status: number;
  /** Where it came from after redirects within the host. */
  readonly url: string;
  /** Set where the answer leads to another host; then there is no body. */
  readonly location?: string;
  /** Without parameters, lower case: `text/html`. */
  readonly type: string;
  readonly body: string;
}

/** Gets https pages of public hosts; every refusal is a value. Rejects with the signal's reason when cancelled. */
export type FetchPage = (url: string, signal: AbortSignal) => Promise<Result<Page>>;
