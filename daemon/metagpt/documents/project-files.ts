/** What a project's documents are read from: a folder, or anything that answers like one. */
import { type FileKind, namesIn, readFileOnce } from "../../host/source-files.ts";
import { resolveInside } from "../../security/paths/fence.ts";

export interface ProjectEntry {
  /** A name that is no UTF-8 has its wrong bytes replaced, and cannot be read. */
  readonly name: string;
  readonly kind: FileKind;
}

/** `unreadable`: also what is no file. `outside`: a link on the way leaves the project. */
export type ProjectFile =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly reason: "missing" | "outside" | "oversized" | "unreadable" };

/** Paths are from the project's folder, with `/`; "" is the folder itself. Nothing rejects. */
export interface ProjectFiles {
  /** The folder's name, for a project that does not say its own. */
  readonly name: string;
  /** What a folder holds, links shown as what they lead to while they stay inside; empty where it is none. */
  list(folder: string): Promise<readonly ProjectEntry[]>;
  /** The whole file, or none of it. */
  read(path: string, mostBytes: number): Promise<ProjectFile>;
}

/** The files of a folder on this machine. No link that leaves it is followed, no pipe or device opened. */
export function folderFiles(root: string, name: string): ProjectFiles {
  return {
    name,
    async list(folder) {
      const place = await resolveInside(root, folder);
      if (!place.ok) return [];
      const entries: ProjectEntry[] = [];
      for (const { name: known, raw, kind } of namesIn(place.value.absolute) ?? []) {
        const path = folder === "" ? known : `${folder}/${known}`;
        if (known === undefined || path === undefined) entries.push({ name: raw.toString("utf8"), kind: "special" });
        else entries.push({ name: known, kind: kind === "link" ? await targetKind(root, path) : kind });
      }
      return entries;
    },
    async read(path, mostBytes) {
      const place = await resolveInside(root, path);
      if (!place.ok) return { ok: false, reason: "outside" };
      const reading = readFileOnce(place.value.absolute, mostBytes);
      if (reading.ok) return { ok: true, bytes: reading.bytes };
      const { reason } = reading;
      return { ok: false, reason: reason === "missing" || reason === "oversized" ? reason : "unreadable" };
    },
  };
}

/** A link that leaves stays a link; one that leads to nothing, too. */
async function targetKind(root: string, path: string): Promise<FileKind> {
  const place = await resolveInside(root, path);
  if (!place.ok) return "link";
  if (namesIn(place.value.absolute) !== undefined) return "folder";
  const reading = readFileOnce(place.value.absolute, 0);
  return reading.ok || reading.reason === "oversized" ? "file" : "link";
}

/** Files that are held in memory: of a commit, or about to be written. */
export function heldFiles(name: string, files: ReadonlyMap<string, Uint8Array>): ProjectFiles {
  return {
    name,
    async list(folder) {
      const start = folder === "" ? "" : `${folder}/`;
      const kinds = new Map<string, FileKind>();
      for (const path of files.keys()) {
        if (!path.startsWith(start)) continue;
        const [first = "", ...rest] = path.slice(start.length).split("/");
        kinds.set(first, rest.length === 0 ? "file" : "folder");
      }
      return [...kinds].map(([entry, kind]) => ({ name: entry, kind }));
    },
    async read(path, mostBytes) {
      const bytes = files.get(path);
      if (bytes === undefined) return { ok: false, reason: "missing" };
      return bytes.length > mostBytes ? { ok: false, reason: "oversized" } : { ok: true, bytes };
    },
  };
}
