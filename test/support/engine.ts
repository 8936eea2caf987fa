/** The whole engine over real parts: SQLite, git, processes and a scripted model that speaks HTTP. */
import { randomUUID } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadUserAgents } from "../../daemon/agents/user-agents.ts";
import { systemClock } from "../../daemon/host/clock.ts";
import { createChatModel } from "../../daemon/models/create.ts";
import type { EditorModels } from "../../daemon/models/editor.ts";
import type { Log } from "../../daemon/observability/log.ts";
import { createChanges } from "../../daemon/orchestration/changes/create.ts";
import type { RunDependencies } from "../../daemon/orchestration/dependencies.ts";
import type { OpenDocuments } from "../../daemon/orchestration/open-documents.ts";
import { replayRun } from "../../daemon/orchestration/replay/replay.ts";
import type { OpenMemory } from "../../daemon/orchestration/run-memory.ts";
import type { RunService } from "../../daemon/orchestration/run-service.ts";
import { createRunService } from "../../daemon/orchestration/runs.ts";
import type { SchedulingSettings } from "../../daemon/orchestration/scheduling/settings.ts";
import { createAudit, type OwnedAudit } from "../../daemon/security/audit/audit.ts";
import { createRedactor } from "../../daemon/security/secrets/secrets.ts";
import { createTrust, type Trust } from "../../daemon/security/trust.ts";
import type { ModelSettings } from "../../daemon/settings.ts";
import { openStore } from "../../daemon/store/sqlite.ts";
import type { EventLog, NewEvent, Store } from "../../daemon/store/store.ts";
import { recoverEdits } from "../../daemon/tools/files/edit-journal.ts";
import { isEnded, type Params, type RunEvent, type RunState } from "../../protocol/index.ts";
import { initGit, writeFiles } from "./folder.ts";
import { removeFolder } from "./remove.ts";
import type { Script } from "./scripted/script.ts";
import type { ScriptedOptions, ScriptedServer } from "./scripted/server.ts";
import { startScriptedAnthropic } from "./scripted-anthropic.ts";
import { startScriptedOpenAi } from "./scripted-openai.ts";

export { initGit, writeFiles } from "./folder.ts";

export interface EngineOptions {
  readonly script: Script;
  readonly files?: Readonly<Record<string, string>>;
  readonly provider?: "openai" | "anthropic";
  /** False: the workspace is a folder without git. */
  readonly git?: boolean;
  readonly settings?: Partial<ModelSettings>;
  /** Models for tasks of a difficulty. */
  readonly models?: RunDependencies["defaults"]["models"];
  /** Left out: what runs find by names and words. */
  readonly memory?: OpenMemory;
  /** Told of the rules that people keep. */
  readonly keepRule?: (rule: string) => Promise<void>;
  /** Tools that others wrote. */
  readonly foreignTools?: RunDependencies["foreignTools"];
  /** Roles and documents, for workflows that name them. */
  readonly design?: RunDependencies["design"];
  /** How tasks work side by side. */
  readonly team?: RunDependencies["team"];
  /** Look at finished work of planned tasks. */
  readonly judges?: RunDependencies["judges"];
  /** Awaited before the scripted model answers. */
  readonly hold?: ScriptedOptions["hold"];
  /** Called before the calls of a turn. */
  readonly beforeCalls?: RunDependencies["beforeCalls"];
  /** How much is done at a time. */
  readonly scheduling?: SchedulingSettings;
  /** Clients that offer models, for the provider `editor`. */
  readonly editors?: EditorModels;
  /** What clients have open and not saved. */
  readonly documents?: OpenDocuments;
  /** Called before each append to the event log; what it throws is what the store throws. */
  readonly beforeAppend?: (events: readonly NewEvent[]) => void;
}

/** Every run that ended is replayed from its log when its engine closes: the same events must come, apart from times. */
async function expectReplays(store: Store, team: EngineOptions["team"]): Promise<void> {
  const { runs } = await store.projections.listRuns({ limit: 500 });
  for (const { runId } of runs.filter(({ status }) => isEnded(status))) {
    const { divergence, events } = await replayRun(store, runId, team);
    if (divergence === null) {
      const counts = process.env["NEXUS_TEST_REPLAYS"];
      if (counts !== undefined) appendFileSync(counts, `${events}\n`);
      continue;
    }
    const log = (await store.events.read(runId, { limit: 10_000 })).map(
      ({ seq, body }) => `${seq} ${JSON.stringify(body).slice(0, 160)}`,
    );
    throw new Error(`Run ${runId} does not replay: ${JSON.stringify(divergence, null, 1)}\n${log.join("\n")}`);
  }
}

export interface Engine {
  readonly workspace: string;
  readonly home: string;
  readonly server: ScriptedServer;
  service: RunService;
  store: Store;
  audit: OwnedAudit;
  trust: Trust;
  /** Problems that the engine logged as errors. */
  readonly logged: string[];
  /** Resolves when an error with this text is logged. */
  whenLogged(text: string): Promise<void>;
  start(prompt: string, more?: Partial<Params<"run/start">>): Promise<string>;
  /** Resolves with the first state that fits. */
  until(runId: string, fits: (state: RunState) => boolean): Promise<RunState>;
  ended(runId: string): Promise<RunState>;
  events(runId: string): Promise<RunEvent[]>;
  read(path: string): string | undefined;
  /** Drains the service, closes the store, and opens both anew, as a new daemon would. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

const caller = { name: "test" };

export async function startEngine(options: EngineOptions): Promise<Engine> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "nexus-engine-")));
  const workspace = join(root, "workspace");
  const home = join(root, "home");
  mkdirSync(home, { mode: 0o700 });
  writeFiles(workspace, options.files ?? {});
  if (options.git !== false) initGit(workspace);
  const provider = options.provider ?? "openai";
  const startServer = provider === "openai" ? startScriptedOpenAi : startScriptedAnthropic;
  const server = await startServer(options.script, options.hold === undefined ? {} : { hold: options.hold });
  const own = { provider, model: "scripted", baseUrl: server.url, apiKey: "test-key-0123456789" } as const;
  const unset = { price: null, recordFile: null, replayFile: null };
  const settings: ModelSettings = { ...unset, ...own, ...options.settings };
  const logged: string[] = [];
  const logging = new EventEmitter();
  const note = (line: string) => {
    logged.push(line);
    logging.emit("line");
  };
  const parts = await openParts(home, settings, note, options);
  const engine: Engine = {
    workspace,
    home,
    server,
    ...parts,
    logged,
    async whenLogged(text) {
      while (!logged.some((line) => line.includes(text))) await once(logging, "line");
    },
    async start(prompt, more = {}) {
      const params = { workspace, prompt, headless: true, idempotencyKey: randomUUID(), ...more };
      return (await engine.service.start(params, caller)).runId;
    },
    until: (runId, fits) => until(engine, runId, fits),
    ended: (runId) => until(engine, runId, (state) => isEnded(state.status)),
    events: (runId) => engine.store.events.read(runId, { limit: 10_000 }),
    read: (path) => (existsSync(join(workspace, path)) ? readFileSync(join(workspace, path), "utf8") : undefined),
    async restart() {
      await engine.service.drain("restart");
      await engine.audit.close();
      await engine.store.close();
      Object.assign(engine, await openParts(home, settings, note, options));
      await engine.service.recover();
    },
    async close() {
      await engine.service.drain("test ends");
      await engine.audit.close();
      await expectReplays(engine.store, options.team).finally(() => engine.store.close());
      await server.close();
      await removeFolder(root);
    },
  };
  return engine;
}

async function openParts(
  home: string,
  settings: ModelSettings,
  note: (line: string) => void,
  {
    beforeAppend = () => undefined,
    memory,
    models = {},
    foreignTools,
    design,
    beforeCalls,
    team,
    judges,
    scheduling,
    editors,
    documents,
    keepRule = async () => undefined,
  }: EngineOptions,
) {
  const log = collectingLog(note);
  await recoverEdits(join(home, "edits"));
  const store = withAppend(await openStore({ home, log }), beforeAppend);
  const audit = createAudit({
    ...{ home, heads: store.auditHeads, epoch: store.epoch, clock: systemClock, log, redact: (text) => text },
  });
  const trust = createTrust({ rows: store.trust, audit, clock: systemClock, log });
  const service = createRunService({
    store,
    changes: createChanges({ home, log }),
    audit,
    trust,
    clock: { ...systemClock, sleep: (_, signal) => systemClock.sleep(1, signal) },
    log,
    redactor: createRedactor(),
    defaultModel: () => settings,
    defaults: { budgetUsd: null, policy: {}, models },
    createModel: (own, call) => createChatModel(own, { ...(editors === undefined ? {} : { editors }), ...call }),
    keepRule,
    userAgents: ({ workspace, trusted }) =>
      loadUserAgents({ user: join(home, "agents"), ...(trusted ? { workspace } : {}) }),
    grammars: join(import.meta.dirname, "../../grammars"),
    newId: () => randomUUID().slice(0, 13),
    onFatal: (error) => note(String(error)),
    ...(memory === undefined ? {} : { memory }),
    ...(foreignTools === undefined ? {} : { foreignTools }),
    ...(design === undefined ? {} : { design, editJournal: join(home, "edits") }),
    ...(beforeCalls === undefined ? {} : { beforeCalls }),
    ...(team === undefined ? {} : { team }),
    ...(judges === undefined ? {} : { judges }),
    ...(scheduling === undefined ? {} : { scheduling }),
    ...(documents === undefined ? {} : { documents }),
  });
  return { store, service, audit, trust };
}

/** The store, with a look at every append before it happens. */
function withAppend(store: Store, before: (events: readonly NewEvent[]) => void): Store {
  const { events } = store;
  const append: EventLog["append"] = async (runId, added, artifacts, onlyIf) => {
    before(added);
    return events.append(runId, added, artifacts, onlyIf);
  };
  const watched: EventLog = {
    append,
    read: (...args) => events.read(...args),
    readKeyed: (...args) => events.readKeyed(...args),
    find: (...args) => events.find(...args),
    state: (...args) => events.state(...args),
    subscribe: (...args) => events.subscribe(...args),
  };
  const { artifacts, projections, sessions, checkpoints, knowledge, auditHeads, trust, outcomes, schedules, epoch } =
    store;
  const close = () => store.close();
  const rows = { artifacts, projections, sessions, checkpoints, knowledge, auditHeads, trust, outcomes, schedules };
  return { events: watched, ...rows, epoch, close };
}

function until(engine: Engine, runId: string, fits: (state: RunState) => boolean): Promise<RunState> {
  const { promise, resolve, reject } = Promise.withResolvers<RunState>();
  const unsubscribe = engine.service.onEvent((event, state) => {
    if (event.runId === runId && fits(state)) resolve(state);
  });
  engine.store.events.state(runId).then((state) => {
    if (state !== undefined && fits(state)) resolve(state);
  }, reject);
  return promise.finally(unsubscribe);
}

function collectingLog(note: (line: string) => void): Log {
  const log: Log = {
    write(level, message, fields) {
      if (level === "error") note(`${message} ${JSON.stringify(fields ?? {})}`);
    },
    with: () => log,
  };
  return log;
}
