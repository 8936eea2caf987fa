/** What of the design and the code no longer fits the other since both were last found to agree, and who brings it up to date. */
import { basename } from "node:path";
import { folderFiles } from "../documents/project-files.ts";
import { parseTrace, type StalePart, staleParts } from "../ui/stale.ts";
import { currentDocuments } from "../view/current.ts";
import { gather } from "../view/gather.ts";

export interface StaleParts {
  readonly parts: readonly StalePart[];
  /** Source files that do not follow their design any more. */
  readonly files: readonly string[];
  /** The UI design does not say what its components are any more. */
  readonly design: boolean;
}

const NONE: StaleParts = { parts: [], files: [], design: false };
const MOST_FILES = 50;

/** Nothing where design and code were never found to agree. `root`: absolute path of the project. */
export async function stalePartsOf(root: string): Promise<StaleParts> {
  const { reading, hashes, traces } = await gather(folderFiles(root, basename(root)));
  const { stem } = currentDocuments(reading.documents);
  const kept = parseTrace(traces.get(stem));
  if (kept === undefined) return NONE;
  const parts = staleParts(stem, { documents: reading.documents, files: hashes }, kept);
  const files = parts.flatMap(({ subject, side }) => (side === "design" && hashes.has(subject) ? [subject] : []));
  return { parts, files: files.slice(0, MOST_FILES), design: parts.some(({ side }) => side === "code") };
}
