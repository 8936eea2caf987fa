/** The folders of the client's workspace, and which of them a document is in. */
import { isAbsolute, relative, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as z from "zod/mini";
import { realPath } from "../../host/files.ts";
import type { Folders, Place } from "./feature.ts";

const MOST_FOLDERS = 200;

const Folder = z.object({ uri: z.string(), name: z.optional(z.string()) });
const Initial = z.object({
  workspaceFolders: z.optional(z.nullable(z.array(Folder).check(z.maxLength(1000)))),
  rootUri: z.optional(z.nullable(z.string())),
  rootPath: z.optional(z.nullable(z.string())),
});
const Changed = z.object({ event: z.object({ added: z.array(Folder), removed: z.array(Folder) }) });

export interface OwnedFolders extends Folders {
  /** Of `initialize`; the folders are known once it resolves. */
  begin(params: unknown): Promise<void>;
  /** Of workspace/didChangeWorkspaceFolders. */
  change(params: unknown): Promise<void>;
}

/** The path of a `file:` URI; undefined for every other one, and for what cannot be a path here. */
export function filePathOf(uri: string): string | undefined {
  if (!uri.startsWith("file:") || uri.includes("%00")) return undefined;
  try {
    return fileURLToPath(uri);
  } catch {
    return undefined;
  }
}

/** The same for each way to write a file's URI (`c%3A`, `%40`, `%28`); another URI is its own key. */
export function fileKeyOf(uri: string): string {
  const path = filePathOf(uri);
  return path === undefined ? uri : pathToFileURL(path).href;
}

export function createFolders(): OwnedFolders {
  /** Real paths by the client's own. */
  const known = new Map<string, string>();
  const listeners = new Set<() => void>();

  async function add(paths: readonly (string | undefined)[]): Promise<void> {
    for (const path of paths) {
      if (path === undefined || !isAbsolute(path) || known.size >= MOST_FOLDERS) continue;
      const folder = resolve(path);
      known.set(folder, await realPath(folder).catch(() => folder));
    }
  }

  return {
    all: () => [...known.keys()],
    workspaceOf: (real) => [...known].find(([folder, own]) => own === real || folder === real)?.[0],
    placeOf(uri) {
      const path = filePathOf(uri);
      return path === undefined ? undefined : innermost(path, known);
    },
    realPathOf: (folder) => known.get(folder) ?? folder,
    uriOf: ({ folder, path }) => pathToFileURL(resolve(folder, ...path.split("/"))).href,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async begin(params) {
      const read = Initial.safeParse(params);
      if (!read.success) return;
      const { workspaceFolders, rootUri, rootPath } = read.data;
      const uris = workspaceFolders?.map(({ uri }) => uri) ?? [];
      if (uris.length > 0) return add(uris.map(filePathOf));
      await add([typeof rootUri === "string" ? filePathOf(rootUri) : (rootPath ?? undefined)]);
    },
    async change(params) {
      const read = Changed.safeParse(params);
      if (!read.success) return;
      for (const path of read.data.event.removed.map(({ uri }) => filePathOf(uri)))
        if (path !== undefined) known.delete(resolve(path));
      await add(read.data.event.added.map(({ uri }) => filePathOf(uri)));
      for (const listener of listeners) listener();
    },
  };
}

function innermost(path: string, known: ReadonlyMap<string, string>): Place | undefined {
  const places = [...known].flatMap(([folder, real]) =>
    [folder, real].flatMap((base) => {
      const inside = relative(base, path);
      const isInside = inside !== "" && inside !== ".." && !inside.startsWith(`..${sep}`) && !isAbsolute(inside);
      return isInside ? [{ folder, path: inside.replaceAll(sep, "/") }] : [];
    }),
  );
  return places.sort((first, second) => first.path.length - second.path.length)[0];
}
