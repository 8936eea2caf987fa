/** The whole way of ACP: the official client over bytes, the face, the Nexus protocol over a socket, and the real engine. */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { PassThrough, Readable, Writable } from "node:stream";
import {
  type ClientCapabilities,
  type ClientConnection,
  type CreateElicitationRequest,
  type CreateElicitationResponse,
  client,
  type NewSessionRequest,
  ndJsonStream,
  type RequestPermissionRequest,
  type SessionUpdate,
} from "@agentclientprotocol/sdk";
import { systemClock } from "../../daemon/host/clock.ts";
import { silentLog } from "../../daemon/observability/log-file.ts";
import { type AcpServer, serveAcp } from "../../daemon/server/acp/serve.ts";
import type { AcpSettings } from "../../daemon/server/acp/settings.ts";
import { createLink, type DaemonLink } from "../../daemon/server/link.ts";
import { createHandlers } from "../../daemon/server/rpc/handlers.ts";
import { type RpcServer, startRpcServer } from "../../daemon/server/rpc/server.ts";
import type {
  ClientRole,
  ClientCapabilities as NexusCapabilities,
  ClientConnection as NexusClient,
} from "../../protocol/index.ts";
import { type Engine, type EngineOptions, startEngine } from "./engine.ts";
import { fakeControl } from "./fake-control.ts";
import { createFakeMemory } from "./fake-memory.ts";
import { openClient } from "./rpc-client.ts";

const TOKEN = "ac".repeat(32);

/** What the person at the editor does. Option ids; undefined: nothing is chosen until the question is withdrawn. */
export interface Person {
  permission(asked: RequestPermissionRequest): string | undefined | Promise<string | undefined>;
  form?(asked: CreateElicitationRequest): CreateElicitationResponse;
  /** Texts of open buffers by their absolute paths. */
  buffers?: Map<string, string>;
}

export interface AcpClient {
  readonly connection: ClientConnection;
  readonly updates: SessionUpdate[];
  /** What was asked, in order. */
  readonly asked: RequestPermissionRequest[];
  /** Questions that were taken back. */
  readonly withdrawn: RequestPermissionRequest[];
  readonly server: AcpServer;
  readonly link: DaemonLink;
  /** Everything that was said, by message. */
  text(kind?: "agent_message_chunk" | "agent_thought_chunk" | "user_message_chunk"): string;
  /** Resolves when an update fits. */
  until(fits: (update: SessionUpdate) => boolean): Promise<SessionUpdate>;
  untilAsked(title: RegExp): Promise<RequestPermissionRequest>;
  newSession(more?: object): Promise<string>;
  prompt(sessionId: string, text: string, signal?: AbortSignal): ReturnType<typeof sendPrompt>;
  /** The editor is gone. */
  vanish(): void;
}

export interface AcpScene {
  readonly engine: Engine;
  /** A second client of the Nexus protocol, as the terminal is. */
  nexus(): Promise<NexusClient>;
  /** What faces are given to connect with; whoever asks closes it. */
  connect(name: string, role?: ClientRole, capabilities?: NexusCapabilities): Promise<NexusClient>;
  open(person: Person, options?: OpenOptions): Promise<AcpClient>;
  /** The daemon ends and another takes up its work. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly capabilities?: ClientCapabilities;
  readonly settings?: Partial<AcpSettings>;
}

function sendPrompt(connection: ClientConnection, sessionId: string, text: string, signal?: AbortSignal) {
  const prompt = [{ type: "text" as const, text }];
  return connection.agent.request(
    "session/prompt",
    { sessionId, prompt },
    signal === undefined ? {} : { cancellationSignal: signal },
  );
}

export async function startAcp(options: EngineOptions & { readonly trusted?: boolean }): Promise<AcpScene> {
  const engine = await startEngine(options);
  const address = join(engine.home, "d.sock");
  const clients: AcpClient[] = [];
  const closing: (() => void)[] = [];
  const serve = (): Promise<RpcServer> => {
    const memory = createFakeMemory();
    const handlers = createHandlers(engine.service, memory, { ...fakeControl(), trust: engine.trust });
    const identity = { token: TOKEN, version: "1.2.3", buildTime: 1, pid: 7 };
    return startRpcServer({
      address,
      identity,
      memory,
      handlers,
      clock: systemClock,
      log: silentLog,
      service: engine.service,
    });
  };
  let server = await serve();
  const nexus = (name = "test") => openClient(address, TOKEN, name);
  if (options.trusted !== false) {
    const connection = await nexus();
    await connection.request("workspace/setTrust", { workspace: engine.workspace, trusted: true });
    connection.close();
  }
  return {
    engine,
    async nexus() {
      const connection = await nexus();
      closing.push(() => connection.close());
      return connection;
    },
    connect: (name, role, more) => openClient(address, TOKEN, name, role, more),
    async open(person, more = {}) {
      const opened = await openAcp(() => nexus("acp"), engine.workspace, person, more);
      clients.push(opened);
      return opened;
    },
    async restart() {
      await server.close();
      await engine.restart();
      server = await serve();
    },
    async close() {
      for (const end of closing) end();
      for (const each of clients) {
        each.vanish();
        await each.server.closed;
        each.link.close();
      }
      await server.close();
      await engine.close();
    },
  };
}

export async function openAcp(
  connect: () => Promise<NexusClient>,
  workspace: string,
  person: Person,
  { capabilities = {}, settings = {} }: OpenOptions,
): Promise<AcpClient> {
  const [toAgent, toClient] = [new PassThrough(), new PassThrough()];
  const link = createLink({ connect, clock: { timer: (_, callback) => systemClock.timer(1, callback) } });
  const server = serveAcp(
    { input: toAgent, output: toClient },
    {
      link,
      clock: systemClock,
      version: "1.2.3",
      settings: async () => ({ models: ["scripted"], mcpServers: [], ...settings }),
      onClient: () => undefined,
      newKey: randomUUID,
    },
  );
  const updates: SessionUpdate[] = [];
  const asked: RequestPermissionRequest[] = [];
  const withdrawn: RequestPermissionRequest[] = [];
  const looks = new Set<() => void>();
  const look = () => {
    for (const each of looks) each();
  };
  const app = client({ name: "test" })
    .onNotification("session/update", ({ params }) => {
      updates.push(params.update);
      look();
    })
    .onRequest("session/request_permission", async ({ params, signal }) => {
      asked.push(params);
      look();
      const taken = new Promise<undefined>((resolve) => signal.addEventListener("abort", () => resolve(undefined)));
      const optionId = (await person.permission(params)) ?? (await taken);
      if (optionId === undefined) {
        withdrawn.push(params);
        look();
        return { outcome: { outcome: "cancelled" } };
      }
      return { outcome: { outcome: "selected", optionId } };
    })
    .onRequest("fs/read_text_file", ({ params }) => {
      const content = person.buffers?.get(params.path);
      if (content === undefined) throw new Error("no such buffer");
      return { content };
    })
    .onRequest("fs/write_text_file", ({ params }) => {
      person.buffers?.set(params.path, params.content);
      return {};
    })
    .onRequest("elicitation/create", ({ params }) => person.form?.(params) ?? { action: "cancel" });
  const input = Readable.toWeb(toClient) as ReadableStream<Uint8Array>;
  const connection = app.connect(ndJsonStream(Writable.toWeb(toAgent), input));
  await connection.agent.request("initialize", { protocolVersion: 1, clientCapabilities: capabilities });

  function until<Value>(find: () => Value | undefined): Promise<Value> {
    return new Promise((resolve) => {
      const check = () => {
        const found = find();
        if (found === undefined) return;
        looks.delete(check);
        resolve(found);
      };
      looks.add(check);
      check();
    });
  }

  return {
    connection,
    updates,
    asked,
    withdrawn,
    server,
    link,
    text: (kind = "agent_message_chunk") =>
      updates
        .flatMap((update) =>
          isChunk(update) && update.sessionUpdate === kind && update.content.type === "text"
            ? [update.content.text]
            : [],
        )
        .join(""),
    until: (fits) => until(() => updates.find(fits)),
    untilAsked: (title) => until(() => asked.find(({ toolCall }) => title.test(toolCall.title ?? ""))),
    async newSession(more = {}) {
      const params: NewSessionRequest = { cwd: workspace, mcpServers: [], ...more };
      return (await connection.agent.request("session/new", params)).sessionId;
    },
    prompt: (sessionId, text, signal) => sendPrompt(connection, sessionId, text, signal),
    vanish() {
      toAgent.end();
      toClient.destroy();
    },
  };
}

type Chunk = Extract<SessionUpdate, { content: { type: string } }>;

function isChunk(update: SessionUpdate): update is Chunk {
  return update.sessionUpdate.endsWith("_message_chunk") || update.sessionUpdate === "agent_thought_chunk";
}
