/** The ACP agent over a pair of streams: one client, one connection, one link to the daemon. */
import type { Readable, Writable } from "node:stream";
import { type AgentApp, type AgentConnection, agent, PROTOCOL_VERSION } from "@agentclientprotocol/sdk";
import { abilitiesOf } from "./client.ts";
import { toRequestError } from "./errors.ts";
import { ACP_LIMITS, type LineLimits, lineStream } from "./lines.ts";
import { chosenSetting, configOptions, modeOf } from "./options.ts";
import { createSessions, type Sessions } from "./sessions.ts";
import type { AcpOptions } from "./settings.ts";

export interface AcpServer {
  /** Resolves when the client is gone; runs go on. */
  readonly closed: Promise<void>;
  close(): void;
}

export function serveAcp(
  streams: { readonly input: Readable; readonly output: Writable },
  options: AcpOptions,
  limits: LineLimits = ACP_LIMITS,
): AcpServer {
  let abilities = abilitiesOf(undefined);
  const made: { sessions?: Sessions } = {};
  const app = agent({ name: "nexus" }).onConnect((connection: AgentConnection) => {
    made.sessions = createSessions(connection.client, () => abilities, options);
    // Before the requests under way are aborted: the end of the connection cancels no run.
    connection.signal.addEventListener("abort", () => made.sessions?.closeAll(), { once: true });
  });
  const sessions = (): Sessions => {
    if (made.sessions === undefined) throw new Error("a request came before the connection");
    return made.sessions;
  };
  app.onRequest("initialize", ({ params }) => {
    abilities = abilitiesOf(params.clientCapabilities);
    const { title, name = "An ACP client", version = "" } = params.clientInfo ?? {};
    options.onClient(`${title ?? name} ${version}`.trim().slice(0, 80));
    return {
      protocolVersion: PROTOCOL_VERSION,
      agentInfo: { name: "nexus", title: "Nexus", version: options.version },
      agentCapabilities: CAPABILITIES,
      authMethods: [],
    };
  });
  addSessionRequests(app, sessions);
  addSettingRequests(app, sessions);
  const connection = app.connect(lineStream(streams.input, streams.output, limits));
  streams.output.once("close", () => connection.close());
  streams.output.once("error", () => connection.close());
  return { closed: connection.closed, close: () => connection.close() };
}

const CAPABILITIES = {
  loadSession: true,
  promptCapabilities: { image: true, audio: false, embeddedContext: true },
  mcpCapabilities: { http: false, sse: false },
  sessionCapabilities: { list: {}, delete: {}, resume: {}, close: {}, additionalDirectories: {} },
};

function addSessionRequests(app: AgentApp, sessions: () => Sessions): void {
  app
    .onRequest("session/new", ({ params, signal }) => told(sessions().create(params, signal)))
    .onRequest("session/load", ({ params, signal }) => told(sessions().load(params, signal), params.sessionId))
    .onRequest("session/resume", ({ params, signal }) => told(sessions().resume(params, signal), params.sessionId))
    .onRequest("session/list", ({ params, signal }) => told(sessions().list(params, signal)))
    .onRequest("session/close", async ({ params }) => {
      await told(sessions().close(params.sessionId), params.sessionId);
      return {};
    })
    .onRequest("session/delete", async ({ params }) => {
      await told(sessions().delete(params.sessionId), params.sessionId);
      return {};
    })
    .onRequest("session/prompt", ({ params, signal }) =>
      told(sessions().get(params.sessionId).prompt(params.prompt, signal), params.sessionId),
    )
    .onNotification("session/cancel", ({ params }) => sessions().find(params.sessionId)?.cancel());
}

function addSettingRequests(app: AgentApp, sessions: () => Sessions): void {
  app
    .onRequest("session/set_mode", async ({ params }) => {
      const session = sessions().get(params.sessionId);
      await told(session.set({ settings: { mode: modeOf(params.modeId) } }), params.sessionId);
      return {};
    })
    .onRequest("session/set_config_option", async ({ params }) => {
      const session = sessions().get(params.sessionId);
      const { models } = session;
      const { settings } = session.summary;
      const chosen = chosenSetting(params.configId, params.value, { settings, models });
      const changed = await told(session.set(chosen), params.sessionId);
      return { configOptions: configOptions(changed.settings, models) };
    });
}

async function told<Value>(answer: Promise<Value>, sessionId?: string): Promise<Value> {
  try {
    return await answer;
  } catch (error) {
    throw toRequestError(error, sessionId);
  }
}
