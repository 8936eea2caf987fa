/** A store in a temporary folder, and run events to put into it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Log } from "../../daemon/observability/log.ts";
import { openStore, type StoreOptions } from "../../daemon/store/sqlite.ts";
import type { Store } from "../../daemon/store/store.ts";
import type { RunEventBody } from "../../protocol/index.ts";

export interface TestStore {
  readonly store: Store;
  readonly home: string;
  /** What the store logged. */
  readonly logged: readonly string[];
  /** Closes the store and opens the folder again. */
  reopen(options?: Partial<StoreOptions>): Promise<Store>;
}

/** A fixed clock for the `at` of events. */
export const FIXED_NOW = "2026-01-02T03:04:05.678Z";

/** Removed at the end of the running test. */
export function temporaryHome(): string {
  const home = mkdtempSync(join(tmpdir(), "nexus-store-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 3 }));
  return home;
}

/**
 * A store of its own for the running test, closed and removed at its end. Every event is checked against its schema, and
 * the clock stands still unless `now` is given.
 */
export async function openTestStore(options: Partial<StoreOptions> = {}): Promise<TestStore> {
  const home = options.home ?? temporaryHome();
  const logged: string[] = [];
  const opened: Store[] = [];
  onTestFinished(async () => {
    for (const store of opened) await store.close();
  });
  async function open(more: Partial<StoreOptions> = {}): Promise<Store> {
    const log = collectingLog(logged);
    const store = await openStore({ home, log, now: () => FIXED_NOW, validateEvents: true, ...options, ...more });
    opened.push(store);
    return store;
  }
  const store = await open();
  return {
    store,
    home,
    logged,
    async reopen(more) {
      for (const one of opened) await one.close();
      return open(more);
    },
  };
}

export function collectingLog(lines: string[]): Log {
  const log: Log = {
    write: (level, message, fields) => lines.push(`${level}: ${message} ${JSON.stringify(fields ?? {})}`),
    with: () => log,
  };
  return log;
}

/** The first event of a run. */
export function runCreated(more: Partial<Extract<RunEventBody, { type: "run.created" }>> = {}): RunEventBody {
  return {
    type: "run.created",
    sessionId: "session-1",
    workspace: "/workspace",
    prompt: "do it",
    mode: "act",
    headless: false,
    autoApply: false,
    model: { provider: "replay", model: "scripted" },
    budgetUsd: 1,
    policy: {},
    continues: null,
    ...more,
  };
}

export function noticed(message: string): RunEventBody {
  return { type: "run.noticed", level: "info", code: "test", message };
}
