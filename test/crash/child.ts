/**
 * A daemon without a socket that kills itself right after its Nth commit of the event log:
 * `node child.ts HOME WORKSPACE MODEL_URL KILL_AT_COMMIT SCENARIO` (0: never). Prints each event that it tells, as one line of JSON.
 */
import { writeSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../daemon/host/clock.ts";
import { grammarsBeside } from "../../daemon/memory/code/languages.ts";
import { roles } from "../../daemon/metagpt/roles/design-work.ts";
import { createChatModel } from "../../daemon/models/create.ts";
import type { Log } from "../../daemon/observability/log.ts";
import { createChanges } from "../../daemon/orchestration/changes/create.ts";
import { createRunService } from "../../daemon/orchestration/runs.ts";
import { createAudit } from "../../daemon/security/audit/audit.ts";
import { createRedactor } from "../../daemon/security/secrets/secrets.ts";
import { createTrust } from "../../daemon/security/trust.ts";
import { openStore } from "../../daemon/store/sqlite.ts";
import type { EventLog, Store } from "../../daemon/store/store.ts";
import { recoverEdits } from "../../daemon/tools/files/edit-journal.ts";
import { isEnded, pendingPaths } from "../../protocol/index.ts";
import { scenarioOf } from "./scenarios/all.ts";

const [home = "", workspace = "", baseUrl = "", killAt = "0", scenario] = process.argv.slice(2);
const log: Log = { write: () => undefined, with: () => log };
const opened = await openStore({ home, log });
const store = killingStore(opened, Number(killAt), await lastSeq(opened));
const model = { provider: "openai", model: "scripted", baseUrl, apiKey: "test-key-0123456789" } as const;
const settings = { ...model, price: null, recordFile: null, replayFile: null };
const audit = createAudit({
  ...{ home, heads: store.auditHeads, epoch: store.epoch, clock: systemClock, log, redact: (text) => text },
});
const editJournal = join(home, "edits");
await recoverEdits(editJournal);
let ids = 0;
const service = createRunService({
  store,
  changes: createChanges({ home, log }),
  audit,
  trust: createTrust({ rows: store.trust, audit, clock: systemClock, log }),
  clock: systemClock,
  log,
  redactor: createRedactor(),
  defaultModel: () => settings,
  defaults: { budgetUsd: null, policy: {} },
  createModel: (own) => createChatModel(own),
  editJournal,
  design: async () => roles,
  grammars: grammarsBeside(import.meta.filename),
  keepRule: async () => undefined,
  newId: () => `id-${++ids}`,
  onFatal: (error) => {
    throw error;
  },
});
const finished = Promise.withResolvers<void>();
service.onEvent((event, state) => {
  writeSync(1, `${JSON.stringify(event)}\n`);
  if (isEnded(state.status) && (state.status !== "done" || isDecided(state))) finished.resolve();
});
await service.recover();
const idempotencyKey = "the-one-run";
const { goal, policy = { plan: "allow" }, workflow } = scenarioOf(scenario);
const params = {
  workspace,
  prompt: goal,
  headless: true,
  autoApply: true,
  policy,
  idempotencyKey,
  ...(workflow === undefined ? {} : { workflow: workflow() }),
};
const { runId } = await service.start(params, { name: "crash" });
const { run } = await service.show({ runId });
if (!(isEnded(run.status) && isDecided(run))) await finished.promise;
await service.drain("the run has ended");
await audit.close();
await store.close();

function isDecided(state: Parameters<typeof pendingPaths>[0]): boolean {
  return state.changes !== null && pendingPaths(state).length === 0;
}

/** Of the one run; 0 before it began. */
async function lastSeq({ projections, events }: Store): Promise<number> {
  const [run] = (await projections.listRuns({ limit: 1 })).runs;
  return run === undefined ? 0 : ((await events.state(run.runId))?.seq ?? 0);
}

/** Dies after the Nth commit is durable and before anybody hears of it. What stood there already is no commit. */
function killingStore(real: Store, at: number, known: number): Store {
  let [commits, last] = [0, known];
  const append: EventLog["append"] = async (...args) => {
    const events = await real.events.append(...args);
    const seq = Math.max(last, ...events.map((event) => event.seq));
    if (seq > last && ++commits === at) process.kill(process.pid, "SIGKILL");
    last = seq;
    return events;
  };
  const events: EventLog = { ...bound(real.events), append };
  return {
    events,
    artifacts: real.artifacts,
    projections: real.projections,
    sessions: real.sessions,
    checkpoints: real.checkpoints,
    knowledge: real.knowledge,
    auditHeads: real.auditHeads,
    trust: real.trust,
    outcomes: real.outcomes,
    schedules: real.schedules,
    epoch: real.epoch,
    close: () => real.close(),
  };
}

function bound(log: EventLog): EventLog {
  return {
    append: (...args) => log.append(...args),
    read: (...args) => log.read(...args),
    readKeyed: (...args) => log.readKeyed(...args),
    find: (...args) => log.find(...args),
    state: (...args) => log.state(...args),
    subscribe: (...args) => log.subscribe(...args),
  };
}
