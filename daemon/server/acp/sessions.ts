/** The sessions of a connection: made, loaded, resumed, listed, closed and deleted. */
import { isAbsolute } from "node:path";
import {
  type AgentContext,
  type ListSessionsRequest,
  type ListSessionsResponse,
  type LoadSessionRequest,
  type LoadSessionResponse,
  type McpServer,
  type NewSessionRequest,
  type NewSessionResponse,
  RequestError,
  type ResumeSessionRequest,
  type SessionInfo,
} from "@agentclientprotocol/sdk";
import { isEnded, type SessionSummary } from "../../../protocol/index.ts";
import { nextTurn } from "../../host/clock.ts";
import { realPath } from "../../host/files.ts";
import { type ClientAbilities, type SessionClient, sessionClient } from "./client.ts";
import { AVAILABLE_COMMANDS } from "./commands.ts";
import { invalidParams } from "./errors.ts";
import { configOptions, modeState } from "./options.ts";
import { pastOf, spentOf, tellPast } from "./replay.ts";
import { type OpenSession, openSession } from "./session.ts";
import type { AcpOptions, AcpSettings } from "./settings.ts";

export interface Sessions {
  create(params: NewSessionRequest, signal: AbortSignal): Promise<NewSessionResponse>;
  /** Tells the session again; then it goes on. */
  load(params: LoadSessionRequest, signal: AbortSignal): Promise<LoadSessionResponse>;
  resume(params: ResumeSessionRequest, signal: AbortSignal): Promise<LoadSessionResponse>;
  list(params: ListSessionsRequest, signal: AbortSignal): Promise<ListSessionsResponse>;
  /** Throws ACP's error for a session that is not open here. */
  get(sessionId: string): OpenSession;
  /** Undefined where it is not open here. */
  find(sessionId: string): OpenSession | undefined;
  close(sessionId: string): Promise<void>;
  delete(sessionId: string): Promise<void>;
  /** The client is gone: runs go on. */
  closeAll(): void;
}

interface Admission {
  readonly own: AcpSettings;
  readonly client: SessionClient;
  readonly servers: readonly McpServer[];
}

const MOST_OPEN = 100;

export function createSessions(context: AgentContext, abilities: () => ClientAbilities, options: AcpOptions): Sessions {
  const { link } = options;
  const open = new Map<string, OpenSession>();

  async function reopen(
    params: ResumeSessionRequest,
    signal: AbortSignal,
    isTold: boolean,
  ): Promise<LoadSessionResponse> {
    const { sessionId } = params;
    const own = await options.settings();
    const found = (await link.request("session/show", { sessionId }, { signal })).session;
    await checkFolder(params.cwd, found);
    const directories = directoriesOf(params);
    const isSame = JSON.stringify(directories) === JSON.stringify(found.settings.directories ?? []);
    const change = { sessionId, settings: { directories } };
    const session = isSame ? found : (await link.request("session/update", change, { signal })).session;
    open.get(sessionId)?.close();
    const client = sessionClient(context, sessionId, abilities());
    const past = await pastOf(link, sessionId, signal);
    const told = isTold ? await tellPast(past, { link, client, sessionId }, signal) : new Map();
    const opened = admit(session, { own, client, servers: params.mcpServers ?? [] }, spentOf(past));
    for (const { runId } of past.runs.filter(({ status }) => !isEnded(status)).toReversed()) {
      const updates = told.get(runId);
      const state = updates?.state ?? (await link.request("run/show", { runId }, { signal })).run;
      opened.follow(runId, { state, ...(updates === undefined ? {} : { updates }) });
    }
    return shapeOf(session, own);
  }

  function admit(
    session: SessionSummary,
    { own, client, servers }: Admission,
    spentUsd: ReadonlyMap<string, number>,
  ): OpenSession {
    const { sessionId } = session;
    if (open.size >= MOST_OPEN)
      throw new RequestError(-32000, `At most ${MOST_OPEN} sessions are open at a time; close one.`);
    const opened = openSession({ ...options, own, session, client, notes: notesOf(servers, own.mcpServers), spentUsd });
    open.set(sessionId, opened);
    // Behind the answer that tells the client the session's id.
    void nextTurn().then(() =>
      client.tell([{ sessionUpdate: "available_commands_update", availableCommands: [...AVAILABLE_COMMANDS] }]),
    );
    return opened;
  }

  function notesOf(servers: readonly McpServer[], known: readonly string[]): string[] {
    const others = servers.map(({ name }) => name).filter((name) => !known.includes(name));
    if (others.length === 0) return [];
    return [
      `Nexus does not start MCP servers that an editor names: ${others.map((name) => `“${name.slice(0, 80)}”`).join(", ")}. It uses those of your own settings (mcpServers in settings.json).`,
    ];
  }

  function shapeOf({ settings }: SessionSummary, { models }: AcpSettings): LoadSessionResponse {
    return { modes: modeState(settings), configOptions: configOptions(settings, models) };
  }

  async function shut(sessionId: string): Promise<void> {
    const opened = open.get(sessionId);
    if (opened === undefined) return;
    opened.cancel();
    await opened.idle();
    opened.close();
    open.delete(sessionId);
  }

  return {
    async create(params, signal) {
      checkAbsolute(params.cwd);
      const own = await options.settings();
      const settings = { directories: directoriesOf(params) };
      const { session } = await link.request("session/create", { workspace: params.cwd, settings }, { signal });
      const { sessionId } = session;
      const client = sessionClient(context, sessionId, abilities());
      admit(session, { own, client, servers: params.mcpServers }, new Map());
      return { sessionId, ...shapeOf(session, own) };
    },
    load: (params, signal) => reopen(params, signal, true),
    resume: (params, signal) => reopen(params, signal, false),
    async list({ cwd, cursor }, signal) {
      if (cwd != null) checkAbsolute(cwd);
      const workspace = cwd == null ? {} : { workspace: await realPath(cwd).catch(() => cwd) };
      const page = { ...workspace, ...(cursor == null ? {} : { cursor }) };
      const { sessions, nextCursor } = await link.request("session/list", page, { signal });
      return { sessions: sessions.map(infoOf), nextCursor };
    },
    get(sessionId) {
      const found = open.get(sessionId);
      if (found === undefined) throw RequestError.sessionNotFound(sessionId);
      return found;
    },
    find: (sessionId) => open.get(sessionId),
    async close(sessionId) {
      if (!open.has(sessionId)) throw RequestError.sessionNotFound(sessionId);
      await shut(sessionId);
    },
    async delete(sessionId) {
      await link.request("session/delete", { sessionId });
      await shut(sessionId);
    },
    closeAll() {
      for (const each of open.values()) each.close();
      open.clear();
    },
  };
}

function infoOf({ sessionId, workspace, title, settings, updatedAt }: SessionSummary): SessionInfo {
  const { directories = [] } = settings;
  const more = directories.length === 0 ? {} : { additionalDirectories: directories };
  return { sessionId, cwd: workspace, title: title === "" ? null : title, updatedAt, ...more };
}

/** A session stays in the folder that it was made in. */
async function checkFolder(cwd: string, { sessionId, workspace }: SessionSummary): Promise<void> {
  checkAbsolute(cwd);
  const folder = await realPath(cwd).catch(() => cwd);
  if (folder !== workspace) throw invalidParams(`Session ${sessionId} belongs to ${workspace}.`);
}

function checkAbsolute(path: string): void {
  if (!isAbsolute(path)) throw invalidParams(`“${path.slice(0, 200)}” is no absolute path.`);
}

function directoriesOf({ additionalDirectories = [] }: { readonly additionalDirectories?: string[] }): string[] {
  for (const path of additionalDirectories) checkAbsolute(path);
  return additionalDirectories;
}
