/**
 * A daemon whose runs are made of events that come at a pace: the real life, store, run service, protocol and socket, and in place of
 * agents a source that appends what they would. Runs of agents make some hundred events a second on one machine, mostly waiting.
 * Its parent says {"runIds", "perSecond", "forMs"} and is told {"appended", "cpuMs"} at the end.
 */
import { randomUUID } from "node:crypto";
import { currentBuild } from "../../daemon/host/build.ts";
import { systemClock } from "../../daemon/host/clock.ts";
import { homePaths } from "../../daemon/host/paths.ts";
import { createMemory } from "../../daemon/memory/create.ts";
import { BUILT_IN } from "../../daemon/memory/embedding/choice.ts";
import { createChatModel } from "../../daemon/models/create.ts";
import { openFileLog } from "../../daemon/observability/log-file.ts";
import { createAgentDirectory } from "../../daemon/orchestration/agent-directory.ts";
import { createChanges } from "../../daemon/orchestration/changes/create.ts";
import { createRunService } from "../../daemon/orchestration/runs.ts";
import { createAudit } from "../../daemon/security/audit/audit.ts";
import { createRedactor } from "../../daemon/security/secrets/secrets.ts";
import { createTrust } from "../../daemon/security/trust.ts";
import { startDaemon } from "../../daemon/server/life.ts";
import { acquireWriterLock } from "../../daemon/store/lock.ts";
import { openStore } from "../../daemon/store/sqlite.ts";
import { nexusError } from "../../protocol/index.ts";
import { produce, type Wanted } from "./source.ts";

const [home = "", main = ""] = process.argv.slice(2);
const log = openFileLog({ path: homePaths(home).log, clock: systemClock, redact: (text) => text });
const store = await openStore({ home, log });
const own = { home, heads: store.auditHeads, epoch: store.epoch, clock: systemClock, log };
const audit = createAudit({ ...own, redact: (text) => text });
const trust = createTrust({ rows: store.trust, audit, clock: systemClock, log });
const memory = createMemory({ home, main, store, clock: systemClock, log, newId: randomUUID, embedding: BUILT_IN });
const service = createRunService({
  ...{ store, audit, trust, clock: systemClock, log, newId: randomUUID },
  changes: createChanges({ home, log }),
  redactor: createRedactor(),
  defaultModel: () => null,
  defaults: { budgetUsd: null, policy: {} },
  createModel: createChatModel,
  keepRule: async () => undefined,
  onFatal: () => process.exit(1),
});
const { version, buildTime } = await currentBuild();
const daemon = await startDaemon({
  ...{ home, idleExitMs: 600_000, build: { version, buildTime }, env: process.env, clock: systemClock, log },
  async lock(paths) {
    const lock = await acquireWriterLock(paths.home);
    if (lock === undefined) throw nexusError("daemon.already_running");
    return lock;
  },
  open: async () => ({
    ...{ service, memory, trust, audit },
    agents: createAgentDirectory({
      userAgents: async () => ({ agents: [], problems: [] }),
      isTrusted: async () => false,
      store,
      version,
    }),
    listTools: async () => ({ trusted: false, tools: [], servers: [], problems: [] }),
    check: async () => [],
    configureModel: () => ({ provider: null, model: null, hasKey: false }),
    close: async () => store.close(),
  }),
});
process.on("message", (wanted: Wanted) => {
  const before = process.cpuUsage();
  void produce(store.events, wanted).then((appended) => {
    const { user, system } = process.cpuUsage(before);
    process.send?.({ appended, cpuMs: (user + system) / 1000 });
  });
});
process.send?.({ pid: process.pid });
process.exit(await daemon.ended);
