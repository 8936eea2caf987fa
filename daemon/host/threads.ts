/** Worker threads: where heavy work goes, so that whoever serves requests stays free. */
import { isMainThread, parentPort, type Transferable, Worker, workerData } from "node:worker_threads";

export interface ThreadProgram {
  /** The thread's source, for programs that run from source. */
  readonly source: URL;
  /** Its file in the bundle, without ending. */
  readonly bundled: string;
}

export interface Thread {
  post(message: unknown, transfer?: readonly Transferable[]): void;
  /** Whether the process stays alive for it; a new thread does not keep it. */
  hold(isHeld: boolean): void;
  /**
   * Ends it wherever it is. A thread that is inside a native package takes the whole process along when that package
   * does not expect it: ask such a thread to end by itself.
   */
  terminate(): Promise<void>;
}

export interface ThreadEvents {
  onMessage(message: unknown): void;
  /** Once, whatever ends it; an error when it was not ended by `terminate`. */
  onEnd(error: Error | undefined): void;
}

declare const __NEXUS_VERSION__: string | undefined;

/** Most memory of a thread's JavaScript heap, in MiB; typed arrays are outside of it. */
const HEAP_MB = 2048;

export function startThread(program: ThreadProgram, data: unknown, events: ThreadEvents): Thread {
  const worker = new Worker(fileOf(program), {
    workerData: data,
    execArgv: ["--no-deprecation", "--no-warnings"],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: 16 },
  });
  let wanted = false;
  let failure: Error | undefined;
  worker.on("message", (message) => events.onMessage(message));
  worker.on("error", (error) => {
    failure = error instanceof Error ? error : new Error(String(error));
  });
  worker.on("exit", (code) => {
    events.onEnd(wanted ? undefined : (failure ?? new Error(`a thread ended with exit code ${code}`)));
  });
  worker.unref();
  return {
    post: (message, transfer = []) => worker.postMessage(message, [...transfer]),
    hold(isHeld) {
      if (isHeld) worker.ref();
      else worker.unref();
    },
    async terminate() {
      wanted = true;
      await worker.terminate();
    },
  };
}

/** In a bundle all threads stand beside one another, wherever the chunk is that starts them. */
function fileOf({ source, bundled }: ThreadProgram): URL {
  if (typeof __NEXUS_VERSION__ !== "string") return source;
  return new URL(import.meta.url.replace(/\/dist\/daemon\/.*$/, `/dist/daemon/${bundled}.js`));
}

export interface OwnThread {
  readonly data: unknown;
  post(message: unknown, transfer?: readonly Transferable[]): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Hears nothing any more: the thread ends when it has nothing else to do. */
  end(): void;
}

/** This thread as its starter sees it; undefined in the main thread. */
export function ownThread(): OwnThread | undefined {
  const port = parentPort;
  if (isMainThread || port === null) return undefined;
  return {
    data: workerData,
    post: (message, transfer = []) => port.postMessage(message, [...transfer]),
    onMessage: (listener) => void port.on("message", listener),
    end: () => port.close(),
  };
}
