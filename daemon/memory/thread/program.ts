/** The memory thread: owns all indexes, answers questions about them, and hands the reading of files to parse threads. */
import { systemClock } from "../../host/clock.ts";
import { ownThread } from "../../host/threads.ts";
import { grammarsBeside } from "../code/languages.ts";
import { createParsePool } from "../index/parse-pool.ts";
import { loadWordTable } from "../vector/word-table.ts";
import { createAnswers, METHODS } from "./answers.ts";
import { serveCalls } from "./calls.ts";
import type { MemoryThreadData } from "./data.ts";
import { createFreshness } from "./freshness.ts";
import { createVectors } from "./vectors.ts";
import type { Workspace } from "./workspace.ts";
import { createWorkspaces } from "./workspaces.ts";

const thread = ownThread();
if (thread !== undefined && isData(thread.data)) await serve(thread, thread.data);

async function serve(own: NonNullable<typeof thread>, data: MemoryThreadData): Promise<void> {
  const { folder, main, parseThreads, embedding } = data;
  const grammars = grammarsBeside(main);
  const clock = systemClock;
  // Calls wait in the port until a listener is there.
  const table = await loadWordTable();
  const pool = createParsePool({ threads: parseThreads, grammars, clock });
  const workspaces = createWorkspaces({ folder, pool, table, clock, onChange: (workspace) => tell(workspace) });
  const vectors = createVectors({
    settings: embedding,
    folder,
    workspaces,
    clock,
    onChange: (workspace) => tell(workspace),
  });
  const freshness = createFreshness({ workspaces, clock, onUpdated: (workspace) => vectors.of(workspace).updated() });
  const answers = createAnswers({ workspaces, grammars, clock, vectors, freshness });
  const handlers = Object.fromEntries(METHODS.map((name) => [name, { call: answers[name] }]));
  const close = async () => {
    await freshness.closeAll();
    await vectors.close();
    await workspaces.close();
    await pool.close();
  };
  const notify = serveCalls(own, { ...handlers, close: { call: close } });
  const tell = (workspace: Workspace) =>
    notify("progress", {
      workspace: workspace.root,
      progress: workspace.progress() ?? vectors.progressOf(workspace),
    });
}

/** The daemon starts it with nothing else. */
function isData(value: unknown): value is MemoryThreadData {
  return typeof value === "object" && value !== null && "folder" in value && "main" in value;
}
