/** Pieces of an answer on their way to the daemon: one message at a time, so that a busy daemon gets fewer and larger ones. */

export interface Pieces {
  add(text: string): void;
  /** Nothing is told from now on; resolves when the last message has been answered. */
  end(): Promise<void>;
}

/** A model that writes a long call streams no text: the daemon must know that it is still at work. */
const STILL_AT_WORK_MS = 30_000;
/** Beyond ten minutes without a word it is not. */
const MOST_SIGNS = 20;
const MAX_PIECE = 50_000;

/** `onUnwanted` is called once, when the daemon says that nobody waits any more. */
export function createPieces(tell: (text: string) => Promise<boolean>, onUnwanted: () => void): Pieces {
  let waiting = "";
  let signs = 0;
  let isOver = false;
  let sending: Promise<void> | undefined;

  async function send(): Promise<void> {
    do {
      const text = waiting.slice(0, MAX_PIECE);
      waiting = waiting.slice(text.length);
      // A piece that gets lost is only not seen: the whole comes with the answer.
      if (!(await tell(text).catch(() => true))) {
        isOver = true;
        onUnwanted();
      }
    } while (waiting !== "" && !isOver);
    sending = undefined;
  }

  const timer = setInterval(() => {
    signs += 1;
    if (signs <= MOST_SIGNS && !isOver) sending ??= send();
  }, STILL_AT_WORK_MS);

  return {
    add(text) {
      signs = 0;
      waiting += text;
      if (!isOver) sending ??= send();
    },
    async end() {
      isOver = true;
      clearInterval(timer);
      await sending;
    },
  };
}
