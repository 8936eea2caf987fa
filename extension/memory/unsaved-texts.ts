/** Tells the daemon what is typed and not saved: after a pause, the newest text only, and again after a new connection. */

export interface UnsavedFile {
  readonly workspace: string;
  /** Relative, with forward slashes. */
  readonly path: string;
}

export interface UnsavedOptions {
  readonly delayMs: number;
  /** False: nothing is sent now, and what is unsaved is sent by `resend` later. */
  readonly isConnected: () => boolean;
  readonly send: (file: UnsavedFile, text: string | null) => Promise<unknown>;
}

/** What one message may hold. */
const MAX_TEXT_LENGTH = 250_000;

interface Entry {
  readonly file: UnsavedFile;
  readonly read: () => string;
  timer: NodeJS.Timeout | undefined;
  /** The daemon has a text of ours. */
  isTold: boolean;
}

export class UnsavedTexts {
  readonly #options: UnsavedOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(options: UnsavedOptions) {
    this.#options = options;
  }

  /** `read` is called when the text is sent. */
  changed(file: UnsavedFile, read: () => string): void {
    const key = `${file.workspace}\n${file.path}`;
    const known = this.#entries.get(key);
    clearTimeout(known?.timer);
    const entry: Entry = { file, read, timer: undefined, isTold: known?.isTold ?? false };
    entry.timer = setTimeout(() => this.#tell(entry), this.#options.delayMs);
    this.#entries.set(key, entry);
  }

  /** It was saved, reverted or closed: what is on disk counts again. */
  settled(file: UnsavedFile): void {
    const key = `${file.workspace}\n${file.path}`;
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    clearTimeout(entry.timer);
    this.#entries.delete(key);
    if (entry.isTold) this.#send(file, null);
  }

  /** A new connection knows nothing of what an earlier one was told. */
  resend(): void {
    for (const entry of this.#entries.values()) {
      entry.isTold = false;
      this.#tell(entry);
    }
  }

  dispose(): void {
    for (const { timer } of this.#entries.values()) clearTimeout(timer);
    this.#entries.clear();
  }

  #tell(entry: Entry): void {
    if (!this.#options.isConnected()) return;
    const text = entry.read();
    if (text.length <= MAX_TEXT_LENGTH) {
      entry.isTold = true;
      this.#send(entry.file, text);
    } else if (entry.isTold) {
      entry.isTold = false;
      this.#send(entry.file, null);
    }
  }

  /** A failure is no one's business: the file is read when it is saved. */
  #send(file: UnsavedFile, text: string | null): void {
    if (this.#options.isConnected()) this.#options.send(file, text).catch(() => undefined);
  }
}
