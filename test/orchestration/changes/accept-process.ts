/** Accepts a change set in a process of its own, so that it can be killed at the Nth change, or have fewer rights. */
import { createChanges } from "../../../daemon/orchestration/changes/create.ts";
import type { ChangeSet } from "../../../protocol/index.ts";
import { faultAt } from "./faults.ts";

const silent = { write: () => undefined, with: () => silent };
const [home = "", workspace = "", changeSetText = "{}", killAt = "0", user = ""] = process.argv.slice(2);
// Only now that all is loaded, and from elsewhere: the user need not be allowed to read this project's folder.
if (user !== "") {
  process.setgroups?.([]);
  process.setgid?.(Number(user));
  process.setuid?.(Number(user));
  process.chdir("/");
}
const changeSet: ChangeSet = JSON.parse(changeSetText);
const paths = changeSet.files.map((file) => file.path);

const faults = faultAt(Number(killAt), () => process.kill(process.pid, "SIGKILL"));
const outcome = await createChanges({ home, log: silent })
  .apply(workspace, changeSet, paths)
  .catch((error: unknown) => ({ error: error instanceof Error && "value" in error ? error.value : String(error) }));
process.stdout.write(JSON.stringify({ ...outcome, operations: faults.count() }));
