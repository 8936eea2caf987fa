/** LangGraph's checkpoints on the store. Channel values are stored once a version, a checkpoint in one commit. */
import type { RunnableConfig } from "@langchain/core/runnables";
import {
  BaseCheckpointSaver,
  type ChannelVersions,
  type Checkpoint,
  type CheckpointListOptions,
  type CheckpointMetadata,
  type CheckpointPendingWrite,
  type CheckpointTuple,
  copyCheckpoint,
  type DeltaChannelHistory,
  getCheckpointId,
  maxChannelVersion,
  type PendingWrite,
  TASKS,
  WRITES_IDX_MAP,
} from "@langchain/langgraph-checkpoint";
import type {
  ChannelRow,
  CheckpointPlace,
  CheckpointRow,
  CheckpointRows,
  StoredCheckpoint,
  StoredValue,
  WriteRow,
} from "../store/checkpoint-rows.ts";
import { createTurnstile } from "./turnstile.ts";

const PAGE = 20;
/** Versions before this format kept pending sends in their parent's writes. */
const FORMAT_WITH_SENDS = 4;

/** A saver whose threads are runs. Rejects with `store.*` errors. */
export function createCheckpointSaver(rows: CheckpointRows): CheckpointSaver {
  return new CheckpointSaver(rows);
}

/** For a graph. Versions are text in our saver; LangGraph's types expect numbers there, its code takes either. */
export function graphCheckpoints(rows: CheckpointRows): BaseCheckpointSaver {
  return createCheckpointSaver(rows) as unknown as BaseCheckpointSaver;
}

export class CheckpointSaver extends BaseCheckpointSaver {
  readonly #rows: CheckpointRows;
  readonly #inTurn = createTurnstile();

  constructor(rows: CheckpointRows) {
    super();
    this.#rows = rows;
  }

  override async getTuple(config: RunnableConfig): Promise<CheckpointTuple | undefined> {
    const threadId: unknown = config.configurable?.["thread_id"];
    if (typeof threadId !== "string") return undefined;
    const stored = await this.#rows.get({ threadId, namespace: namespaceOf(config), ...checkpointIdOf(config) });
    return stored === undefined ? undefined : this.#tupleOf(stored);
  }

  override async *list(config: RunnableConfig, options: CheckpointListOptions = {}): AsyncGenerator<CheckpointTuple> {
    let left = options.limit ?? Number.POSITIVE_INFINITY;
    if (left <= 0) return;
    for await (const stored of this.#pages(config, options.before)) {
      const metadata: Record<string, unknown> = await this.#load(stored.row.metadata);
      if (!Object.entries(options.filter ?? {}).every(([key, value]) => metadata[key] === value)) continue;
      yield await this.#tupleOf(stored);
      if (--left <= 0) return;
    }
  }

  override async put(
    config: RunnableConfig,
    checkpoint: Checkpoint,
    metadata: CheckpointMetadata,
    newVersions: ChannelVersions,
  ): Promise<RunnableConfig> {
    const threadId = threadOf(config);
    const namespace = namespaceOf(config);
    await this.#inOrder(threadId, async () => {
      const { channel_values, ...rest } = copyCheckpoint(checkpoint);
      const row: CheckpointRow = {
        threadId,
        namespace,
        checkpointId: checkpoint.id,
        parentId: checkpointIdOf(config).checkpointId ?? null,
        versions: Object.fromEntries(
          Object.entries(checkpoint.channel_versions).map(([channel, version]) => [channel, String(version)]),
        ),
        checkpoint: await this.#dump({ ...rest, channel_values: {} }),
        metadata: await this.#dump(metadata),
      };
      const channels = await this.#channelRows(channel_values, newVersions);
      return () => this.#rows.put(row, channels);
    });
    return configOf({ threadId, namespace, checkpointId: checkpoint.id });
  }

  override async putWrites(
    config: RunnableConfig,
    writes: PendingWrite[],
    taskId: string,
    taskPath = "",
  ): Promise<void> {
    const threadId = threadOf(config);
    const { checkpointId } = checkpointIdOf(config);
    if (checkpointId === undefined) throw new Error('putWrites needs "checkpoint_id" in the config\'s "configurable".');
    await this.#inOrder(threadId, async () => {
      const stored: WriteRow[] = [];
      for (const [place, [channel, value]] of writes.entries()) {
        const index = WRITES_IDX_MAP[channel] ?? place;
        stored.push({ taskId, taskPath, index, channel, value: await this.#dump(value) });
      }
      return () => this.#rows.putWrites({ threadId, namespace: namespaceOf(config), checkpointId }, stored);
    });
  }

  override async deleteThread(threadId: string): Promise<void> {
    await this.#inOrder(threadId, async () => () => this.#rows.deleteThread(threadId));
  }

  /**
   * Keeps only the newest checkpoint of each namespace: for a run that has ended. A thread with delta channels is left
   * whole, because its newest checkpoint is rebuilt from the writes of those before.
   */
  async prune(threadId: string): Promise<void> {
    for await (const stored of this.#pages({ configurable: { thread_id: threadId } })) {
      const metadata: CheckpointMetadata = await this.#load(stored.row.metadata);
      if (metadata.counters_since_delta_snapshot !== undefined) return;
    }
    await this.#inOrder(threadId, async () => () => this.#rows.prune(threadId));
  }

  /** Walks up the parents once for all channels, reading nothing but these channels. */
  override async getDeltaChannelHistory(options: {
    config: RunnableConfig;
    channels: string[];
  }): Promise<Record<string, DeltaChannelHistory>> {
    const { config, channels } = options;
    const line = { threadId: threadOf(config), namespace: namespaceOf(config) };
    const histories = new Map<string, DeltaChannelHistory>(channels.map((channel) => [channel, { writes: [] }]));
    const open = new Set(channels);
    let place = (await this.#rows.get({ ...line, ...checkpointIdOf(config) }, []))?.row.parentId ?? null;
    while (place !== null && open.size > 0) {
      const stored = await this.#rows.get({ ...line, checkpointId: place }, [...open]);
      if (stored === undefined) break;
      for (const write of await this.#pendingWrites(stored.writes.toReversed()))
        histories.get(write[1])?.writes.unshift(write);
      for (const { channel, value } of stored.channels) {
        const history = histories.get(channel);
        if (history !== undefined) history.seed = await this.#load(value);
        open.delete(channel);
      }
      place = stored.row.parentId;
    }
    return Object.fromEntries(histories);
  }

  /**
   * A counter with a random fraction. With a bare counter two branches of a thread would give the same version to
   * different values, and one of them would be lost.
   */
  override getNextVersion(current: number | undefined): number {
    return Math.floor(current ?? 0) + 1 + Math.random() * 0.99;
  }

  /**
   * Hands the thread's changes to the store in the order of the calls, but does not make the next one wait for the
   * commit: a task's writes and the checkpoint after them share one.
   */
  async #inOrder(threadId: string, prepare: () => Promise<() => Promise<void>>): Promise<void> {
    const { done } = await this.#inTurn(threadId, async () => {
      const store = await prepare();
      return { done: store() };
    });
    await done;
  }

  async *#pages(config: RunnableConfig, before?: RunnableConfig): AsyncGenerator<StoredCheckpoint> {
    const threadId: unknown = config.configurable?.["thread_id"];
    const namespace: unknown = config.configurable?.["checkpoint_ns"];
    const beforeId = before === undefined ? "" : getCheckpointId(before);
    const query = {
      ...(typeof threadId === "string" ? { threadId } : {}),
      ...(typeof namespace === "string" ? { namespace } : {}),
      ...checkpointIdOf(config),
      ...(beforeId === "" ? {} : { beforeId }),
      limit: PAGE,
    };
    for (let after: CheckpointPlace | undefined; ; ) {
      const page = await this.#rows.list(after === undefined ? query : { ...query, after });
      yield* page;
      if (page.length < PAGE) return;
      after = page.at(-1)?.row;
    }
  }

  async #tupleOf({ row, channels, writes }: StoredCheckpoint): Promise<CheckpointTuple> {
    const checkpoint: Checkpoint = await this.#load(row.checkpoint);
    for (const { channel, value } of channels) checkpoint.channel_values[channel] = await this.#load(value);
    if (checkpoint.v < FORMAT_WITH_SENDS && row.parentId !== null) await this.#addSends(checkpoint, row, row.parentId);
    const tuple: CheckpointTuple = {
      config: configOf(row),
      checkpoint,
      metadata: await this.#load(row.metadata),
      pendingWrites: await this.#pendingWrites(writes),
    };
    if (row.parentId !== null) tuple.parentConfig = configOf({ ...row, checkpointId: row.parentId });
    return tuple;
  }

  /** Brings a checkpoint of an older format up to date, as LangGraph's own savers do. */
  async #addSends(checkpoint: Checkpoint, row: CheckpointRow, parentId: string): Promise<void> {
    const { threadId, namespace } = row;
    const parent = await this.#rows.get({ threadId, namespace, checkpointId: parentId }, [TASKS]);
    const sends = await this.#pendingWrites(parent?.writes ?? []);
    const versions = Object.values(checkpoint.channel_versions);
    checkpoint.channel_values[TASKS] = sends.map(([, , value]) => value);
    checkpoint.channel_versions[TASKS] =
      versions.length > 0 ? maxChannelVersion(...versions) : this.getNextVersion(undefined);
  }

  async #channelRows(values: Checkpoint["channel_values"], versions: ChannelVersions): Promise<ChannelRow[]> {
    const rows: ChannelRow[] = [];
    for (const [channel, version] of Object.entries(versions)) {
      const value = Object.hasOwn(values, channel) ? values[channel] : undefined;
      // A channel without a value is empty, or a delta channel between two snapshots.
      if (value !== undefined) rows.push({ channel, version: String(version), value: await this.#dump(value) });
    }
    return rows;
  }

  async #pendingWrites(writes: readonly WriteRow[]): Promise<CheckpointPendingWrite[]> {
    const pending: CheckpointPendingWrite[] = [];
    for (const { taskId, channel, value } of writes) pending.push([taskId, channel, await this.#load(value)]);
    return pending;
  }

  async #dump(value: unknown): Promise<StoredValue> {
    const [type, bytes] = await this.serde.dumpsTyped(value);
    return { type, bytes };
  }

  async #load<Value>({ type, bytes }: StoredValue): Promise<Value> {
    return this.serde.loadsTyped(type, bytes);
  }
}

function threadOf(config: RunnableConfig): string {
  const threadId: unknown = config.configurable?.["thread_id"];
  if (typeof threadId !== "string" || threadId === "")
    throw new Error('Checkpoints need a string "thread_id" in the config\'s "configurable".');
  return threadId;
}

function namespaceOf(config: RunnableConfig): string {
  const namespace: unknown = config.configurable?.["checkpoint_ns"];
  return typeof namespace === "string" ? namespace : "";
}

function checkpointIdOf(config: RunnableConfig): { checkpointId?: string } {
  const checkpointId = getCheckpointId(config);
  return checkpointId === "" ? {} : { checkpointId };
}

function configOf({ threadId, namespace, checkpointId }: CheckpointPlace): RunnableConfig {
  return { configurable: { thread_id: threadId, checkpoint_ns: namespace, checkpoint_id: checkpointId } };
}
