/** What a patch says, whatever its form. */

export interface PatchHunk {
  /** Whole lines. An empty search inserts into an empty file only. */
  readonly search: string;
  readonly replace: string;
  /** Number of the line, from 1, that the patch names in the old file: a hint, taken where several places fit exactly. */
  readonly hintLine?: number;
  /** Lines that stand before it: a class, a function. */
  readonly after?: readonly string[];
}

export type PatchedFile =
  | { readonly kind: "create"; readonly path: string; readonly content: string }
  | { readonly kind: "delete"; readonly path: string }
  | { readonly kind: "update"; readonly path: string; readonly to?: string; readonly hunks: readonly PatchHunk[] };

export type Parsed =
  | { readonly ok: true; readonly files: readonly PatchedFile[] }
  | { readonly ok: false; readonly problem: string };

export function fail(problem: string): Parsed {
  return { ok: false, problem };
}
