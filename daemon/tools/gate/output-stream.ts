/** Output of a call as it comes, for whoever watches: whole lines without secrets, and not without end. */
import { printable } from "./result.ts";

/** A call tells its watchers no more than this; the result has the rest. */
const MAX_CHARACTERS = 64_000;
/** A line that does not end is told in pieces of this length, so that a secret is rarely cut in two. */
const LONGEST_LINE = 4000;
/** A key block is held back until it is whole, so that it can be recognised. */
const BLOCK_BEGIN = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/;
const BLOCK_END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY/;
const LONGEST_BLOCK = 32_000;

export interface OutputStream {
  add(text: string): void;
  /** Tells what is held back. */
  end(): void;
}

export function createOutputStream(tell: (text: string) => void, redact: (text: string) => string): OutputStream {
  let held = "";
  let told = 0;

  function send(text: string): void {
    if (text === "" || told >= MAX_CHARACTERS) return;
    const shown = printable(redact(text));
    const room = MAX_CHARACTERS - told;
    told += shown.length;
    tell(shown.length <= room ? shown : `${shown.slice(0, room)}\n… more comes with the result …\n`);
  }

  return {
    add(text) {
      if (told >= MAX_CHARACTERS) return;
      held += text;
      const cut = endOfTold(held);
      send(held.slice(0, cut));
      held = held.slice(cut);
    },
    end() {
      send(held);
      held = "";
    },
  };
}

/** How much of it can be told already. */
function endOfTold(text: string): number {
  const begin = text.search(BLOCK_BEGIN);
  const isOpen = begin >= 0 && !BLOCK_END.test(text.slice(begin));
  if (isOpen && text.length - begin < LONGEST_BLOCK) return text.lastIndexOf("\n", begin) + 1;
  const lines = text.lastIndexOf("\n") + 1;
  return text.length - lines > LONGEST_LINE ? text.length : lines;
}
