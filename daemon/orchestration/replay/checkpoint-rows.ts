/** The workflow engine's checkpoints of one replay, in memory. */
import type {
  ChannelRow,
  CheckpointLine,
  CheckpointPlace,
  CheckpointRow,
  CheckpointRows,
  StoredCheckpoint,
  WriteRow,
} from "../../store/checkpoint-rows.ts";

interface Kept {
  readonly row: CheckpointRow;
  readonly writes: WriteRow[];
}

export function createMemoryCheckpoints(): CheckpointRows {
  const checkpoints: Kept[] = [];
  const channels = new Map<string, ChannelRow>();
  const nameOf = ({ threadId, namespace }: CheckpointLine, channel: string, version: string) =>
    JSON.stringify([threadId, namespace, channel, version]);

  function complete({ row, writes }: Kept, only?: readonly string[]): StoredCheckpoint {
    const isWanted = (channel: string) => only === undefined || only.includes(channel);
    const values = Object.entries(row.versions).flatMap(([channel, version]) => {
      const value = isWanted(channel) ? channels.get(nameOf(row, channel, version)) : undefined;
      return value === undefined ? [] : [value];
    });
    const ordered = writes.filter(({ channel }) => isWanted(channel)).toSorted(inOrder);
    return { row, channels: values, writes: ordered };
  }

  return {
    async put(row, added) {
      for (const channel of added) channels.set(nameOf(row, channel.channel, channel.version), channel);
      const known = checkpoints.findIndex((kept) => isAt(kept.row, row));
      if (known >= 0) checkpoints[known] = { row, writes: checkpoints[known]?.writes ?? [] };
      else checkpoints.push({ row, writes: [] });
    },
    async putWrites(place, writes) {
      const kept = checkpoints.find(({ row }) => isAt(row, place));
      for (const write of writes) {
        const known = kept?.writes.findIndex((one) => one.taskId === write.taskId && one.index === write.index) ?? -1;
        if (known < 0) kept?.writes.push(write);
        else if (write.index < 0) kept?.writes.splice(known, 1, write);
      }
    },
    async get(line, only) {
      const found = checkpoints
        .filter(({ row }) => row.threadId === line.threadId && row.namespace === line.namespace)
        .filter(({ row }) => line.checkpointId === undefined || row.checkpointId === line.checkpointId)
        .toSorted((first, second) => (first.row.checkpointId < second.row.checkpointId ? 1 : -1));
      return found[0] === undefined ? undefined : complete(found[0], only);
    },
    // The engine of a run asks for its newest checkpoint and for no list; what is forgotten here is all of it at the end.
    list: async () => checkpoints.toReversed().map((kept) => complete(kept)),
    deleteThread: async () => void checkpoints.splice(0),
    prune: async () => undefined,
  };
}

function isAt(row: CheckpointPlace, place: CheckpointPlace): boolean {
  return (
    row.threadId === place.threadId && row.namespace === place.namespace && row.checkpointId === place.checkpointId
  );
}

function inOrder(first: WriteRow, second: WriteRow): number {
  if (first.taskPath !== second.taskPath) return first.taskPath < second.taskPath ? -1 : 1;
  if (first.taskId !== second.taskId) return first.taskId < second.taskId ? -1 : 1;
  return first.index - second.index;
}
