/** What MetaGPT does, in lines for whoever watches: who wrote to whom, what it reported, which documents came. Bounded. */
import type { BridgeMessage } from "./bridge-lines.ts";
import { kindOf } from "./documents.ts";
import type { ScratchFile } from "./project-files.ts";

export interface Narrator {
  message(message: BridgeMessage): void;
  text(text: string): void;
  report(report: unknown): void;
  files(files: readonly ScratchFile[]): void;
  /** A line of ours. */
  line(text: string): void;
  /** Messages between roles, the latest 40, as lines. */
  readonly talk: readonly string[];
}

/** Of each sort, so that no one of them drowns the others. */
const MOST_CHARACTERS = { stream: 20_000, print: 16_000, notes: 20_000 } as const;
const MOST_TALK = 40;

export function createNarrator(tell: (text: string) => void): Narrator {
  const left: Record<keyof typeof MOST_CHARACTERS, number> = { ...MOST_CHARACTERS };
  const talk: string[] = [];

  function say(sort: keyof typeof MOST_CHARACTERS, text: string): void {
    if (text === "" || left[sort] <= 0) return;
    left[sort] -= text.length;
    const isOver = left[sort] <= 0;
    tell(isOver ? `${text.slice(0, text.length + left[sort])}\n… no more of this is shown …\n` : text);
  }
  const note = (text: string) => say("notes", `${text}\n`);

  return {
    talk,
    line: note,
    text: (text) => say("print", text),
    message(message) {
      switch (message.type) {
        case "message": {
          const line = `${shortName(message.by) || "you"} → ${message.to.map(shortName).join(", ") || "all"}: ${firstLine(message.text)}`;
          talk.push(line);
          talk.splice(0, talk.length - MOST_TALK);
          return note(line);
        }
        case "said":
          return note(`${message.by || "MetaGPT"} says: ${firstLine(message.text)}`);
        case "ask":
          return note(`It asks: ${firstLine(message.text)}`);
        case "log":
          return note(`${message.level.toLowerCase()}: ${firstLine(message.text)}`);
        case "stream":
          return say("stream", message.text);
        case "unavailable":
          return note(`The bridge does not fit this MetaGPT: ${firstLine(message.why)}`);
        case "started":
        case "done":
        case "stopped":
          return;
      }
    },
    report(report) {
      const line = reportLine(report);
      if (line !== undefined) note(line);
    },
    files(files) {
      for (const { path } of files) {
        const kind = kindOf(path.slice(path.indexOf("/") + 1));
        if (kind !== undefined) note(`document (${kind}): ${path}`);
      }
    },
  };
}

/** Reports of streamed text and of their end say nothing that is not told already. */
function reportLine(report: unknown): string | undefined {
  if (typeof report !== "object" || report === null) return undefined;
  const { block, name, role, value }: { block?: unknown; name?: unknown; role?: unknown; value?: unknown } = report;
  if (typeof name !== "string" || typeof block !== "string" || ["content", "end_marker"].includes(name))
    return undefined;
  const text = typeof value === "string" ? value : JSON.stringify(value ?? null);
  return `${typeof role === "string" && role !== "" ? role : "MetaGPT"} · ${block.slice(0, 40)} ${name.slice(0, 40)}: ${firstLine(text)}`;
}

/** `metagpt.roles.architect.Architect` → `Architect`; `<all>` → `all`. */
function shortName(name: string): string {
  return (
    name
      .replace(/^<(.*)>$/, "$1")
      .split(".")
      .at(-1)
      ?.slice(0, 60) ?? ""
  );
}

function firstLine(text: string): string {
  const line = text.trim().split("\n", 1)[0] ?? "";
  return line.length <= 200 ? line : `${line.slice(0, 199)}…`;
}
