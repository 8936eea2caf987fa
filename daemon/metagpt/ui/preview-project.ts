/** What a preview is made of, and what may be wrong with that. */

export interface PreviewOptions {
  /** Absolute path of the project's folder. */
  readonly root: string;
  /** Links in it that lead out, such as node_modules: what they hold may be bundled. */
  readonly linked: readonly string[];
  /** Files in the Component Story Format, from the root. */
  readonly stories: readonly string[];
  /** The app's page, from the root; null: none. */
  readonly page: string | null;
  readonly signal: AbortSignal;
}

export interface PreviewProblem {
  /** From the root; "" where it is about none. */
  readonly path: string;
  readonly line?: number;
  readonly message: string;
}
