/** Every read and write of the store passes here: order, fencing, and what happens when SQLite reports a fault. */
import { Kysely, type Transaction } from "kysely";
import { NexusError, nexusError } from "../../protocol/index.ts";
import type { Log } from "../observability/log.ts";
import type { Connection } from "./connection.ts";
import { nodeSqliteDialect } from "./dialect.ts";
import { isFatal, storeError } from "./faults.ts";
import type { Tables } from "./schema.ts";
import { createWriteQueue } from "./write-queue.ts";

export type Reader = Kysely<Tables>;
export type Writer = Transaction<Tables>;

export interface Database {
  /** Throws when the store is shut: what it says could be wrong, or not on disk. */
  check(): void;
  /** Reads on a connection of its own: no write happens in between. */
  read<Value>(work: (reader: Reader) => Promise<Value>): Promise<Value>;
  /** Like `read`, but only when every write called before has ended, `committed` included. */
  readInOrder<Value>(work: (reader: Reader) => Promise<Value>): Promise<Value>;
  /**
   * One transaction. Writes happen one after the other, in the order of the calls; `committed` is called with the
   * result when it is durable, before the next write begins. Rejects with `store.*` errors. With a `scope` that names
   * all that it touches, such as "run/ID", it may share its transaction with writes of other scopes; it is then called again when
   * one of those cannot be done. An urgent one goes before others that have scopes, never before one of its own.
   */
  write<Value>(
    work: (writer: Writer) => Promise<Value>,
    committed?: (value: Value) => void,
    scope?: string,
    isUrgent?: boolean,
  ): Promise<Value>;
  /** Waits for what is under way, then closes the file; marks it as cleanly closed when nothing went wrong. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly connection: Connection;
  readonly file: string;
  readonly epoch: number;
  readonly log: Log;
}

export function createDatabase({ connection, file, epoch, log }: DatabaseOptions): Database {
  const kysely = new Kysely<Tables>({ dialect: nodeSqliteDialect(connection) });
  const epochQuery = kysely.selectFrom("store").select("epoch").compile();
  const writes = createWriteQueue<Writer>((works) =>
    // In doubt after a fault: then the store is shut, and nothing is tried again.
    guarded(() =>
      transaction(async (writer) => {
        for (const work of works) await work(writer);
      }),
    ),
  );
  let failure: NexusError | undefined;
  let isFull = false;

  function check(): void {
    if (failure !== undefined) throw new NexusError(failure.value, { cause: failure });
  }

  /** Runs the work, and keeps the store shut after a fault that leaves its state in doubt. */
  async function guarded<Value>(work: () => Promise<Value>): Promise<Value> {
    check();
    try {
      return await work();
    } catch (cause) {
      const fault = storeError(cause, file);
      const error = fault ?? cause;
      // A single row that is not as it was written (store.corrupt, but not by SQLite) concerns its readers only.
      if (fault !== undefined && isFatal(fault)) shut(fault);
      if (isFenced(error)) shut(error);
      if (fault?.value.code === "store.full") noteFull(fault);
      throw error;
    }
  }

  function shut(error: NexusError): void {
    if (failure === undefined) log.write("error", "the store is shut", { error: error.value });
    failure ??= error;
  }

  function noteFull(error: NexusError): void {
    if (!isFull) log.write("error", "no space for the store; nothing new is acknowledged", { error: error.value });
    isFull = true;
  }

  function noteWritten(): void {
    if (isFull) log.write("info", "the store has space again");
    isFull = false;
  }

  function inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const { promise, resolve, reject } = Promise.withResolvers<Value>();
    writes.add({ alone: () => guarded(work).then(resolve, reject) });
    return promise;
  }

  async function transaction<Value>(work: (writer: Writer) => Promise<Value>): Promise<Value> {
    check();
    const value = await kysely.transaction().execute(async (writer) => {
      await checkEpoch(writer);
      return work(writer);
    });
    noteWritten();
    return value;
  }

  function write<Value>(
    work: (writer: Writer) => Promise<Value>,
    committed: (value: Value) => void = () => undefined,
    scope?: string,
    isUrgent = false,
  ): Promise<Value> {
    const { promise, resolve, reject } = Promise.withResolvers<Value>();
    /** Answers with what lets the caller go on. */
    const tell = (value: Value) => {
      try {
        committed(value);
        return () => resolve(value);
      } catch (error) {
        return () => reject(error);
      }
    };
    let latest: { readonly value: Value } | undefined;
    let goOn: () => void = () => undefined;
    writes.add({
      ...{ scope, isUrgent },
      alone: () => guarded(() => transaction(work)).then((value) => tell(value)(), reject),
      async inside(writer) {
        latest = { value: await work(writer) };
      },
      durable() {
        if (latest !== undefined) goOn = tell(latest.value);
      },
      settle: () => goOn(),
    });
    return promise;
  }

  async function checkEpoch(writer: Writer): Promise<void> {
    const { rows } = await writer.executeQuery(epochQuery);
    if (rows[0]?.epoch !== epoch) throw nexusError("store.fenced", `Epoch ${rows[0]?.epoch}, mine was ${epoch}.`);
  }

  const read: Database["read"] = (work) => guarded(() => kysely.connection().execute(work));
  return {
    check,
    read,
    readInOrder: (work) => inTurn(() => kysely.connection().execute(work)),
    write,
    close() {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      writes.add({ alone: () => closeFile().then(resolve, reject) });
      return promise;
    },
  };

  async function closeFile(): Promise<void> {
    try {
      if (failure === undefined) await markClean(kysely, epoch);
    } catch (error) {
      log.write("warn", "the store could not be closed cleanly; it is checked at the next start", {
        error: String(error),
      });
    } finally {
      failure ??= nexusError("store.failed", "The store is closed.");
      await kysely.destroy();
    }
  }
}

function isFenced(error: unknown): error is NexusError {
  return error instanceof NexusError && error.value.code === "store.fenced";
}

async function markClean(kysely: Kysely<Tables>, epoch: number): Promise<void> {
  await kysely.updateTable("store").set({ clean: 1 }).where("epoch", "=", epoch).execute();
}
