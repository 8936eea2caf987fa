/**
 * Indexes a workspace and is killed meanwhile. Says "ready" when all is loaded, then waits for one line of JSON on its
 * standard input: `{ root, folder, statement }`; kills itself before that SQL statement (0: never). Prints how many
 * statements there were.
 */
import { once } from "node:events";
import { writeSync } from "node:fs";
import { StatementSync } from "node:sqlite";
import { openIndexes } from "../memory/index/world.ts";

let executed = 0;
let killAt = 0;
const { all } = StatementSync.prototype;
StatementSync.prototype.all = function (this: StatementSync, ...values: Parameters<typeof all>) {
  if (++executed === killAt) process.kill(process.pid, "SIGKILL");
  return all.apply(this, values);
} as typeof all;

writeSync(1, "ready\n");
const [line] = await once(process.stdin, "data");
const { root, folder, statement } = JSON.parse(String(line)) as { root: string; folder: string; statement: number };
killAt = statement;
await openIndexes(folder).updated(root);
writeSync(1, `${executed}\n`);
process.exit(0);
