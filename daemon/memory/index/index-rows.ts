/** All queries of the code index; store/index-file.ts makes the tables. */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Connection, SqlRow } from "../../store/connection.ts";

/** What became of a file's content. Only `text` has a document in a segment. */
export type BlobKind = "text" | "binary" | "generated" | "oversized" | "unreadable";

/** A content and what is known of it, without its facts. */
export interface BlobRow {
  readonly id: number;
  /** See content-name.ts. */
  readonly name: string;
  readonly kind: BlobKind;
  readonly language: string | null;
  readonly bytes: number;
  readonly lines: number;
  readonly symbols: number;
  /** Where it stands now; a merge moves it. 0 for a content without a document. */
  segment: number;
  document: number;
}

export type NewBlob = Omit<BlobRow, "id" | "segment"> & { readonly facts: Uint8Array | null };

export interface SegmentRow {
  readonly id: number;
  readonly bytes: Uint8Array;
  /** Which frequencies the vectors were made with; 0 when there are none. */
  readonly generation: number;
  readonly vectors: Uint8Array | null;
}

export interface NewSegment {
  readonly documents: number;
  readonly bytes: Uint8Array;
  /** Rows of the words' table by chunk (chunk-vectors.ts). */
  readonly chunkRows: Uint8Array;
  readonly generation: number;
  readonly vectors: Uint8Array | null;
}

/** A content that a merge moves: its id, and its place in the new segment. */
export interface MovedBlob {
  readonly id: number;
  readonly document: number;
}

export interface IndexRows {
  segments(): SegmentRow[];
  blobs(): BlobRow[];
  facts(blob: number): Uint8Array | undefined;
  /** Of many at once, in no order. */
  eachFacts(segment: number, onFacts: (blob: number, facts: Uint8Array) => void): void;
  /** A segment with its contents, or contents without one (null), in one transaction. */
  addContents(segment: NewSegment | null, blobs: readonly NewBlob[]): { segment: number; blobs: BlobRow[] };
  chunkRows(segment: number): Uint8Array | undefined;
  setVectors(segment: number, generation: number, vectors: Uint8Array): void;
  /** Puts one segment in the place of several; `moved` are the contents that go along, the others are deleted. */
  replaceSegments(old: readonly number[], segment: NewSegment, moved: readonly MovedBlob[]): number;
  /** With its contents. */
  deleteSegment(segment: number): void;
  deleteBlobs(ids: readonly number[]): void;
  views(): { id: number; root: string; usedAt: number }[];
  addView(root: string, now: number): number;
  touchView(view: number, now: number): void;
  deleteView(view: number): void;
  entries(view: number): { path: string; blob: number }[];
  /** One transaction. A blob of 0 removes the path. */
  setEntries(view: number, entries: readonly { readonly path: string; readonly blob: number }[]): void;
  usedBlobs(): Set<number>;
  /** Kept packed: what commits tell is mostly words. */
  part(key: string): Uint8Array | undefined;
  /** All whose keys begin so. */
  deleteParts(prefix: string): void;
  setPart(key: string, bytes: Uint8Array | undefined): void;
  /** Bytes of the database's pages. */
  size(): number;
  /** Gives pages that are free back to the file system. */
  compact(): void;
}

export function createIndexRows(connection: Connection): IndexRows {
  const run = (sql: string, ...values: (string | number | Uint8Array | null)[]) => connection.execute(sql, values);

  function transaction<Result>(work: () => Result): Result {
    run("BEGIN IMMEDIATE");
    try {
      const result = work();
      run("COMMIT");
      return result;
    } catch (error) {
      rollBack();
      throw error;
    }
  }

  /** SQLite has done so already where the disk is full; the first error is the one to be told. */
  function rollBack(): void {
    try {
      run("ROLLBACK");
    } catch {
      // No transaction is open any more.
    }
  }

  function insertSegment({ documents, bytes, chunkRows, generation, vectors }: NewSegment): number {
    const [row] = run(
      "INSERT INTO segments (documents, bytes, chunk_rows, generation, vectors) VALUES (?, ?, ?, ?, ?) RETURNING id",
      documents,
      bytes,
      chunkRows,
      generation,
      vectors,
    );
    return numberIn(row, "id");
  }

  function insertBlob(blob: NewBlob, segment: number): BlobRow {
    const { facts, ...fields } = blob;
    const { name, kind, language, bytes, lines, symbols, document } = fields;
    const [row] = run(
      `INSERT INTO blobs (name, kind, language, bytes, lines, symbols, segment, document, facts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, language = excluded.language, bytes = excluded.bytes,
         lines = excluded.lines, symbols = excluded.symbols, segment = excluded.segment, document = excluded.document,
         facts = excluded.facts
       RETURNING id`,
      name,
      kind,
      language,
      bytes,
      lines,
      symbols,
      segment,
      document,
      facts,
    );
    return { ...fields, id: numberIn(row, "id"), segment };
  }

  return {
    segments: () =>
      run("SELECT id, bytes, generation, vectors FROM segments ORDER BY id").map((row) => ({
        id: numberIn(row, "id"),
        bytes: bytesIn(row, "bytes") ?? new Uint8Array(),
        generation: numberIn(row, "generation"),
        vectors: bytesIn(row, "vectors") ?? null,
      })),
    blobs: () =>
      run("SELECT id, name, kind, language, bytes, lines, symbols, segment, document FROM blobs").map(blobOf),
    facts: (blob) => bytesIn(run("SELECT facts FROM blobs WHERE id = ?", blob)[0], "facts"),
    eachFacts(segment, onFacts) {
      for (const row of run("SELECT id, facts FROM blobs WHERE segment = ? AND facts IS NOT NULL", segment)) {
        const facts = bytesIn(row, "facts");
        if (facts !== undefined) onFacts(numberIn(row, "id"), facts);
      }
    },
    addContents: (added, blobs) =>
      transaction(() => {
        const segment = added === null ? 0 : insertSegment(added);
        return { segment, blobs: blobs.map((blob) => insertBlob(blob, blob.kind === "text" ? segment : 0)) };
      }),
    chunkRows: (segment) => bytesIn(run("SELECT chunk_rows FROM segments WHERE id = ?", segment)[0], "chunk_rows"),
    setVectors: (segment, generation, vectors) =>
      void run("UPDATE segments SET generation = ?, vectors = ? WHERE id = ?", generation, vectors, segment),
    replaceSegments: (old, added, moved) =>
      transaction(() => {
        const segment = insertSegment(added);
        for (const blob of moved)
          run("UPDATE blobs SET segment = ?, document = ? WHERE id = ?", segment, blob.document, blob.id);
        for (const id of old) {
          run("DELETE FROM blobs WHERE segment = ?", id);
          run("DELETE FROM segments WHERE id = ?", id);
        }
        return segment;
      }),
    deleteSegment: (segment) =>
      transaction(() => {
        run("DELETE FROM blobs WHERE segment = ?", segment);
        run("DELETE FROM segments WHERE id = ?", segment);
      }),
    deleteBlobs: (ids) => transaction(() => ids.forEach((id) => void run("DELETE FROM blobs WHERE id = ?", id))),
    views: () =>
      run("SELECT id, root, used_at FROM views").map((row) => ({
        id: numberIn(row, "id"),
        root: textIn(row, "root"),
        usedAt: numberIn(row, "used_at"),
      })),
    addView: (root, now) =>
      numberIn(run("INSERT INTO views (root, used_at) VALUES (?, ?) RETURNING id", root, now)[0], "id"),
    touchView: (view, now) => void run("UPDATE views SET used_at = ? WHERE id = ?", now, view),
    deleteView: (view) =>
      transaction(() => {
        run("DELETE FROM entries WHERE view = ?", view);
        run("DELETE FROM views WHERE id = ?", view);
      }),
    entries: (view) =>
      run("SELECT path, blob FROM entries WHERE view = ?", view).map((row) => ({
        path: textIn(row, "path"),
        blob: numberIn(row, "blob"),
      })),
    setEntries: (view, entries) =>
      transaction(() => {
        for (const { path, blob } of entries)
          if (blob === 0) run("DELETE FROM entries WHERE view = ? AND path = ?", view, path);
          else run("INSERT OR REPLACE INTO entries (view, path, blob) VALUES (?, ?, ?)", view, path, blob);
      }),
    usedBlobs: () => new Set(run("SELECT DISTINCT blob FROM entries").map((row) => numberIn(row, "blob"))),
    part(key) {
      const packed = bytesIn(run("SELECT bytes FROM parts WHERE key = ?", key)[0], "bytes");
      return packed === undefined ? undefined : unpacked(packed);
    },
    deleteParts: (prefix) => void run("DELETE FROM parts WHERE substr(key, 1, ?) = ?", prefix.length, prefix),
    setPart(key, bytes) {
      if (bytes === undefined) run("DELETE FROM parts WHERE key = ?", key);
      else run("INSERT OR REPLACE INTO parts (key, bytes) VALUES (?, ?)", key, deflateRawSync(bytes, { level: 3 }));
    },
    size: () => pragma(run("PRAGMA page_count")[0]) * pragma(run("PRAGMA page_size")[0]),
    compact() {
      run("VACUUM");
      run("PRAGMA wal_checkpoint(TRUNCATE)");
    },
  };
}

const KINDS: readonly BlobKind[] = ["text", "binary", "generated", "oversized", "unreadable"];

function blobOf(row: SqlRow): BlobRow {
  const { language } = row;
  return {
    id: numberIn(row, "id"),
    name: textIn(row, "name"),
    kind: KINDS.find((kind) => kind === row["kind"]) ?? "unreadable",
    language: typeof language === "string" ? language : null,
    bytes: numberIn(row, "bytes"),
    lines: numberIn(row, "lines"),
    symbols: numberIn(row, "symbols"),
    segment: numberIn(row, "segment"),
    document: numberIn(row, "document"),
  };
}

function pragma(row: SqlRow | undefined): number {
  return Number(Object.values(row ?? {})[0] ?? 0);
}

function numberIn(row: SqlRow | undefined, name: string): number {
  return Number(row?.[name] ?? 0);
}

function textIn(row: SqlRow, name: string): string {
  return String(row[name] ?? "");
}

function bytesIn(row: SqlRow | undefined, name: string): Uint8Array | undefined {
  const value = row?.[name];
  return value instanceof Uint8Array ? value : undefined;
}

/** A part that is damaged is none: it will be made again. */
function unpacked(bytes: Uint8Array): Uint8Array | undefined {
  try {
    return inflateRawSync(bytes);
  } catch {
    return undefined;
  }
}
