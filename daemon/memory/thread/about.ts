/** Answers what a name under a cursor is. */
import type { Answer, Params } from "../../../protocol/index.ts";
import { nexusError } from "../../../protocol/index.ts";
import type { Clock } from "../../host/clock.ts";
import { isTestPath } from "../graph/test-paths.ts";
import { entryAt, nameOf } from "./graph-answers.ts";
import { sourceLine } from "./source-lines.ts";
import type { Workspace } from "./workspace.ts";

/** What is not found by then is not told: a hover that comes later is in the way. */
const TIME_MS = 10;
/** With the first question, and then beside others that come meanwhile, for what all later ones need. */
const READ_MS = 5;
const BETWEEN_MS = 5;
const DEFINITIONS = 10;
const TESTS = 20;
const TEXTS = 10;

export function about(
  workspace: Workspace,
  { path, line, name, limit = 10 }: Params<"memory/about">,
  clock: Clock,
  signal: AbortSignal,
): Omit<Answer<"memory/about">, "tookMs" | "degraded" | "stale"> {
  if (workspace.view.file(path) === undefined) throw nexusError("memory.unknown_path", `“${path}”.`);
  // The first question reads what it can: all of it, in most workspaces.
  if (!reading.has(workspace) && !workspace.graph.readImports(untilAfter(clock, READ_MS))) readOn(workspace, clock);
  const isLate = untilAfter(clock, TIME_MS);
  const found = workspace.graph.about({ path, line, name }, () => signal.aborted || isLate());
  const [first] = found.definitions;
  return {
    definitions: found.definitions
      .slice(0, DEFINITIONS)
      .map((definition) => entryAt(workspace, definition.path, definition.index)),
    confidence: found.confidence,
    uses: found.uses.slice(0, limit).map((use, index) => ({
      path: use.path,
      line: use.line,
      kind: use.kind,
      within: use.within === undefined ? null : nameOf(use.within),
      text: index < TEXTS ? sourceLine(workspace.root, use.path, use.line) : "",
      isTest: isTestPath(use.path),
      isSure: use.confidence === "certain",
    })),
    total: found.uses.length,
    files: new Set(found.uses.map((use) => use.path)).size,
    complete: found.complete,
    ...(found.knowsTests ? {} : { knowsTests: false }),
    tests: found.tests.slice(0, TESTS).map((test) => ({ path: test.path, why: test.why, command: null })),
    ...historyOf(workspace, first?.path),
  };
}

function historyOf(workspace: Workspace, path: string | undefined) {
  const history = path === undefined ? undefined : workspace.history()?.history;
  if (path === undefined || history === undefined) return { commits: [], changedWith: [] };
  return {
    commits: history.recent(path, 3).map(({ hash, subject, author, at }) => {
      return { hash, subject, author, at: new Date(at * 1000).toISOString() };
    }),
    changedWith: [...history.changedWith(path, 5)],
  };
}

function untilAfter(clock: Clock, milliseconds: number): () => boolean {
  const endAt = clock.monotonic() + milliseconds;
  return () => clock.monotonic() > endAt;
}

const reading = new WeakSet<Workspace>();

/** In slices, so that other questions are answered meanwhile. */
function readOn(workspace: Workspace, clock: Clock): void {
  reading.add(workspace);
  const slice = () => {
    if (workspace.graph.readImports(untilAfter(clock, READ_MS))) reading.delete(workspace);
    else clock.timer(BETWEEN_MS, slice);
  };
  clock.timer(BETWEEN_MS, slice);
}
