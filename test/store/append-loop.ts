/**
 * Started as a process of its own by tests: appends until it is killed, telling what it is about to send ("> n"), and
 * what was acknowledged ("< n"). With the word "lock" it takes the writer's lock, says so, and waits.
 */
import { writeSync } from "node:fs";
import { acquireWriterLock } from "../../daemon/store/lock.ts";
import { openStore } from "../../daemon/store/sqlite.ts";

const [mode, home = ""] = process.argv.slice(2);
const silent = { write: () => {}, with: () => silent };
if (mode === "lock") {
  const lock = await acquireWriterLock(home);
  say(lock === undefined ? "busy" : "locked");
  setInterval(() => {}, 1000);
} else {
  const { events, checkpoints } = await openStore({ home, log: silent });
  const state = await events.state("r");
  const value = { type: "json", bytes: new TextEncoder().encode('"value"') };
  for (let number = (state?.seq ?? 0) + 1; ; number++) {
    say(`> ${number}`);
    const body = {
      type: "run.noticed" as const,
      level: "info" as const,
      code: "c",
      message: "x".repeat(number % 3000),
    };
    const artifact = new TextEncoder().encode(`artifact ${number}`);
    await events.append("r", [{ body, key: `k${number}` }], [artifact]);
    say(`< ${number}`);
    const row = { threadId: "r", namespace: "", checkpointId: String(number).padStart(8, "0"), parentId: null };
    await checkpoints.put({ ...row, versions: { c: `${number}` }, checkpoint: value, metadata: value }, [
      { channel: "c", version: `${number}`, value },
    ]);
  }
}

function say(line: string): void {
  writeSync(1, `${line}\n`);
}
