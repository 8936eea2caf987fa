/** Joins a task's commit in a process of its own, so that it can be killed at the Nth change of a file or call of git. */
import childProcess from "node:child_process";
import { syncBuiltinESMExports } from "node:module";
import { faultAt } from "./faults.ts";

const [home = "", placeText = "{}", taskText = "{}", killAt = "0"] = process.argv.slice(2);
const die = () => process.kill(process.pid, "SIGKILL");
const faults = faultAt(Number(killAt), die);
let calls = 0;
const { spawn } = childProcess;
Object.assign(childProcess, {
  spawn: (...args: Parameters<typeof spawn>) => {
    calls += 1;
    if (calls === -Number(killAt)) die();
    return spawn(...args);
  },
});
syncBuiltinESMExports();
const { createChanges } = await import("../../../daemon/orchestration/changes/create.ts");
const silent = { write: () => undefined, with: () => silent };
const outcome = await createChanges({ home, log: silent }).tasks.merge(JSON.parse(placeText), JSON.parse(taskText));
process.stdout.write(JSON.stringify({ ok: outcome.ok, operations: faults.count(), calls }));
