/** Checkpoints of a workflow engine as plain rows: what orchestration/checkpoints.ts needs of the store. */

/** A value as the engine's serializer wrote it. */
export interface StoredValue {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** Which line of checkpoints: a thread (a run) and a namespace in it ("" is the root graph, others are subgraphs). */
export interface CheckpointLine {
  readonly threadId: string;
  readonly namespace: string;
}

export interface CheckpointPlace extends CheckpointLine {
  readonly checkpointId: string;
}

export interface CheckpointRow extends CheckpointPlace {
  readonly parentId: string | null;
  /** Channel → version. The value of a channel is found under its version, in whichever checkpoint it was written. */
  readonly versions: Readonly<Record<string, string>>;
  /** The checkpoint without its channel values. */
  readonly checkpoint: StoredValue;
  readonly metadata: StoredValue;
}

export interface ChannelRow {
  readonly channel: string;
  readonly version: string;
  readonly value: StoredValue;
}

export interface WriteRow {
  readonly taskId: string;
  /** The path of the task in the graph; writes are read in the order of path, task and index. */
  readonly taskPath: string;
  /** Negative for the engine's special writes: those replace an earlier one, ordinary ones never do. */
  readonly index: number;
  readonly channel: string;
  readonly value: StoredValue;
}

export interface StoredCheckpoint {
  readonly row: CheckpointRow;
  /** Of the channels in `row.versions`, those that have a stored value. */
  readonly channels: readonly ChannelRow[];
  readonly writes: readonly WriteRow[];
}

export interface CheckpointQuery {
  readonly threadId?: string;
  readonly namespace?: string;
  readonly checkpointId?: string;
  /** Only checkpoints whose id is smaller (ids grow with time). */
  readonly beforeId?: string;
  /** Go on after this one, the last of the page before. */
  readonly after?: CheckpointPlace;
  readonly limit: number;
}

/** Rejects with `store.*` errors. */
export interface CheckpointRows {
  /** Stores a checkpoint and the channel values that are new in it, in one commit. */
  put(row: CheckpointRow, channels: readonly ChannelRow[]): Promise<void>;
  putWrites(place: CheckpointPlace, writes: readonly WriteRow[]): Promise<void>;
  /** The named checkpoint or the line's newest. With `channels`, values and writes of these channels only. */
  get(
    line: CheckpointLine & { readonly checkpointId?: string },
    channels?: readonly string[],
  ): Promise<StoredCheckpoint | undefined>;
  /** Newest first. */
  list(query: CheckpointQuery): Promise<StoredCheckpoint[]>;
  deleteThread(threadId: string): Promise<void>;
  /** Keeps the newest checkpoint of every namespace with what it needs, and deletes the rest of the thread. */
  prune(threadId: string): Promise<void>;
}
