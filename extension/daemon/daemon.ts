/** One connection to the daemon for the whole window: found or started on demand, taken up again when it breaks. */
import { createHmac, randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { type ClientConnection, connectClient } from "../../protocol/connection.ts";
import type { Client } from "../../protocol/handshake.ts";
import type { Answer, NotificationName, NotificationParams, Params, RequestName } from "../../protocol/messages.ts";
import { clientError, NexusError } from "../../protocol/raised-errors.ts";
import type { ReverseName } from "../../protocol/reverse.ts";
import { readAddress, readToken } from "./home.ts";
import { type LaunchOptions, launchDaemon } from "./launch.ts";
import { connectSocket } from "./socket.ts";

export interface DaemonOptions {
  readonly client: Client;
  /** Read anew before each start, so that changed settings count. */
  launch(): Promise<LaunchOptions>;
  /** What the daemon is told first on every connection: the user's model and key. */
  configure(): Promise<Params<"model/configure"> | undefined>;
  /** The daemon did not like what it was told: the user's settings are wrong. */
  onProblem(error: unknown): void;
  /** True while something waits for the daemon, so that it is started again when it ends. */
  isNeeded(): boolean;
  /** What this window answers when the daemon asks. */
  readonly answers?: Answers;
}

export interface Answers {
  /** Declared in the handshake. */
  readonly requests: readonly ReverseName[];
  /** Called with each connection: gives each of these requests its handler. */
  handle(connection: Pick<ClientConnection, "handle">): void;
}

export type ConnectionState = "idle" | "connecting" | "connected";
interface Subscription {
  subscribe(connection: ClientConnection): () => void;
  end?: () => void;
}
type Listener<Name extends NotificationName> = (params: NotificationParams<Name>) => void;

const HANDSHAKE_MS = 5000;
const RECONNECT_MS = [100, 250, 500, 1000, 2000, 5000] as const;

export class Daemon {
  readonly #options: DaemonOptions;
  readonly #onConnected = new Set<() => void>();
  readonly #onState = new Set<(state: ConnectionState, error: NexusError | null) => void>();
  readonly #subscriptions = new Set<Subscription>();
  /** The connection while it is open. */
  #present: ClientConnection | undefined;
  #connection: Promise<ClientConnection> | undefined;
  /** Whether the present attempt may start a daemon. */
  #starts = false;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  #disposed = false;
  #state: ConnectionState = "idle";

  constructor(options: DaemonOptions) {
    this.#options = options;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Rejects with a NexusError. Starts the daemon when there is none. A signal that aborts cancels the request. */
  async request<Name extends RequestName>(
    name: Name,
    params: Params<Name>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<Answer<Name>> {
    const connection = await this.connect(true);
    return connection.request(name, params, options);
  }

  /** Joins the present attempt, or makes one; without `start` it only looks for a daemon that is there. */
  connect(start: boolean): Promise<ClientConnection> {
    if (this.#disposed) return Promise.reject(clientError("daemon.unreachable", "The window is closing."));
    const present = this.#connection;
    if (present !== undefined) return start && !this.#starts ? present.catch(() => this.connect(true)) : present;
    this.#starts = start;
    clearTimeout(this.#timer);
    if (start) this.#tell("connecting", null);
    const connection = this.#open(start);
    this.#connection = connection;
    connection.then(
      () => this.#tell("connected", null),
      (error) => this.#lost(connection, error),
    );
    return connection;
  }

  /** Called with every notification of that name, whichever connection it comes over. */
  on<Name extends NotificationName>(name: Name, listener: Listener<Name>): () => void {
    const subscription: Subscription = { subscribe: (connection) => connection.on(name, listener) };
    this.#subscriptions.add(subscription);
    if (this.#present !== undefined) subscription.end = subscription.subscribe(this.#present);
    return () => {
      this.#subscriptions.delete(subscription);
      subscription.end?.();
    };
  }

  /** Called after each connection, the first and every later one: watch again what you watched. */
  onConnected(listener: () => void): () => void {
    this.#onConnected.add(listener);
    return () => this.#onConnected.delete(listener);
  }

  onState(listener: (state: ConnectionState, error: NexusError | null) => void): () => void {
    this.#onState.add(listener);
    return () => this.#onState.delete(listener);
  }

  /** Tells the daemon the present model and key, if we are connected; a later connection tells it by itself. */
  async configure(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined);
    if (connection !== undefined) await configureModel(connection, this.#options);
  }

  /** Stops the daemon, waits for its end, and starts it again. Its runs go on from their last recorded step. */
  async restart(): Promise<void> {
    const present = await this.connect(true);
    const closed = new Promise<void>((resolve) => present.onClose(resolve));
    await present.request("daemon/stop", { ifIdle: false });
    await closed;
    await this.connect(true);
  }

  /** Ends the connection, so that the next one follows changed settings. */
  async disconnect(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined);
    connection?.close();
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#connection?.then((connection) => connection.close()).catch(() => undefined);
  }

  async #open(start: boolean): Promise<ClientConnection> {
    const options = await this.#options.launch();
    const connection = (await this.#attach(options.home)) ?? (start ? await this.#start(options) : undefined);
    if (connection === undefined) throw clientError("daemon.unreachable", "No daemon is running.");
    connection.onClose(() => this.#closed());
    await configureModel(connection, this.#options);
    this.#present = connection;
    for (const subscription of this.#subscriptions) subscription.end = subscription.subscribe(connection);
    this.#failures = 0;
    for (const listener of this.#onConnected) queueMicrotask(listener);
    return connection;
  }

  async #start(options: LaunchOptions): Promise<ClientConnection> {
    await mkdir(options.home, { recursive: true, mode: 0o700 }).catch(() => undefined);
    await launchDaemon(options);
    const connection = await this.#attach(options.home);
    if (connection === undefined) throw clientError("daemon.unreachable", "It ended right after its start.");
    return connection;
  }

  /** Undefined when nothing listens; an idle daemon of an older build is asked to make room. */
  async #attach(home: string): Promise<ClientConnection | undefined> {
    const { client, answers } = this.#options;
    const connection = await shakeHands(home, client, answers);
    if (connection === undefined || connection.daemon.buildTime >= client.buildTime) return connection;
    const closed = new Promise<void>((resolve) => connection.onClose(resolve));
    const { stopping } = await connection.request("daemon/stop", { ifIdle: true });
    if (!stopping) return connection;
    await closed;
    return undefined;
  }

  #closed(): void {
    this.#connection = undefined;
    this.#present = undefined;
    this.#reconnect(null);
  }

  #lost(attempt: Promise<ClientConnection>, error: unknown): void {
    if (this.#connection === attempt) this.#connection = undefined;
    this.#reconnect(error instanceof NexusError ? error : clientError("daemon.unreachable", String(error)));
  }

  /** Starts the daemon again while it is needed; otherwise looks now and then whether somebody else has. */
  #reconnect(error: NexusError | null): void {
    if (this.#disposed) return;
    const start = this.#options.isNeeded();
    this.#tell(start ? "connecting" : "idle", start ? error : null);
    const delay = start ? (RECONNECT_MS[this.#failures++] ?? 5000) : 5000;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.connect(start).catch(() => undefined), delay);
  }

  #tell(state: ConnectionState, error: NexusError | null): void {
    this.#state = state;
    for (const listener of this.#onState) listener(state, error);
  }
}

/** Undefined when nobody listens, or the daemon ended while we shook hands. */
async function shakeHands(
  home: string,
  client: Client,
  answers: Answers | undefined,
): Promise<ClientConnection | undefined> {
  const address = await readAddress(home);
  const transport = address === undefined ? undefined : await connectSocket(address).catch(() => undefined);
  if (transport === undefined) return undefined;
  const token = await readToken(home);
  const hmac = (text: string) => createHmac("sha256", token).update(text).digest("hex");
  const timer = setTimeout(() => transport.close(), HANDSHAKE_MS);
  try {
    const capabilities = { requests: [...(answers?.requests ?? [])] };
    const nonce = randomBytes(32).toString("hex");
    const connection = await connectClient(transport, { client, nonce, hmac, capabilities });
    answers?.handle(connection);
    return connection;
  } catch (error) {
    transport.close();
    if (error instanceof NexusError && error.value.code === "daemon.unreachable") return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function configureModel(connection: ClientConnection, options: DaemonOptions): Promise<void> {
  const params = await options.configure();
  if (params !== undefined) await connection.request("model/configure", params).catch(options.onProblem);
}
