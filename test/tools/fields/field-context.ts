/** What a check of a field is given, over a folder as it is and the texts that were there before. */
import type { FieldContext } from "../../../daemon/tools/fields/field-check.ts";
import { makeFolder } from "../workspace.ts";

export function fieldContext(
  files: Readonly<Record<string, string | Buffer>>,
  more: Partial<FieldContext> & { readonly before?: Readonly<Record<string, string>> } = {},
): FieldContext {
  const { before = {}, ...given } = more;
  return {
    root: makeFolder(files),
    linked: [],
    changed: Object.keys(files),
    answer: "",
    signal: new AbortController().signal,
    changedInRun: Object.keys(files),
    taskFiles: [],
    testsFirst: false,
    beforeRun: async (path) => before[path],
    base: async (path) => before[path],
    fetched: [],
    ...given,
  };
}

/** `severity path:line rule`. */
export function inShort({
  findings,
}: {
  readonly findings: readonly {
    readonly path: string;
    readonly line?: number;
    readonly message: string;
    readonly severity: string;
  }[];
}): string[] {
  return findings.map(({ path, line, message, severity }) => {
    const rule = /\(([\w/.-]+)\)$/.exec(message)?.[1] ?? message;
    return `${severity} ${path}${line === undefined ? "" : `:${line}`} ${rule}`;
  });
}
