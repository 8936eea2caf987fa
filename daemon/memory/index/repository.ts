/**
 * What is known of the contents of one repository, shared by its branches, worktrees and clones. The database is the truth;
 * segments and the table of contents are kept in memory as well.
 */
import { breathe } from "../../host/source-files.ts";
import type { FileFacts } from "../code/facts.ts";
import { type SegmentInMemory, segmentInMemory } from "../search/corpus.ts";
import {
  areChunkRows,
  type ChunkVectors,
  chunkVectors,
  countRows,
  decodeVectors,
  encodeVectors,
  type RowFrequencies,
  rowWeights,
  type VectorTable,
} from "./chunk-vectors.ts";
import type { ContentBatch } from "./content-reader.ts";
import { decodeFacts } from "./facts-codec.ts";
import type { BlobRow, IndexRows } from "./index-rows.ts";
import { readFrequencies, writeFrequencies } from "./row-frequencies.ts";
import { decodeSegment } from "./segment.ts";
import { mergeSegments } from "./segment-merge.ts";

export interface Repository {
  readonly rows: IndexRows;
  blob(name: string): BlobRow | undefined;
  blobById(id: number): BlobRow | undefined;
  /** Stores what parse threads read, in one transaction. */
  addBatch(batch: ContentBatch): void;
  /** Of a content that is known; empty facts for plain text, and where they cannot be read. */
  facts(blob: BlobRow): FileFacts;
  /** In the order of their numbers, which is stable until a segment is added or merged away. */
  segments(): readonly RepositorySegment[];
  /** Grows with every change of contents or vectors. */
  readonly version: number;
  /** Contents that search cannot use, because what is stored of them is damaged: to be read again. */
  dropDamaged(): number;
  /**
   * Makes the vectors of all segments that lack them; all of them anew when the words of the live contents are spread
   * differently than before. Gives way in between.
   */
  completeVectors(
    isLive: (segment: RepositorySegment) => (chunk: number) => boolean,
    signal: AbortSignal,
  ): Promise<void>;
  frequencies(): RowFrequencies | undefined;
  /** Of all segments, from the table and the frequencies that are in use. */
  hasVectors(): boolean;
  /**
   * Merges small segments when there are many; `thorough`: looks as well whether contents that no workspace has are more than
   * those in use, and gives those up. Every workspace of the repository that is open must be in the database. True when
   * something was changed.
   */
  tidy(thorough: boolean): boolean;
  /** Gives up every content that no workspace has. */
  dropUnused(): void;
  close(): void;
}

export interface RepositorySegment {
  readonly id: number;
  readonly memory: SegmentInMemory;
  /** Which frequencies its vectors were made with; 0: none. */
  readonly generation: number;
  /** Contents by document; undefined for one that was given up. */
  readonly blobs: readonly (BlobRow | undefined)[];
}

const EMPTY: FileFacts = { language: null, symbols: [], references: [], imports: [], broken: false };
const FREQUENCIES = "frequencies";
/** A fresh index and one that grew have the same vectors, but for what this share of new chunks moves. */
const DRIFT = 0.25;
const FREE_DRIFT = 64;
/** Segments below this many chunks come from single saves. */
const SMALL_CHUNKS = 2000;
const MOST_SMALL = 12;
const LARGEST_MERGE = 60_000;
/** Unused contents that are kept in any case: switching to a branch and back must cost nothing. */
const FREE_DOCUMENTS = 2000;

export function openRepository(rows: IndexRows, table: VectorTable, close: () => void): Repository {
  const byName = new Map<string, BlobRow>();
  const byId = new Map<number, BlobRow>();
  let segments: RepositorySegment[] = [];
  let version = 1;
  let frequencies = readFrequencies(rows.part(FREQUENCIES));
  const damaged: number[] = [];
  const factsOf = new WeakMap<BlobRow, WeakRef<FileFacts>>();

  load();

  function load(): void {
    const contents = rows.blobs();
    for (const blob of contents) remember(blob);
    const bySegment = Map.groupBy(contents, (blob) => blob.segment);
    const missing = new Set(bySegment.keys());
    missing.delete(0);
    for (const { id, bytes, generation, vectors } of rows.segments()) {
      const segment = decodeSegment(aligned(bytes));
      const own = bySegment.get(id) ?? [];
      missing.delete(id);
      if (segment === undefined || own.some(({ document, kind }) => kind === "text" && document >= segment.documents)) {
        damaged.push(id);
        continue;
      }
      const made: ChunkVectors | null =
        (vectors !== null && generation > 0 && decodeVectors(vectors, segment.chunks, table.dimensions)) || null;
      segments.push({
        id,
        memory: segmentInMemory(segment, made),
        generation: made === null ? 0 : generation,
        blobs: placed(own, segment.documents),
      });
    }
    damaged.push(...missing);
  }

  function remember(blob: BlobRow): void {
    byName.set(blob.name, blob);
    byId.set(blob.id, blob);
  }

  function addBatch({ segment, blobs }: ContentBatch): void {
    if (segment === null && blobs.length === 0) return;
    const decoded = segment === null ? undefined : decodeSegment(segment.bytes);
    if (segment !== null && decoded === undefined) throw new Error("a parse thread made a segment that cannot be read");
    const present = frequencies;
    const made =
      segment !== null && decoded !== undefined && present?.table === table.name
        ? chunkVectors(segment.chunkRows, decoded.chunks, table, weightsOf(present))
        : null;
    const generation = made === null ? 0 : (present?.generation ?? 0);
    const added = rows.addContents(
      segment === null
        ? null
        : {
            documents: segment.documents,
            bytes: segment.bytes,
            chunkRows: segment.chunkRows,
            generation,
            vectors: made && encodeVectors(made),
          },
      blobs,
    );
    for (const blob of added.blobs) remember(blob);
    if (decoded !== undefined)
      segments = [
        ...segments,
        {
          id: added.segment,
          memory: segmentInMemory(decoded, made),
          generation,
          blobs: placed(added.blobs, decoded.documents),
        },
      ];
    version++;
  }

  let weights: { readonly generation: number; readonly values: Float32Array } | undefined;
  function weightsOf(of: RowFrequencies): Float32Array {
    if (weights?.generation !== of.generation) weights = { generation: of.generation, values: rowWeights(of) };
    return weights.values;
  }

  async function completeVectors(
    isLive: (segment: RepositorySegment) => (chunk: number) => boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const counted = await countFrequencies(isLive, signal);
    if (counted !== undefined) {
      frequencies = counted;
      rows.setPart(FREQUENCIES, writeFrequencies(counted));
    }
    for (const { id } of segments) {
      // Another workspace of the repository may count anew meanwhile.
      const present = frequencies;
      const own = segments.find((segment) => segment.id === id);
      if (present === undefined || own === undefined || own.generation === present.generation) continue;
      signal.throwIfAborted();
      withRows(id, (chunkRows) => remake(own, chunkRows, present));
      await breathe();
    }
  }

  /** Damage costs the reading of the segment's contents at the next start; until then it is as it is. */
  function withRows(id: number, work: (chunkRows: Uint8Array) => void): void {
    const chunkRows = rows.chunkRows(id);
    if (chunkRows === undefined) return;
    try {
      work(chunkRows);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      rows.deleteSegment(id);
    }
  }

  function remake(segment: RepositorySegment, chunkRows: Uint8Array, present: RowFrequencies): void {
    const made = chunkVectors(chunkRows, segment.memory.segment.chunks, table, weightsOf(present));
    rows.setVectors(segment.id, present.generation, encodeVectors(made));
    segments = segments.with(segments.indexOf(segment), {
      ...segment,
      memory: { ...segment.memory, vectors: made },
      generation: present.generation,
    });
    version++;
  }

  /** New frequencies where the old ones are too far from what is there; undefined where they still do. */
  async function countFrequencies(
    isLive: (segment: RepositorySegment) => (chunk: number) => boolean,
    signal: AbortSignal,
  ): Promise<RowFrequencies | undefined> {
    let chunks = 0;
    const live = segments.map((segment) => ({ segment, isLive: isLive(segment) }));
    for (const { segment, isLive: test } of live)
      for (let chunk = 0; chunk < segment.memory.segment.chunks; chunk++) if (test(chunk)) chunks++;
    const { chunks: before, table: name } = frequencies ?? { chunks: -1, table: "" };
    if (name === table.name && Math.abs(chunks - before) <= DRIFT * before + FREE_DRIFT) return undefined;
    const counted = new Uint32Array(table.size);
    for (const { segment, isLive: test } of live) {
      signal.throwIfAborted();
      withRows(segment.id, (chunkRows) => countRows(chunkRows, counted, test));
      await breathe();
    }
    return { generation: (frequencies?.generation ?? 0) + 1, table: table.name, chunks, frequencies: counted };
  }

  function forget(blob: BlobRow): void {
    byId.delete(blob.id);
    if (byName.get(blob.name) === blob) byName.delete(blob.name);
  }

  function isWhole({ id, memory }: RepositorySegment): boolean {
    const chunkRows = rows.chunkRows(id);
    if (chunkRows !== undefined && areChunkRows(chunkRows, memory.segment.chunks)) return true;
    // As in `withRows`.
    rows.deleteSegment(id);
    return false;
  }

  /** In groups, so that no merge holds more than its share of memory. */
  function merge(old: readonly RepositorySegment[], used: ReadonlySet<number>): void {
    let group: RepositorySegment[] = [];
    let chunks = 0;
    for (const segment of old) {
      if (!isWhole(segment)) continue;
      if (group.length > 0 && chunks + segment.memory.segment.chunks > LARGEST_MERGE) {
        mergeGroup(group, used);
        group = [];
        chunks = 0;
      }
      group.push(segment);
      chunks += segment.memory.segment.chunks;
    }
    if (group.length > 0) mergeGroup(group, used);
  }

  function mergeGroup(group: readonly RepositorySegment[], used: ReadonlySet<number>): void {
    const sources = group.map(({ id, memory, blobs }) => ({
      segment: memory.segment,
      chunkRows: rows.chunkRows(id) ?? new Uint8Array(),
      vectors: memory.vectors ?? undefined,
      keeps: (document: number) => used.has(blobs[document]?.id ?? -1),
    }));
    const merged = mergeSegments(sources, table.dimensions);
    const segment = decodeSegment(merged.bytes);
    if (segment === undefined) throw new Error("a merged segment cannot be read");
    const generation = merged.vectors === undefined ? 0 : Math.min(...group.map((old) => old.generation));
    const vectors = generation > 0 ? (merged.vectors ?? null) : null;
    const moved: { readonly blob: BlobRow; readonly id: number; readonly document: number }[] = [];
    const unused: BlobRow[] = [];
    for (const [place, { blobs }] of group.entries())
      for (const [document, blob] of blobs.entries()) {
        const number = merged.documents[place]?.[document] ?? -1;
        if (blob === undefined) continue;
        if (number < 0) unused.push(blob);
        else moved.push({ blob, id: blob.id, document: number });
      }
    const { bytes, chunkRows } = merged;
    const added = {
      documents: segment.documents,
      bytes,
      chunkRows,
      generation,
      vectors: vectors && encodeVectors(vectors),
    };
    const id = rows.replaceSegments(
      group.map((old) => old.id),
      added,
      moved,
    );
    for (const blob of unused) forget(blob);
    for (const { blob, document } of moved) Object.assign(blob, { segment: id, document });
    const gone = new Set(group);
    const made = {
      id,
      memory: segmentInMemory(segment, vectors),
      generation,
      blobs: placed(
        moved.map(({ blob }) => blob),
        segment.documents,
      ),
    };
    segments = [...segments.filter((old) => !gone.has(old)), ...(segment.documents > 0 ? [made] : [])];
    if (segment.documents === 0) rows.deleteSegment(id);
    version++;
  }

  function facts(blob: BlobRow): FileFacts {
    const known = factsOf.get(blob)?.deref();
    if (known !== undefined) return known;
    const bytes = rows.facts(blob.id);
    const decoded = bytes === undefined ? undefined : decodeFacts(bytes);
    const answer = decoded ?? { ...EMPTY, language: blob.language };
    factsOf.set(blob, new WeakRef(answer));
    return answer;
  }

  return {
    rows,
    blob: (name) => byName.get(name),
    blobById: (id) => byId.get(id),
    addBatch,
    facts,
    segments: () => segments,
    get version() {
      return version;
    },
    dropDamaged() {
      for (const id of damaged) {
        for (const blob of byId.values())
          if (blob.segment === id) {
            byName.delete(blob.name);
            byId.delete(blob.id);
          }
        rows.deleteSegment(id);
      }
      return damaged.splice(0).length;
    },
    completeVectors,
    frequencies: () => frequencies,
    hasVectors: () =>
      frequencies?.table === table.name && segments.every(({ generation }) => generation === frequencies?.generation),
    tidy(thorough) {
      const small = segments.filter(({ memory }) => memory.segment.chunks < SMALL_CHUNKS);
      const total = segments.reduce((sum, { memory }) => sum + memory.segment.documents, 0);
      const isCrowded = small.length > MOST_SMALL;
      // Asking the database takes long with many paths: not after every save.
      if (!isCrowded && (!thorough || total <= FREE_DOCUMENTS)) return false;
      const used = rows.usedBlobs();
      const isUsed = (segment: RepositorySegment) => segment.blobs.filter((blob) => blob && used.has(blob.id)).length;
      const live = segments.reduce((sum, segment) => sum + isUsed(segment), 0);
      const isWasteful = total > 2 * live + FREE_DOCUMENTS;
      if (isWasteful) merge(segments, used);
      else if (isCrowded) merge(small, used);
      return isWasteful || isCrowded;
    },
    dropUnused() {
      const used = rows.usedBlobs();
      merge(segments, used);
      rows.deleteBlobs([...byId.values()].flatMap(({ id }) => (used.has(id) ? [] : [id])));
      for (const blob of byId.values()) if (!used.has(blob.id)) forget(blob);
    },
    close,
  };
}

function placed(blobs: readonly BlobRow[], documents: number): (BlobRow | undefined)[] {
  const byDocument: (BlobRow | undefined)[] = new Array(documents).fill(undefined);
  for (const blob of blobs) if (blob.kind === "text") byDocument[blob.document] = blob;
  return byDocument;
}

function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
}
