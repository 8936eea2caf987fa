/** LangGraph's own conformance suites on our saver. They use vitest's globals, which they do not import. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type CheckpointSaver, createCheckpointSaver } from "../../daemon/orchestration/checkpoints.ts";
import { openStore } from "../../daemon/store/sqlite.ts";
import type { Store } from "../../daemon/store/store.ts";
import { collectingLog } from "../support/store.ts";

for (const [name, value] of Object.entries({ afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi }))
  vi.stubGlobal(name, value);

const { deltaChannelHistoryTests, specTest } = await import("@langchain/langgraph-checkpoint-validation");

const opened = new Map<CheckpointSaver, { store: Store; home: string }>();
const initializer = {
  checkpointerName: "nexus",
  async createCheckpointer() {
    const home = mkdtempSync(join(tmpdir(), "nexus-saver-"));
    const store = await openStore({ home, log: collectingLog([]) });
    const saver = createCheckpointSaver(store.checkpoints);
    opened.set(saver, { store, home });
    return saver;
  },
  async destroyCheckpointer(saver: CheckpointSaver) {
    const { store, home } = opened.get(saver) ?? {};
    opened.delete(saver);
    await store?.close();
    if (home !== undefined) rmSync(home, { recursive: true, force: true });
  },
};

specTest(initializer);
deltaChannelHistoryTests(initializer);
