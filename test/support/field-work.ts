/** Finished work in a folder, for checks of fields: with a runner that a test makes up. */
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FieldContext } from "../../daemon/tools/fields/field-check.ts";
import { writeFiles } from "./engine.ts";

export interface FieldWorkFolder {
  readonly root: string;
  context(more?: Partial<FieldContext>): FieldContext;
  remove(): void;
}

const GRAMMARS = join(import.meta.dirname, "../../grammars");

/** `after` is what the task made of `before` (null: deleted). The folder is in no repository. */
export function fieldWork(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string | null>>,
): FieldWorkFolder {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "nexus-field-")));
  writeFiles(root, before);
  for (const [path, text] of Object.entries(after))
    if (text === null) rmSync(join(root, path));
    else writeFiles(root, { [path]: text });
  const changed = Object.keys(after).sort();
  const base = async (path: string) => before[path];
  return {
    root,
    context: (more = {}) => ({
      ...{ root, linked: [], changed, changedInRun: changed, taskFiles: [], testsFirst: false, answer: "" },
      ...{ signal: new AbortController().signal, base, beforeRun: base, fetched: [], grammars: GRAMMARS },
      ...more,
    }),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** A runner whose tests pass where `passes` says so of the folder's files. */
export function pretendRun(passes: (read: (path: string) => string) => boolean): NonNullable<FieldContext["run"]> {
  return async (_line, { cwd = "" } = {}) => {
    const read = (path: string) => (existsSync(join(cwd, path)) ? readFileSync(join(cwd, path), "utf8") : "");
    return { exitCode: passes(read) ? 0 : 1, output: "", timedOut: false };
  };
}
