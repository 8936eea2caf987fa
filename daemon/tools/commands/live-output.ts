/** Output on its way to people who watch: a few pieces a second, and never more than they could read. */
import { type Clock, systemClock } from "../../host/clock.ts";
import { plainOutput } from "./plain-output.ts";

const EVERY_MS = 100;
/** Characters of one piece; of more, the end. */
const MAX_PIECE = 4000;
/** Characters of all pieces of one command. */
const MAX_ALL = 200_000;

export interface LiveOutput {
  add(chunk: Uint8Array): void;
  /** Tells what is left. */
  end(): void;
}

/** `tell` hears text at most ten times a second, without control sequences. */
export function createLiveOutput(tell: (text: string) => void, clock: Clock = systemClock): LiveOutput {
  const decoder = new TextDecoder();
  let waiting = "";
  let leftOut = 0;
  let told = 0;
  let cancel: (() => void) | undefined;

  function flush(): void {
    cancel = undefined;
    if (waiting === "" && leftOut === 0) return;
    const note = leftOut > 0 ? `… ${leftOut} characters left out …\n` : "";
    const text = plainOutput(waiting);
    waiting = "";
    leftOut = 0;
    if (told > MAX_ALL) return;
    told += text.length;
    tell(told > MAX_ALL ? "… more is in the log …\n" : note + text);
  }

  return {
    add(chunk) {
      waiting += decoder.decode(chunk, { stream: true });
      if (waiting.length > MAX_PIECE) {
        leftOut += waiting.length - MAX_PIECE;
        waiting = waiting.slice(-MAX_PIECE);
      }
      cancel ??= clock.timer(EVERY_MS, flush);
    },
    end() {
      cancel?.();
      waiting += decoder.decode();
      flush();
    },
  };
}
