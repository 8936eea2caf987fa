/** The files of one workspace: which content each path has now, and what follows from that for search and graph. */
import type { CodeView, FileFacts, ViewFile } from "../code/facts.ts";
import { type Corpus, createCorpus, eachMentioning } from "../search/corpus.ts";
import { createPathIndex, type PathIndex } from "../search/path-scores.ts";
import type { BlobRow } from "./index-rows.ts";
import type { Repository } from "./repository.ts";

export interface WorkspaceView extends CodeView {
  /** Null removes the path. Stored before it is seen. */
  set(entries: readonly { readonly path: string; readonly blob: BlobRow | null }[]): void;
  blob(path: string): BlobRow | undefined;
  /** All paths that have a content, text or not. */
  entries(): ReadonlyMap<string, BlobRow>;
  corpus(): Corpus;
  pathIndex(): PathIndex;
  /** Paths of text files; the same array until a path comes or goes. */
  paths(): readonly string[];
  /** Whether a chunk of a segment belongs to a file of this workspace. */
  isLive(segment: ReturnType<Repository["segments"]>[number]): (chunk: number) => boolean;
}

export function createWorkspaceView(repository: Repository, view: number): WorkspaceView {
  const entries = new Map<string, BlobRow>();
  let version = 1;
  let paths: readonly string[] | undefined;
  let files: readonly ViewFile[] | undefined;
  let corpus: { readonly version: string; readonly value: Corpus } | undefined;
  let index: { readonly paths: readonly string[]; readonly value: PathIndex } | undefined;
  let pathsOf: { readonly corpus: Corpus; readonly value: Map<number, string[]> } | undefined;

  for (const { path, blob } of repository.rows.entries(view)) {
    const row = repository.blobById(blob);
    if (row !== undefined) entries.set(path, row);
  }

  function set(changes: readonly { readonly path: string; readonly blob: BlobRow | null }[]): void {
    const real = changes.filter(({ path, blob }) => (entries.get(path) ?? null) !== blob);
    if (real.length === 0) return;
    repository.rows.setEntries(
      view,
      real.map(({ path, blob }) => ({ path, blob: blob?.id ?? 0 })),
    );
    for (const { path, blob } of real) {
      const before = entries.get(path);
      if (blob === null) entries.delete(path);
      else entries.set(path, blob);
      if ((before?.kind === "text") !== (blob?.kind === "text")) paths = undefined;
    }
    files = undefined;
    version++;
  }

  function textPaths(): readonly string[] {
    paths ??= [...entries].flatMap(([path, { kind }]) => (kind === "text" ? [path] : [])).sort();
    return paths;
  }

  function currentCorpus(): Corpus {
    const wanted = `${version}/${repository.version}`;
    if (corpus?.version === wanted) return corpus.value;
    const segments = repository.segments();
    const placeOf = new Map(segments.map(({ id }, place) => [id, place]));
    const value = createCorpus(
      segments.map(({ memory }) => memory),
      textPaths(),
      (path) => {
        const blob = entries.get(path);
        const segment = blob === undefined ? undefined : placeOf.get(blob.segment);
        return blob === undefined || segment === undefined ? undefined : { segment, document: blob.document };
      },
    );
    corpus = { version: wanted, value };
    return value;
  }

  /** Paths by document of the corpus. */
  function documentPaths(): Map<number, string[]> {
    const present = currentCorpus();
    if (pathsOf?.corpus === present) return pathsOf.value;
    const value = new Map<number, string[]>();
    for (const [place, document] of present.documentOf.entries()) {
      const path = present.paths[place];
      if (path === undefined || document < 0) continue;
      const known = value.get(document);
      if (known === undefined) value.set(document, [path]);
      else known.push(path);
    }
    pathsOf = { corpus: present, value };
    return value;
  }

  function facts(path: string): FileFacts | undefined {
    const blob = entries.get(path);
    return blob?.kind === "text" ? repository.facts(blob) : undefined;
  }

  return {
    get version() {
      return version;
    },
    get files() {
      files ??= textPaths().flatMap((path) => viewFile(path, entries.get(path)) ?? []);
      return files;
    },
    file: (path) => viewFile(path, entries.get(path)),
    facts,
    mentioning(identifier) {
      const found: string[] = [];
      const byDocument = documentPaths();
      eachMentioning(currentCorpus(), identifier, (document) => found.push(...(byDocument.get(document) ?? [])));
      return found.sort();
    },
    set,
    blob: (path) => entries.get(path),
    entries: () => entries,
    corpus: currentCorpus,
    pathIndex() {
      const present = textPaths();
      if (index?.paths !== present) index = { paths: present, value: createPathIndex(present) };
      return index.value;
    },
    paths: textPaths,
    isLive({ id, memory, blobs }) {
      const live = new Set([...entries.values()].filter((blob) => blob.segment === id));
      return (chunk) => {
        const blob = blobs[memory.documentOfChunk[chunk] ?? 0];
        return blob !== undefined && live.has(blob);
      };
    },
  };
}

function viewFile(path: string, blob: BlobRow | undefined): ViewFile | undefined {
  if (blob?.kind !== "text") return undefined;
  return { path, language: blob.language, bytes: blob.bytes, lines: blob.lines };
}
