/** What design and code are when they agree, written beside them. */
import { basename, dirname } from "node:path";
import { makeFolder, writeAtomically } from "../../host/files.ts";
import { resolveInside } from "../../security/paths/fence.ts";
import { folderFiles } from "../documents/project-files.ts";
import { currentDocuments } from "../view/current.ts";
import { gather } from "../view/gather.ts";
import { keepTrace } from "./stale.ts";

const LARGEST = 4 * 1024 * 1024;

/** Of the latest round of a project's documents. Answers with the path from the project's folder, if it was written anew. */
export async function writeTrace(root: string): Promise<string | undefined> {
  const files = folderFiles(root, basename(root));
  const { reading, hashes } = await gather(files);
  const { stem } = currentDocuments(reading.documents);
  const { path, text } = keepTrace(stem, { documents: reading.documents, files: hashes });
  const before = await files.read(path, LARGEST);
  if (before.ok && Buffer.from(text).equals(before.bytes)) return undefined;
  const at = await resolveInside(root, path);
  if (!at.ok) return undefined;
  await makeFolder(dirname(at.value.absolute));
  await writeAtomically(at.value.absolute, text);
  return path;
}
