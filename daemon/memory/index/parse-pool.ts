/**
 * Shares the reading of contents among parse threads. A thread that dies or hangs is replaced: what it had not handed over
 * is read again, one file at a time, and the file that kills it twice is given up.
 */
import type { Clock } from "../../host/clock.ts";
import { startThread, type Thread } from "../../host/threads.ts";
import type { ContentBatch, ContentTask } from "./content-reader.ts";
import type { FromParser, ToParser } from "./thread-messages.ts";

export interface ParsePool {
  /**
   * Reads all tasks; `onBatch` gets what is ready to be stored, in no order. One call at a time; later ones wait. Rejects
   * with the signal's reason when cancelled: what was handed over stays.
   */
  read(tasks: readonly ContentTask[], call: ReadCall): Promise<void>;
  /** Starts a thread, so that it is ready when tasks come; a long list of them starts the others. */
  warm(): void;
  close(): Promise<void>;
}

export interface ReadCall {
  readonly signal: AbortSignal;
  onBatch(batch: ContentBatch): void;
  /** Files that are read. */
  onFiles(files: number, bytes: number): void;
  /** A file that ended its thread twice. */
  onGivenUp(task: ContentTask, why: string): void;
}

export interface PoolOptions {
  readonly threads: number;
  /** The folder of the grammars. */
  readonly grammars: string;
  readonly clock: Clock;
  /** Starts one parse thread; tests put a bad one here. */
  readonly start?: (events: { onMessage(message: unknown): void; onEnd(error: Error | undefined): void }) => Thread;
}

/** A message to a thread holds at most so many files. */
const FILES_A_MESSAGE = 32;
const BYTES_A_MESSAGE = 256 * 1024;
/** Messages that wait at a thread, so that it never waits for us. */
const MESSAGES_AHEAD = 2;
/** A segment is closed at this size, and committed: no more than this is read again after a kill. */
const SEGMENT_CHARACTERS = 8 * 1024 * 1024;
const LARGE_SEGMENT_CHARACTERS = 20 * 1024 * 1024;
const LARGE_JOB_BYTES = 256 * 1024 * 1024;
/** A message that takes longer than this is not coming back. */
const HANG_MS = 30_000;
const IDLE_MS = 60_000;
/** A call ends with an error after so many threads that died while they made a segment. */
const MOST_FAULTS = 3;
const END_MS = 5000;

const PROGRAM = { source: new URL("./parse-thread.ts", import.meta.url), bundled: "parse-thread" };

interface Parser {
  thread: Thread;
  /** Sent and not done. */
  waiting: ContentTask[][];
  /** Done and not handed over. */
  collected: ContentTask[];
  flushing: boolean;
  /** What it still tells is of a call that was cancelled. */
  dropping: boolean;
  /** It has said that it can work: until then a death is no fault of a file. */
  ready: boolean;
  stopWatch: () => void;
  ended(): void;
}

export function createParsePool(options: PoolOptions): ParsePool {
  const { clock, threads } = options;
  const start = options.start ?? ((events) => startThread(PROGRAM, options.grammars, events));
  const parsers = new Set<Parser>();
  let turn: Promise<void> = Promise.resolve();
  let current: Job | undefined;
  let stopIdle = () => {};
  let closed = false;

  interface Job {
    readonly call: ReadCall;
    readonly segmentCharacters: number;
    /** Tasks not yet sent, the next one last. */
    readonly queue: ContentTask[][];
    /** How often a task has been in a thread that died. */
    readonly deaths: Map<string, number>;
    /** Threads that died while they made a segment, which is no single file's fault. */
    faults: number;
    finish(error?: unknown): void;
  }

  function addParser(): Parser {
    const parser: Parser = {
      thread: start({
        onMessage: (message) => receive(parser, message),
        onEnd(error) {
          parser.ended();
          bury(parser, error);
        },
      }),
      waiting: [],
      collected: [],
      flushing: false,
      dropping: false,
      ready: false,
      stopWatch: () => {},
      ended: () => {},
    };
    parser.thread.hold(true);
    parsers.add(parser);
    return parser;
  }

  function send(parser: Parser, message: ToParser): void {
    parser.thread.post(message);
    if (parser.waiting.length <= 1) watch(parser);
  }

  function watch(parser: Parser): void {
    parser.stopWatch();
    parser.stopWatch = clock.timer(HANG_MS, () => {
      void parser.thread.terminate();
      bury(parser, new Error(`no answer after ${HANG_MS / 1000} s`));
    });
  }

  function receive(parser: Parser, message: unknown): void {
    const told = toMessage(message);
    if (told === undefined || !parsers.has(parser)) return;
    if (told.type === "ready") {
      parser.ready = true;
      return;
    }
    parser.stopWatch();
    if (told.type === "dropped") {
      Object.assign(parser, { dropping: false, flushing: false, waiting: [], collected: [] });
      feed();
      return;
    }
    if (parser.dropping) {
      watch(parser);
      return;
    }
    if (told.type === "batch") {
      parser.flushing = false;
      parser.collected = [];
      if (current !== undefined) guarded(current, () => current?.call.onBatch(told));
    } else {
      const tasks = parser.waiting.shift() ?? [];
      parser.collected.push(...tasks);
      current?.call.onFiles(told.files, bytesIn(tasks));
      if (current !== undefined && told.characters >= current.segmentCharacters) flush(parser);
    }
    if (parser.waiting.length > 0 || parser.flushing) watch(parser);
    feed();
  }

  function guarded(job: Job, work: () => void): void {
    try {
      work();
    } catch (error) {
      job.finish(error);
    }
  }

  function flush(parser: Parser): void {
    if (parser.flushing) return;
    parser.flushing = true;
    send(parser, { type: "flush" });
  }

  /** Gives every thread enough to do; ends the job when nothing is left anywhere. */
  function feed(): void {
    const job = current;
    if (job === undefined) return;
    for (const parser of parsers)
      while (parser.waiting.length < MESSAGES_AHEAD && !parser.dropping) {
        const tasks = job.queue.pop();
        if (tasks === undefined) break;
        parser.waiting.push(tasks);
        send(parser, { type: "work", tasks });
      }
    if (job.queue.length > 0) return;
    for (const parser of parsers) if (parser.waiting.length === 0 && parser.collected.length > 0) flush(parser);
    const isIdle = ({ waiting, collected, flushing, dropping }: Parser) =>
      dropping || (waiting.length === 0 && collected.length === 0 && !flushing);
    if ([...parsers].every(isIdle) && [...parsers].some(({ dropping }) => !dropping)) job.finish();
  }

  function bury(parser: Parser, error: Error | undefined): void {
    if (!parsers.delete(parser)) return;
    parser.stopWatch();
    const job = current;
    if (job === undefined || closed) return;
    if (!parser.ready) {
      job.finish(new Error(`a parse thread cannot start: ${error?.message ?? "it ended"}`));
      return;
    }
    // What a thread holds that was told to drop it belongs to a call that is over.
    if (!parser.dropping) takeBack(job, parser, error);
    if (current !== job) return;
    if (parsers.size === 0 || job.queue.length > 0) addParser();
    feed();
  }

  function takeBack(job: Job, parser: Parser, error: Error | undefined): void {
    if (parser.waiting.length === 0 && parser.collected.length > 0 && ++job.faults > MOST_FAULTS) {
      job.finish(error ?? new Error("a parse thread ended while it made a segment"));
      return;
    }
    // The first message that was not done holds the culprit; what was collected before it is innocent.
    const [suspects = [], ...others] = parser.waiting;
    for (const tasks of [parser.collected, ...others]) if (tasks.length > 0) job.queue.push(...messagesOf(tasks));
    for (const task of suspects) {
      const deaths = (job.deaths.get(task.name) ?? 0) + 1;
      job.deaths.set(task.name, deaths);
      if (deaths > 1 && suspects.length === 1) job.call.onGivenUp(task, error?.message ?? "its thread ended");
      else job.queue.push([task]);
    }
  }

  async function run(tasks: readonly ContentTask[], call: ReadCall): Promise<void> {
    call.signal.throwIfAborted();
    if (tasks.length === 0) return;
    if (closed) throw new Error("the pool is closed");
    stopIdle();
    const queue = messagesOf(tasks).reverse();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const bytes = bytesIn(tasks);
    const finish = (error?: unknown) => {
      current = undefined;
      if (error === undefined) resolve();
      else reject(error);
    };
    const onAbort = () => {
      // What the threads hold belongs to nobody now.
      drop();
      finish(call.signal.reason);
    };
    call.signal.addEventListener("abort", onAbort, { once: true });
    current = {
      call,
      queue,
      deaths: new Map(),
      faults: 0,
      segmentCharacters: bytes > LARGE_JOB_BYTES ? LARGE_SEGMENT_CHARACTERS : SEGMENT_CHARACTERS,
      finish,
    };
    const wanted = Math.min(threads, queue.length);
    while (parsers.size < wanted) addParser();
    for (const parser of parsers) parser.thread.hold(true);
    feed();
    try {
      await promise;
    } catch (error) {
      drop();
      throw error;
    } finally {
      call.signal.removeEventListener("abort", onAbort);
      for (const parser of parsers) if (!parser.dropping) parser.thread.hold(false);
      stopIdle = clock.timer(IDLE_MS, () => void endAll());
    }
  }

  function drop(): void {
    for (const parser of parsers) {
      if (parser.dropping || (parser.waiting.length === 0 && parser.collected.length === 0)) continue;
      parser.dropping = true;
      send(parser, { type: "drop" });
    }
  }

  /** Each ends by itself after what it is at; one that does not is ended. */
  async function endAll(): Promise<void> {
    const all = [...parsers];
    parsers.clear();
    await Promise.all(
      all.map((parser) => {
        parser.stopWatch();
        const { promise, resolve } = Promise.withResolvers<void>();
        parser.ended = resolve;
        parser.thread.hold(true);
        const cancel = clock.timer(END_MS, () => void parser.thread.terminate());
        parser.thread.post({ type: "end" });
        return promise.finally(cancel);
      }),
    );
  }

  return {
    read(tasks, call) {
      const result = turn.then(() => run(tasks, call));
      turn = result.catch(() => undefined);
      return result;
    },
    warm() {
      if (closed || current !== undefined) return;
      stopIdle();
      if (parsers.size === 0) addParser().thread.hold(false);
      stopIdle = clock.timer(IDLE_MS, () => void endAll());
    },
    async close() {
      closed = true;
      stopIdle();
      current?.finish(new Error("the pool is closed"));
      await endAll();
    },
  };
}

function bytesIn(tasks: readonly ContentTask[]): number {
  return tasks.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
}

/** Large files first, so that no thread is left with one at the end. */
function messagesOf(tasks: readonly ContentTask[]): ContentTask[][] {
  const sorted = tasks.toSorted((first, second) => (second.bytes ?? 0) - (first.bytes ?? 0));
  const messages: ContentTask[][] = [];
  let message: ContentTask[] = [];
  let bytes = 0;
  for (const task of sorted) {
    if (message.length >= FILES_A_MESSAGE || (message.length > 0 && bytes + (task.bytes ?? 0) > BYTES_A_MESSAGE)) {
      messages.push(message);
      message = [];
      bytes = 0;
    }
    message.push(task);
    bytes += task.bytes ?? 0;
  }
  if (message.length > 0) messages.push(message);
  return messages;
}

function toMessage(message: unknown): FromParser | undefined {
  return isMessage(message) ? message : undefined;
}

/** Our own program speaks at the other end; only the shape that decides what is done is looked at. */
function isMessage(message: unknown): message is FromParser {
  return (
    typeof message === "object" &&
    message !== null &&
    "type" in message &&
    ["ready", "done", "batch", "dropped"].includes(String(message.type))
  );
}
