/** The store, looked at directly: for when no daemon can be asked, and for repairs. */
import type { CheckResult } from "../../protocol/index.ts";
import { NexusError, nexusError } from "../../protocol/index.ts";
import { systemClock } from "../host/clock.ts";
import { waitForChange } from "../host/spawn-daemon.ts";
import { silentLog } from "../observability/log-file.ts";
import type { CliContext } from "./context.ts";
import { problem } from "./doctor-daemon.ts";

const LOCK_MS = 12_000;

export async function checkStore(home: string): Promise<CheckResult[]> {
  return verifyStore(home, { repair: false }).catch((error: unknown) => [problem("store", error)]);
}

/**
 * Stops the daemon, sets a damaged database aside (never deleting it), and rebuilds what the event log can rebuild.
 * `confirm` is asked before a database is set aside.
 */
export async function repairStore(
  context: CliContext,
  confirm: (what: string) => Promise<boolean>,
): Promise<CheckResult[]> {
  const { home } = context;
  await stopDaemon(context);
  try {
    return await verifyStore(home, { repair: true });
  } catch (error) {
    if (!(error instanceof NexusError) || error.value.code !== "store.corrupt") return [problem("repair", error)];
    if (!(await confirm(`${error.value.message} It will be set aside, and a new one begun.`)))
      return [{ name: "repair", status: "warning", message: "Nothing was changed." }];
    const { quarantine } = await import("../store/file.ts");
    const aside = await withLock(home, () => quarantine(home));
    const message =
      aside === undefined ? "There was no database to set aside." : `The database was set aside as ${aside}.`;
    return [
      {
        name: "repair",
        status: "warning",
        message,
        hint: "Your working trees were not touched; past runs are in that file.",
      },
    ];
  }
}

async function verifyStore(home: string, options: { repair: boolean }): Promise<CheckResult[]> {
  return withLock(home, async () => {
    const { openStore } = await import("../store/sqlite.ts");
    const store = await openStore({ home, log: silentLog });
    try {
      return await store.projections.verify(options);
    } finally {
      await store.close();
    }
  });
}

async function withLock<Value>(home: string, work: () => Promise<Value>): Promise<Value> {
  const { acquireWriterLock } = await import("../store/lock.ts");
  const begun = systemClock.monotonic();
  let lock = await acquireWriterLock(home);
  while (lock === undefined && systemClock.monotonic() - begun < LOCK_MS) {
    await waitForChange(home, 100);
    lock = await acquireWriterLock(home);
  }
  if (lock === undefined) throw nexusError("daemon.already_running", "It holds the database and does not answer.");
  try {
    return await work();
  } finally {
    lock.release();
  }
}

async function stopDaemon(context: CliContext): Promise<void> {
  const connection = await context.connect({ start: false }).catch(() => undefined);
  if (connection === undefined) return;
  const closed = new Promise<void>((resolve) => connection.onClose(resolve));
  await connection.request("daemon/stop", { ifIdle: false });
  await closed;
}
