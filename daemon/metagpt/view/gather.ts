/** What a view is made of, read from a project's files: documents, hashes of the files that they name, kept traces. */
import { createHash } from "node:crypto";
import { pathsOf } from "../documents/listed-files.ts";
import type { ProjectFiles } from "../documents/project-files.ts";
import type { ReadDocument } from "../documents/read-document.ts";
import { type FullReading, readProject, stemOf } from "../documents/read-project.ts";
import { decodeText } from "../documents/text.ts";
import { tracePath } from "../ui/stale.ts";

/** Files whose hashes are taken, and how large one may be. */
const MOST_FILES = 600;
const LARGEST_FILE = 4 * 1024 * 1024;
const LARGEST_TRACE = 4 * 1024 * 1024;
const MOST_STEMS = 30;

export interface Gathered {
  readonly reading: FullReading;
  /** By the path as documents name it: SHA-256 of its bytes. Files that are not there have none. */
  readonly hashes: ReadonlyMap<string, string>;
  /** Where a file of a task list is, from the project's folder; for those that are there. */
  readonly places: ReadonlyMap<string, string>;
  /** Text of `docs/trace/<stem>.json` by its stem. */
  readonly traces: ReadonlyMap<string, string>;
}

export async function gather(files: ProjectFiles): Promise<Gathered> {
  const reading = await readProject(files);
  const named = [...new Set(reading.documents.flatMap(({ kind, content }) => pathsOf(kind, content)))];
  const folders = ["", ...(await sourceFolders(files, reading.project)), ...projectFolders(reading.documents)];
  const [hashes, places] = [new Map<string, string>(), new Map<string, string>()];
  for (const path of named.slice(0, MOST_FILES))
    for (const folder of folders) {
      const place = folder === "" ? path : `${folder}/${path}`;
      const file = await files.read(place, LARGEST_FILE);
      if (!file.ok) continue;
      hashes.set(path, createHash("sha256").update(file.bytes).digest("hex"));
      places.set(path, place);
      break;
    }
  return { reading, hashes, places, traces: await readTraces(files, reading.documents) };
}

/** Where paths of designs and tasks may begin, besides the project's folder: as it says itself, else as it is called. */
async function sourceFolders(files: ProjectFiles, project: string): Promise<string[]> {
  const told = await files.read(".src_workspace", 1000);
  const own = told.ok ? (decodeText(told.bytes)?.text.trim() ?? "") : "";
  const names = [own, project, files.name].filter(
    (name) => name !== "" && name !== "." && !/[\\/\0]|^\.\.?$/.test(name),
  );
  return [...new Set(names)];
}

/** Where the folder that was given holds projects, theirs. */
function projectFolders(documents: readonly ReadDocument[]): string[] {
  const folders = documents.flatMap(({ path }) => /^(.+?)\/docs\//.exec(path)?.[1] ?? []);
  return [...new Set(folders)].slice(0, 5);
}

async function readTraces(files: ProjectFiles, documents: readonly ReadDocument[]): Promise<Map<string, string>> {
  const stems = [...new Set(documents.filter(({ path }) => path.startsWith("docs/")).map(({ path }) => stemOf(path)))];
  const traces = new Map<string, string>();
  for (const stem of stems.sort().slice(-MOST_STEMS)) {
    const file = await files.read(tracePath(stem), LARGEST_TRACE);
    const text = file.ok ? decodeText(file.bytes)?.text : undefined;
    if (text !== undefined) traces.set(stem, text);
  }
  return traces;
}
