/** A page as a check saw it in a browser, for people and for the run's log. */
import type { RunEventOf } from "../../protocol/index.ts";

export type PageCheck = RunEventOf<"design.checked">["checks"][number];

export interface CheckedPage {
  /** The built page or story: `/`, `PriceTag/Default`. */
  readonly target: string;
  readonly checks: readonly PageCheck[];
  readonly screenshots: readonly {
    /** CSS pixels. */
    readonly width: number;
    readonly height: number;
    readonly png: Uint8Array;
    /** Where it is kept in the copy; null: nowhere. */
    readonly path: string | null;
  }[];
}
