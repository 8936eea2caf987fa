/**
 * Accepting a run's change beside what the editor has not saved: the daemon is told that first, and then asks the editor to put
 * the change into it (see daemon-edits.ts).
 */
import { type Answer, pendingPaths, type RunState } from "../../../protocol/index.ts";
import type { Face } from "./feature.ts";

export async function acceptChanges(
  face: Face,
  state: RunState,
  paths: readonly string[] | undefined,
): Promise<Answer<"changes/accept">> {
  const { runId, workspace } = state;
  const folder = face.folders.workspaceOf(workspace) ?? workspace;
  const wanted = pendingPaths(state).filter((path) => paths === undefined || paths.includes(path));
  const open = wanted.flatMap((path) => {
    const uri = openUri(face, folder, path);
    return uri === undefined || !face.documents.isChanged(uri) ? [] : [{ path, uri }];
  });
  const known = await Promise.all(open.map(({ uri }) => face.unsaved.isKnown(uri)));
  // The daemon would write the file below a text that it does not know of.
  const conflicts = open.flatMap(({ path, uri }, index) =>
    known[index] === true || !face.documents.isChanged(uri) ? [] : [{ path, reason: NOT_KNOWN }],
  );
  if (conflicts.length > 0) return { accepted: [], conflicts };
  return face.link.request("changes/accept", { runId, ...(paths === undefined ? {} : { paths: [...paths] }) });
}

const NOT_KNOWN =
  "Its unsaved text is too long to put a change into it, or the daemon could not be told of it. Save or undo it, then accept again.";

/** The client's own URI of a file that it has open. */
export function openUri({ documents, folders }: Face, folder: string, path: string): string | undefined {
  const usual = folders.uriOf({ folder, path });
  if (documents.get(usual) !== undefined) return usual;
  for (const { uri } of documents.all()) {
    const place = folders.placeOf(uri);
    if (place?.folder === folder && place.path === path) return uri;
  }
  return undefined;
}
