/** Following a run to its end, through the loss of the connection and of the daemon itself. */
import type {
  ClientConnection,
  ModelSettingsInput,
  NotificationParams,
  RunEvent,
  RunState,
} from "../../protocol/index.ts";
import { applyRunEvent, isEnded, NexusError } from "../../protocol/index.ts";

export interface FollowOptions {
  readonly runId: string;
  readonly connection: ClientConnection;
  /** Connects again, starting a daemon if there is none. */
  readonly reconnect: () => Promise<ClientConnection>;
  /** What the caller knows already; null: everything from the first event is told. */
  readonly from: RunState | null;
  /** Ends of earlier attempts do not count. */
  readonly minAttempt?: number;
  /** Sent when a new daemon has taken the run up without its key. */
  readonly modelSettings?: ModelSettingsInput;
  readonly onEvent: (event: RunEvent, state: RunState) => void;
  readonly onDelta: (delta: NotificationParams<"run/delta">) => void;
  readonly onConnection: (connection: ClientConnection) => void;
}

/** Resolves with the run's last state and the connection that is in use by then. */
export async function followRun(options: FollowOptions): Promise<{ state: RunState; connection: ClientConnection }> {
  let { connection } = options;
  let state = options.from;
  for (;;) {
    const watched = await watch(options, connection, state);
    if (watched.ended !== undefined) return { state: watched.ended, connection };
    state = watched.state;
    connection = await options.reconnect();
    options.onConnection(connection);
    await bringKey(options, connection);
  }
}

interface Watched {
  readonly state: RunState | null;
  /** The last state, when the run has ended; undefined when the connection has. */
  readonly ended?: RunState;
}

function watch(options: FollowOptions, connection: ClientConnection, from: RunState | null): Promise<Watched> {
  const { runId } = options;
  return new Promise((resolve, reject) => {
    let state = from;
    let target = Number.POSITIVE_INFINITY;
    const done = (settle: () => void) => {
      offEvent();
      offDelta();
      settle();
    };
    // An end below the newest event is an earlier one: the run was resumed since.
    const check = () => {
      const last = state;
      if (last === null || last.seq < target || !isEnded(last.status)) return;
      if (last.attempt >= (options.minAttempt ?? 0)) done(() => resolve({ state: last, ended: last }));
    };
    const offDelta = connection.on("run/delta", (delta) => delta.runId === runId && options.onDelta(delta));
    const offEvent = connection.on("run/event", ({ event }) => {
      if (event.runId !== runId || event.seq <= (state?.seq ?? 0)) return;
      try {
        state = applyRunEvent(state, event);
        options.onEvent(event, state);
        if (event.body.type === "run.suspended") bringKey(options, connection).catch(() => undefined);
        check();
      } catch (error) {
        done(() => reject(error));
      }
    });
    connection.onClose(() => done(() => resolve({ state })));
    connection.request("run/watch", { runId, after: state?.seq ?? 0 }).then(
      ({ lastSeq }) => {
        target = lastSeq;
        check();
      },
      (error: unknown) => {
        if (!isUnreachable(error)) done(() => reject(error));
      },
    );
  });
}

/** A key lives in the memory of the daemon that got it. A new one leaves such a run suspended until it has a key again. */
async function bringKey(options: FollowOptions, connection: ClientConnection): Promise<void> {
  const { runId, modelSettings } = options;
  if (modelSettings?.apiKey == null) return;
  try {
    const { run } = await connection.request("run/show", { runId });
    if (run.status === "suspended") await connection.request("run/resume", { runId, modelSettings });
  } catch (error) {
    // The daemon has taken it up by itself, or is about to end.
    if (!(error instanceof NexusError)) throw error;
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof NexusError && error.value.code === "daemon.unreachable";
}
