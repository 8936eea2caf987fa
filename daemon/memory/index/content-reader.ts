/** From one file to a document of a segment and facts: what a parse thread does, callable without a thread. */
import type { FileFacts } from "../code/facts.ts";
import { encodeFacts } from "./facts-codec.ts";
import type { BlobKind, NewBlob } from "./index-rows.ts";
import { type BuiltSegment, createSegmentBuilder } from "./segment-builder.ts";
import type { WordSplitter } from "./words.ts";

export interface ContentTask {
  readonly path: string;
  /** The workspace. */
  readonly root: string;
  /** A text that is not on disk. */
  readonly text?: string;
  readonly oid: string;
  /** What the index knows the content by (content-name.ts). */
  readonly name: string;
  /** Size as far as it is known; only for fair shares. */
  readonly bytes?: number;
}

export type ReadContent =
  | { readonly kind: "text"; readonly text: string; readonly bytes: number }
  | { readonly kind: Exclude<BlobKind, "text">; readonly bytes: number }
  | { readonly kind: "changed" };

export interface ContentPorts {
  /** Reads and decodes; `changed` when the file is no longer what `oid` says. */
  read(task: ContentTask): ReadContent;
  /** To be awaited before `extract`; undefined: go on. */
  prepare(path: string, text: string): Promise<void> | undefined;
  extract(path: string, text: string): FileFacts;
  readonly splitter: WordSplitter;
}

/** What was read since the last call, ready to be stored; `changed` names contents that were not there any more. */
export interface ContentBatch {
  readonly segment: BuiltSegment | null;
  readonly blobs: readonly NewBlob[];
  readonly changed: readonly string[];
}

export interface ContentCollector {
  add(task: ContentTask): Promise<void>;
  /** Characters collected since the last batch. */
  readonly characters: number;
  take(): ContentBatch;
}

/** Names of symbols that are made into words for ranking; a generated file may have a hundred thousand. */
const MAX_SYMBOL_NAMES = 5000;

export function createContentCollector(ports: ContentPorts): ContentCollector {
  const builder = createSegmentBuilder(ports.splitter);
  let blobs: NewBlob[] = [];
  let changed: string[] = [];

  async function addText(task: ContentTask, text: string, bytes: number): Promise<void> {
    await ports.prepare(task.path, text);
    const facts = ports.extract(task.path, text);
    const document = builder.documents;
    builder.add(
      text,
      facts.symbols.slice(0, MAX_SYMBOL_NAMES).map((symbol) => symbol.name),
    );
    const isPlain = facts.symbols.length + facts.references.length + facts.imports.length === 0 && !facts.broken;
    blobs.push({
      name: task.name,
      kind: "text",
      language: facts.language,
      bytes,
      lines: countLines(text),
      symbols: facts.symbols.length,
      document,
      facts: isPlain ? null : encodeFacts(facts),
    });
  }

  return {
    async add(task) {
      const content = ports.read(task);
      if (content.kind === "changed") changed.push(task.name);
      else if (content.kind === "text") await addText(task, content.text, content.bytes);
      else {
        const { kind, bytes } = content;
        blobs.push({ name: task.name, kind, language: null, bytes, lines: 0, symbols: 0, document: 0, facts: null });
      }
    },
    get characters() {
      return builder.characters;
    },
    take() {
      const batch = { segment: builder.documents > 0 ? builder.build() : null, blobs, changed };
      blobs = [];
      changed = [];
      return batch;
    },
  };
}

function countLines(text: string): number {
  if (text === "") return 0;
  let lines = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < text.length - 1; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}
