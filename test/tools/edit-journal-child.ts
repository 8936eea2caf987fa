/** A process that changes files and kills itself at the Nth rename or removal: `node edit-journal-child.ts FOLDER N`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type EditFiles, editFiles } from "../../daemon/host/edit-files.ts";
import { commitChanges } from "../../daemon/tools/edit-journal.ts";

const [folder = "", at = ""] = process.argv.slice(2);
let steps = 0;

function step(): void {
  steps += 1;
  if (steps === Number(at)) process.kill(process.pid, "SIGKILL");
}

/** Dies before the step, so that N + 1 dies after it. */
const deadly: EditFiles = {
  ...editFiles,
  rename: async (...args) => {
    step();
    await editFiles.rename(...args);
  },
  remove: async (path) => {
    // What clears up after itself at the end is the same step again and again.
    if (!/\.(?:before|nexus-tmp)$/.test(path) && !path.endsWith(".new")) step();
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
