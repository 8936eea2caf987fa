/** The composition root: builds the daemon bottom-up and takes it down again. No container, only this file. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { NexusError, nexusError } from "../protocol/index.ts";
import { loadUserAgents } from "./agents/user-agents.ts";
import { openPins } from "./connectors/mcp/pins.ts";
import { currentBuild } from "./host/build.ts";
import { systemClock } from "./host/clock.ts";
import { openCommandLog } from "./host/command-log.ts";
import { flushCompiledCode } from "./host/compile-cache.ts";
import { resolveHost } from "./host/dns.ts";
import { httpFetch } from "./host/http.ts";
import { homePaths, prepareHome } from "./host/paths.ts";
import { grammarsBeside } from "./memory/code/languages.ts";
import { createMemory } from "./memory/create.ts";
import type { RunMetagptOptions } from "./metagpt/adapter/run-metagpt.ts";
import type { Roles } from "./metagpt/roles/design-work.ts";
import { createRunDesign } from "./metagpt/roles/run-design.ts";
import { createChatModel } from "./models/create.ts";
import type { Log } from "./observability/log.ts";
import { openFileLog } from "./observability/log-file.ts";
import { type AgentDirectory, createAgentDirectory, type DirectoryOptions } from "./orchestration/agent-directory.ts";
import { listTools } from "./orchestration/calls/tool-list.ts";
import { createChanges } from "./orchestration/changes/create.ts";
import { createRunDesigns } from "./orchestration/design/run-designs.ts";
import { createIndexedMemory } from "./orchestration/indexed-memory.ts";
import { createReranker } from "./orchestration/reranker.ts";
import { openPolicyPlace } from "./orchestration/rights/policy-place.ts";
import type { RunService } from "./orchestration/run-service.ts";
import { createRunService } from "./orchestration/runs.ts";
import { createAudit } from "./security/audit/audit.ts";
import { rememberRule } from "./security/policy/remember.ts";
import { createCommandRunner } from "./security/sandbox/command-runner.ts";
import { findSandbox } from "./security/sandbox/find.ts";
import { createRedactor, environmentSecrets, type Redactor } from "./security/secrets/secrets.ts";
import { createTrust } from "./security/trust.ts";
import { createAskedClients } from "./server/clients/asked.ts";
import { type DaemonParts, isStoreFailure, type RunningDaemon, startDaemon } from "./server/life.ts";
import type { Clients } from "./server/rpc/clients.ts";
import { configuredModel, embeddingSecrets, loadSettings, SECRET_VARIABLES, type Settings } from "./settings.ts";
import { acquireWriterLock } from "./store/lock.ts";
import { openStore } from "./store/sqlite.ts";
import type { Store } from "./store/store.ts";
import { recoverEdits } from "./tools/files/edit-journal.ts";
import { createForeignTools } from "./tools/foreign/foreign-tools.ts";
import { runProgram, startedServer } from "./tools/foreign/programs.ts";

/**
 * Is the daemon of a data folder until it ends; answers with the exit code. What keeps it from starting goes to standard
 * error as one line of JSON, which the client that started it reads. Not being the first is no failure. `main` is the file
 * of the program: what is shipped with it stands beside.
 */
export async function runDaemon(home: string, main: string): Promise<number> {
  const redactor = createRedactor();
  const log = openFileLog({ path: homePaths(home).log, clock: systemClock, redact: redactor.redact });
  try {
    const stopping = listenForSignals();
    const daemon = await start({ home, main, redactor, log });
    stopping.then((signal) => daemon.stop(signal));
    handleErrors(daemon, log);
    flushCompiledCode();
    return await daemon.ended;
  } catch (error) {
    const value = error instanceof NexusError ? error.value : nexusError("run.internal", String(error)).value;
    log.write(value.code === "daemon.already_running" ? "info" : "error", "the daemon did not start", { error });
    process.stderr.write(`${JSON.stringify({ pid: process.pid, error: value })}\n`);
    return value.code === "daemon.already_running" ? 0 : 1;
  } finally {
    log.close();
  }
}

const TRACING_VARIABLES = ["LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING", "LANGCHAIN_TRACING_V2"];

interface Beginning {
  readonly home: string;
  readonly main: string;
  readonly redactor: Redactor;
  readonly log: Log;
}

async function start({ home, main, redactor, log }: Beginning): Promise<RunningDaemon> {
  await prepareHome(home);
  const settings = await loadSettings(home, process.env);
  for (const name of SECRET_VARIABLES) {
    redactor.add(process.env[name] ?? "");
    delete process.env[name];
  }
  for (const secret of environmentSecrets(process.env)) redactor.add(secret);
  // LangChain and LangGraph would send every prompt to a tracing service that these name; Nexus sends nothing anywhere.
  for (const name of TRACING_VARIABLES) delete process.env[name];
  return startDaemon({
    home,
    idleExitMs: settings.idleExitMs,
    build: await currentBuild(),
    webSocket: settings.webSocket,
    env: process.env,
    clock: systemClock,
    log,
    async lock(paths) {
      const lock = await acquireWriterLock(paths.home);
      if (lock === undefined) throw nexusError("daemon.already_running");
      return lock;
    },
    open: (_paths, onFatal, clients) => openParts(settings, { home, main, redactor, log, clients }, onFatal),
  });
}

async function openParts(
  settings: Settings,
  { home, main, redactor, log, clients }: Beginning & { readonly clients: Clients },
  onFatal: (error: unknown) => void,
): Promise<DaemonParts> {
  const { budgetUsd, policy, checkpoints, models = {} } = settings;
  let model = settings.model;
  if (model?.apiKey) redactor.add(model.apiKey);
  for (const secret of embeddingSecrets(settings.embedding)) redactor.add(secret);
  const policyPlace = await openPolicyPlace({ home, main, env: process.env, policy, log });
  const asked = createAskedClients(clients, { clock: systemClock, newId: randomUUID });
  const store = await openStore({ home, log });
  const audit = createAudit({
    ...{ home, heads: store.auditHeads, epoch: store.epoch, clock: systemClock, log, redact: redactor.redact },
  });
  const trust = createTrust({ rows: store.trust, audit, clock: systemClock, log });
  const memory = createMemory({
    ...{ home, main, store, clock: systemClock, log, newId: randomUUID },
    embedding: settings.embedding,
    reranker() {
      // A search neither waits for an editor nor uses up a person's subscription.
      if (model === null || model.provider === "editor") return undefined;
      const { redact } = redactor;
      return createReranker({
        ...{ settings: model, createModel: createChatModel, budgetUsd, redact },
        ...{ clock: systemClock, log },
      });
    },
  });
  const editJournal = join(home, "edits");
  const recovery = await recoverEdits(editJournal);
  if (recovery.finished + recovery.undone > 0)
    log.write("info", "settled interrupted changes of files", { ...recovery });
  const programs = { sandbox: findSandbox, hidden: [home], env: process.env };
  const trusted = async (workspace: string) => (await trust.look(workspace)).state === "trusted";
  const foreign = createForeignTools({
    ...{ mcpServers: settings.mcpServers, env: process.env, clock: systemClock },
    ...{ redact: redactor.redact, addSecret: redactor.add, network: { fetch: httpFetch, resolve: resolveHost } },
    version: (await currentBuild()).version,
    trusted,
    pins: () => openPins(join(home, "mcp-pins.json")),
    runProgram: (run) => runProgram(programs, run),
    startProgram: (workspace) => (server) => startedServer(programs, workspace, server),
  });
  const commands = createCommandRunner({ hidden: [home] });
  const userAgents: DirectoryOptions["userAgents"] = ({ workspace, trusted: own }) =>
    loadUserAgents({ user: join(home, "agents"), ...(own ? { workspace } : {}) });
  const agents = createAgentDirectory({
    ...{ userAgents, isTrusted: trusted, store, version: (await currentBuild()).version },
  });
  const changes = createChanges({ home, log });
  const design = designWork({
    ...{ home, python: settings.metagpt?.python, env: process.env, sandbox: findSandbox, clock: systemClock },
    onError: (error) => log.write("error", "the model proxy of MetaGPT failed", { error }),
  });
  const service = createRunService({
    editJournal,
    store,
    changes,
    design,
    audit,
    trust,
    clock: systemClock,
    log,
    redactor,
    defaultModel: () => model,
    defaults: { budgetUsd, policy, checkpoints, models },
    scheduling: settings.scheduling,
    ...(settings.team === undefined ? {} : { team: settings.team }),
    createModel: (own, call) => createChatModel(own, { editors: asked.models, ...call }),
    documents: asked.documents,
    memory: createIndexedMemory({ memory, clock: systemClock, log }),
    policyPlace,
    userAgents,
    grammars: grammarsBeside(main),
    async keepRule(rule) {
      const kept = await rememberRule(home, rule);
      if (!kept.ok) throw new NexusError(kept.error);
    },
    foreignTools: async (place) => (await foreign.look(place)).tools,
    commands,
    commandLog: (runId, name) => openCommandLog(join(home, "commands", runId, `${name}.log`)),
    secretOf: (name) => process.env[`NEXUS_SECRET_${name}`],
    newId: randomUUID,
    onFatal,
  });
  const stopAsking = asked.follow(service, log);
  const a2a = await serveA2a(settings.a2a, { service, store, agents, home, log });
  return {
    isServing: a2a !== undefined,
    service,
    memory,
    trust,
    audit,
    agents,
    asked,
    runDesign: createRunDesign(createRunDesigns({ store, changes, audit, design, newId: randomUUID })),
    listTools: ({ workspace }, signal) => listTools({ policyPlace, look: foreign.look, trusted }, workspace, signal),
    check: () => store.projections.verify({ repair: false }),
    configureModel(params) {
      model = configuredModel(model, params);
      if (model?.apiKey) redactor.add(model.apiKey);
      return { provider: model?.provider ?? null, model: model?.model ?? null, hasKey: model?.apiKey != null };
    },
    async close() {
      stopAsking();
      await a2a?.close();
      await foreign.close();
      await memory.close();
      await commands.dispose();
      // The store keeps the end of the audit log.
      await audit.close().finally(() => store.close());
    },
  };
}

/** Roles and the installed MetaGPT, loaded when the first workflow asks for them. */
function designWork(installed: RunMetagptOptions): () => Promise<Roles> {
  const load = async () => {
    const { roles } = await import("./metagpt/roles/design-work.ts");
    const { withInstalled } = await import("./metagpt/adapter/with-installed.ts");
    return withInstalled(roles, installed);
  };
  let loaded: Promise<Roles> | undefined;
  return () => (loaded ??= load());
}

async function serveA2a(
  wanted: Settings["a2a"],
  { home, log, store, ...parts }: { service: RunService; store: Store; agents: AgentDirectory; home: string; log: Log },
): Promise<{ close(): Promise<void> } | undefined> {
  if (wanted === null) return undefined;
  const { KEY_START } = await import("./server/http/a2a/methods.ts");
  const { openA2a } = await import("./server/http/a2a/open.ts");
  const { version } = await currentBuild();
  return openA2a(home, {
    ...{ ...parts, ...wanted, version, clock: systemClock, log },
    async isOwn(runId) {
      const [first] = await store.events.readKeyed(runId, { after: 0, limit: 1 });
      return first?.key?.startsWith(KEY_START) === true;
    },
  });
}

/** From the very start, so that a daemon that is told to end while it begins still ends in order. */
function listenForSignals(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => resolve(signal));
  });
}

/** A bug in one run or one client must not end the others; a store that cannot be trusted ends all. */
function handleErrors(daemon: RunningDaemon, log: Log): void {
  for (const event of ["uncaughtException", "unhandledRejection"] as const)
    process.on(event, (error: unknown) => {
      log.write("error", event, { error });
      if (isStoreFailure(error)) daemon.fail(error);
    });
}
