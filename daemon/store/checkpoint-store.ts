/** The rows of the workflow engine's checkpoints. Channel values are stored once a version. */
import { NexusError } from "../../protocol/index.ts";
import type {
  ChannelRow,
  CheckpointPlace,
  CheckpointQuery,
  CheckpointRow,
  CheckpointRows,
  StoredCheckpoint,
  WriteRow,
} from "./checkpoint-rows.ts";
import type { Database, Reader, Writer } from "./database.ts";
import { checkDigest, digestOf } from "./digest.ts";
import type { Tables } from "./schema.ts";

interface WaitingWrites {
  readonly place: CheckpointPlace;
  readonly writes: readonly WriteRow[];
  resolve(): void;
  reject(error: unknown): void;
}

export function createCheckpointRows(database: Database): CheckpointRows {
  const waiting = new Map<string, WaitingWrites[]>();

  /** One transaction for the writes of the thread that wait, and then for the work. */
  async function commit(threadId: string, work: (writer: Writer) => Promise<void>): Promise<void> {
    const group = waiting.get(threadId) ?? [];
    waiting.delete(threadId);
    try {
      await database.write(
        async (writer) => {
          for (const { place, writes } of group) await putWrites(writer, place, writes);
          await work(writer);
        },
        undefined,
        `graph/${threadId}`,
      );
      for (const { resolve } of group) resolve();
    } catch (error) {
      for (const { reject } of group) reject(error);
      throw error;
    }
  }

  /** The checkpoint that follows a task's writes usually comes at once: they wait for it, and one commit serves both. */
  function wait(place: CheckpointPlace, writes: readonly WriteRow[]): Promise<void> {
    const { threadId } = place;
    return new Promise((resolve, reject) => {
      const group = waiting.get(threadId) ?? [];
      waiting.set(threadId, group);
      group.push({ place, writes, resolve, reject });
      // Rejected through its members, or not there any more when a checkpoint took it along.
      if (group.length === 1)
        setImmediate(() => waiting.has(threadId) && commit(threadId, async () => {}).catch(() => {}));
    });
  }

  return {
    put: (row, channels) => commit(row.threadId, (writer) => put(writer, row, channels)),

    async putWrites(place, writes) {
      if (writes.length > 0) await wait(place, writes);
    },

    get: (line, channels) =>
      database.read(async (reader) => {
        const { checkpointId } = line;
        const [row] = await findCheckpoints(reader, { ...line, limit: 1 });
        return row === undefined || (checkpointId !== undefined && row.checkpoint_id !== checkpointId)
          ? undefined
          : complete(reader, row, channels);
      }),

    list: (query) =>
      database.read(async (reader) => {
        const found: StoredCheckpoint[] = [];
        for (const row of await findCheckpoints(reader, query)) found.push(await complete(reader, row));
        return found;
      }),

    deleteThread: (threadId) =>
      commit(threadId, async (writer) => {
        for (const table of ["checkpoints", "checkpoint_channels", "checkpoint_writes"] as const)
          await writer.deleteFrom(table).where("thread_id", "=", threadId).execute();
      }),

    prune: (threadId) => commit(threadId, (writer) => prune(writer, threadId)),
  };
}

async function put(writer: Writer, row: CheckpointRow, channels: readonly ChannelRow[]): Promise<void> {
  for (const { channel, version, value } of channels) {
    const place = { thread_id: row.threadId, namespace: row.namespace, channel, version, ...value };
    await writer
      .insertInto("checkpoint_channels")
      .values({ ...place, digest: digestOf(channelParts(place)) })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  const stored = {
    thread_id: row.threadId,
    namespace: row.namespace,
    checkpoint_id: row.checkpointId,
    parent_id: row.parentId,
    versions: JSON.stringify(row.versions),
    checkpoint_type: row.checkpoint.type,
    checkpoint: row.checkpoint.bytes,
    metadata_type: row.metadata.type,
    metadata: row.metadata.bytes,
  };
  await writer
    .replaceInto("checkpoints")
    .values({ ...stored, digest: digestOf(checkpointParts(stored)) })
    .execute();
}

async function putWrites(writer: Writer, place: CheckpointPlace, writes: readonly WriteRow[]): Promise<void> {
  for (const write of writes) {
    const row = {
      thread_id: place.threadId,
      namespace: place.namespace,
      checkpoint_id: place.checkpointId,
      task_path: write.taskPath,
      task_id: write.taskId,
      number: write.index,
      channel: write.channel,
      type: write.value.type,
      bytes: write.value.bytes,
    };
    const values = { ...row, digest: digestOf(writeParts(row)) };
    // A special write (negative) is replaced; an ordinary one was made by the same task before, and stays.
    if (write.index < 0) await writer.replaceInto("checkpoint_writes").values(values).execute();
    else await writer.insertInto("checkpoint_writes").orIgnore().values(values).execute();
  }
}

type CheckpointTableRow = Tables["checkpoints"];

async function findCheckpoints(reader: Reader, query: CheckpointQuery): Promise<CheckpointTableRow[]> {
  const { threadId, namespace, checkpointId, beforeId, after, limit } = query;
  const rows = await reader
    .selectFrom("checkpoints")
    .selectAll()
    .$if(threadId !== undefined, (all) => all.where("thread_id", "=", threadId ?? ""))
    .$if(namespace !== undefined, (all) => all.where("namespace", "=", namespace ?? ""))
    .$if(checkpointId !== undefined, (all) => all.where("checkpoint_id", "=", checkpointId ?? ""))
    .$if(beforeId !== undefined, (all) => all.where("checkpoint_id", "<", beforeId ?? ""))
    .$if(after !== undefined, (all) =>
      all.where(({ eb, refTuple, tuple }) =>
        eb(
          refTuple("checkpoint_id", "thread_id", "namespace"),
          "<",
          tuple(after?.checkpointId ?? "", after?.threadId ?? "", after?.namespace ?? ""),
        ),
      ),
    )
    .orderBy("checkpoint_id", "desc")
    .orderBy("thread_id", "desc")
    .orderBy("namespace", "desc")
    .limit(limit)
    .execute();
  for (const row of rows) checkDigest(row, checkpointParts(row), `Checkpoint ${row.checkpoint_id}`);
  return rows;
}

async function complete(reader: Reader, row: CheckpointTableRow, only?: readonly string[]): Promise<StoredCheckpoint> {
  const versions: Record<string, string> = JSON.parse(row.versions);
  const wanted = Object.entries(versions).filter(([channel]) => only === undefined || only.includes(channel));
  return {
    row: {
      threadId: row.thread_id,
      namespace: row.namespace,
      checkpointId: row.checkpoint_id,
      parentId: row.parent_id,
      versions,
      checkpoint: { type: row.checkpoint_type, bytes: row.checkpoint },
      metadata: { type: row.metadata_type, bytes: row.metadata },
    },
    channels: await readChannels(reader, row, wanted),
    writes: await readWrites(reader, row, only),
  };
}

async function readChannels(
  reader: Reader,
  line: { thread_id: string; namespace: string },
  wanted: readonly (readonly [string, string])[],
): Promise<ChannelRow[]> {
  if (wanted.length === 0) return [];
  const rows = await reader
    .selectFrom("checkpoint_channels")
    .selectAll()
    .where("thread_id", "=", line.thread_id)
    .where("namespace", "=", line.namespace)
    .where(({ eb, refTuple, tuple }) =>
      eb(
        refTuple("channel", "version"),
        "in",
        wanted.map(([channel, version]) => tuple(channel, version)),
      ),
    )
    .execute();
  return rows.map((row) => {
    checkDigest(row, channelParts(row), `Channel ${row.channel} of ${row.thread_id}`);
    return { channel: row.channel, version: row.version, value: { type: row.type, bytes: row.bytes } };
  });
}

async function readWrites(reader: Reader, row: CheckpointTableRow, only?: readonly string[]): Promise<WriteRow[]> {
  const rows = await reader
    .selectFrom("checkpoint_writes")
    .selectAll()
    .where("thread_id", "=", row.thread_id)
    .where("namespace", "=", row.namespace)
    .where("checkpoint_id", "=", row.checkpoint_id)
    .$if(only !== undefined, (all) => all.where("channel", "in", only ?? []))
    // SQLite compares text by its UTF-8 bytes, which is the order of code points that the engine applies writes in.
    .orderBy("task_path")
    .orderBy("task_id")
    .orderBy("number")
    .execute();
  return rows.map((write) => {
    checkDigest(write, writeParts(write), `A write of task ${write.task_id}`);
    return {
      taskId: write.task_id,
      taskPath: write.task_path,
      index: write.number,
      channel: write.channel,
      value: { type: write.type, bytes: write.bytes },
    };
  });
}

async function prune(writer: Writer, threadId: string): Promise<void> {
  await writer
    .deleteFrom("checkpoints")
    .where("thread_id", "=", threadId)
    .where(({ eb, selectFrom }) =>
      eb(
        "checkpoint_id",
        "<",
        selectFrom("checkpoints as newer")
          .select(({ fn }) => fn.max("newer.checkpoint_id").as("newest"))
          .where("newer.thread_id", "=", threadId)
          .whereRef("newer.namespace", "=", "checkpoints.namespace"),
      ),
    )
    .execute();
  await pruneWrites(writer, threadId);
  await pruneChannels(writer, threadId, await findCheckpoints(writer, { threadId, limit: -1 }));
}

async function pruneWrites(writer: Writer, threadId: string): Promise<void> {
  const rows = writer.deleteFrom("checkpoint_writes").where("thread_id", "=", threadId);
  await rows
    .where(({ eb, not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("checkpoints")
            .select(eb.lit(1).as("one"))
            .where("checkpoints.thread_id", "=", threadId)
            .whereRef("checkpoints.namespace", "=", "checkpoint_writes.namespace")
            .whereRef("checkpoints.checkpoint_id", "=", "checkpoint_writes.checkpoint_id"),
        ),
      ),
    )
    .execute();
}

async function pruneChannels(writer: Writer, threadId: string, kept: readonly CheckpointTableRow[]): Promise<void> {
  const used = new Set<string>();
  for (const row of kept) {
    const versions: Record<string, string> = JSON.parse(row.versions);
    for (const [channel, version] of Object.entries(versions))
      used.add(JSON.stringify([row.namespace, channel, version]));
  }
  const query = writer.selectFrom("checkpoint_channels").select(["namespace", "channel", "version"]);
  for (const { namespace, channel, version } of await query.where("thread_id", "=", threadId).execute())
    if (!used.has(JSON.stringify([namespace, channel, version])))
      await writer
        .deleteFrom("checkpoint_channels")
        .where("thread_id", "=", threadId)
        .where("namespace", "=", namespace)
        .where("channel", "=", channel)
        .where("version", "=", version)
        .execute();
}

/** What is damaged among all checkpoints, their channels and their writes. */
export async function checkCheckpoints(reader: Reader): Promise<string[]> {
  const problems: string[] = [];
  for (let after: CheckpointPlace | undefined; ; ) {
    try {
      const query = after === undefined ? { limit: 1 } : { after, limit: 1 };
      const [row] = await findCheckpoints(reader, query);
      if (row === undefined) return problems;
      after = { threadId: row.thread_id, namespace: row.namespace, checkpointId: row.checkpoint_id };
      await complete(reader, row);
    } catch (error) {
      if (!(error instanceof NexusError)) throw error;
      return [...problems, error.message];
    }
  }
}

function checkpointParts(row: Omit<CheckpointTableRow, "digest">) {
  const { thread_id, namespace, checkpoint_id, parent_id, versions } = row;
  const values = [row.checkpoint_type, row.checkpoint, row.metadata_type, row.metadata];
  return [thread_id, namespace, checkpoint_id, parent_id, versions, ...values];
}

function channelParts(row: Omit<Tables["checkpoint_channels"], "digest">) {
  return [row.thread_id, row.namespace, row.channel, row.version, row.type, row.bytes];
}

function writeParts(row: Omit<Tables["checkpoint_writes"], "digest">) {
  const { thread_id, namespace, checkpoint_id, task_path, task_id, number, channel, type, bytes } = row;
  return [thread_id, namespace, checkpoint_id, task_path, task_id, number, channel, type, bytes];
}
