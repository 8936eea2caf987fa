/** Server-sent events, split so that a piece of an event is never taken for a whole one. */

export interface EventSplitter {
  /** The data of every event that is complete now. */
  push(bytes: Uint8Array): string[];
}

/**
 * An event ends with an empty line; what follows the last one when the stream ends is dropped, as the standard says.
 * Lines end with \n, \r\n or \r. Events without data (comments that keep the connection alive) are skipped.
 */
export function createEventSplitter(maxEventCharacters: number): EventSplitter {
  const decoder = new TextDecoder();
  let rest = "";
  let data: string[] = [];
  let size = 0;

  function takeLine(line: string, events: string[]): void {
    if (line === "") {
      if (data.length > 0) events.push(data.join("\n"));
      data = [];
      size = 0;
    } else if (line.startsWith("data:")) {
      const value = line.slice(line.startsWith("data: ") ? 6 : 5);
      size += value.length;
      data.push(value);
    }
    if (size > maxEventCharacters) throw new RangeError("an event is too large");
  }

  return {
    push(bytes) {
      const events: string[] = [];
      const lineEnd = /\r\n|\n|\r(?!$)/g;
      lineEnd.lastIndex = Math.max(0, rest.length - 1);
      rest += decoder.decode(bytes, { stream: true });
      let start = 0;
      for (let match = lineEnd.exec(rest); match !== null; match = lineEnd.exec(rest)) {
        takeLine(rest.slice(start, match.index), events);
        start = lineEnd.lastIndex;
      }
      rest = rest.slice(start);
      if (rest.length > maxEventCharacters) throw new RangeError("an event is too large");
      return events;
    },
  };
}
