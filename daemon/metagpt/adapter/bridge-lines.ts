/** What the bridge says, a JSON object a line, between whatever else a program prints. Nothing that it says is believed unseen. */
import { StringDecoder } from "node:string_decoder";
import * as z from "zod/mini";

const text = z.string().check(z.maxLength(40_000));
const short = z.string().check(z.maxLength(500));

const BridgeMessage = z.union([
  z.object({ type: z.literal("started") }),
  z.object({ type: z.literal("done") }),
  z.object({ type: z.literal("stopped"), saved: z.boolean() }),
  z.object({ type: z.literal("unavailable"), why: text }),
  z.object({ type: z.literal("ask"), id: short, text }),
  z.object({ type: z.literal("said"), by: short, text }),
  z.object({ type: z.literal("stream"), text }),
  z.object({ type: z.literal("log"), level: short, text }),
  z.object({ type: z.literal("message"), by: short, to: z.array(short), cause: short, text }),
]);
export type BridgeMessage = z.infer<typeof BridgeMessage>;

/** A line that does not end is told in pieces, as text. */
const LONGEST_LINE = 256 * 1024;

export interface LineReader {
  add(chunk: Buffer): void;
  end(): void;
}

export function readLines(onMessage: (message: BridgeMessage) => void, onText: (text: string) => void): LineReader {
  const decoder = new StringDecoder("utf8");
  let held = "";

  function take(line: string): void {
    const message = messageIn(line);
    if (message === undefined) onText(`${line}\n`);
    else onMessage(message);
  }

  return {
    add(chunk) {
      const lines = (held + decoder.write(chunk)).split("\n");
      held = lines.pop() ?? "";
      for (const line of lines) take(line);
      if (held.length <= LONGEST_LINE) return;
      onText(held);
      held = "";
    },
    end() {
      if (held !== "") take(held);
      held = "";
    },
  };
}

function messageIn(line: string): BridgeMessage | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return BridgeMessage.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
