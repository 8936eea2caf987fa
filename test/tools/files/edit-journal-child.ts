/**
 * A process that changes files and kills itself at the Nth step: `node edit-journal-child.ts FOLDER N [all]`. Without
 * `all` only renames and removals count, and not those that clear up at the end.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type EditFiles, editFiles } from "../../../daemon/host/edit-files.ts";
import { commitChanges } from "../../../daemon/tools/files/edit-journal.ts";

const [folder = "", at = "", which = ""] = process.argv.slice(2);
let steps = 0;

function step(): void {
  steps += 1;
  if (steps === Number(at)) process.kill(process.pid, "SIGKILL");
}

/** Dies before each step, so that N + 1 dies after it. */
const deadly: EditFiles = {
  ...editFiles,
  write: async (...args) => {
    if (which === "all") step();
    await editFiles.write(...args);
  },
  rename: async (...args) => {
    step();
    await editFiles.rename(...args);
  },
  remove: async (path) => {
    if (which === "all" || !/\.(?:before|nexus-tmp|new|plan)$/.test(path)) step();
    await editFiles.remove(path);
  },
};

const changes = JSON.parse(readFileSync(join(folder, "changes.json"), "utf8"));
await commitChanges(
  join(folder, "journal"),
  "id",
  changes.map((change: { content: string | null }) => ({
    ...change,
    content: change.content === null ? null : Buffer.from(change.content),
  })),
  deadly,
);
