/** A file that a design names, in an editor: as a run would change it, or as it is in the folder. */
import * as vscode from "vscode";
import type { DesignSource } from "../../protocol/design/requests.ts";
import { clientError } from "../../protocol/raised-errors.ts";
import { openChangedFile, openDiff } from "../changes/diff-documents.ts";
import type { Nexus } from "../nexus.ts";

/** `folder`: the project's, from the workspace's root. Rejects with a NexusError where there is no such file. */
export async function openDesignFile(nexus: Nexus, source: DesignSource, folder: string, path: string): Promise<void> {
  const inWorkspace = folder === "" ? path : `${folder}/${path}`;
  if (!("runId" in source)) return await openFile(source.workspace, inWorkspace);
  const { runId } = source;
  const { run } = await nexus.daemon.request("run/show", { runId });
  const isChanged = run.changes?.changeSet.files.some((file) => file.path === inWorkspace) === true;
  if (isChanged) await openDiff(runId, inWorkspace);
  else await openFile(run.workspace, inWorkspace);
}

async function openFile(workspace: string, path: string): Promise<void> {
  const root = vscode.Uri.file(workspace);
  const uri = vscode.Uri.joinPath(root, path);
  const isInside = uri.path.startsWith(`${root.path.replace(/\/$/, "")}/`);
  const isThere =
    isInside &&
    (await vscode.workspace.fs.stat(uri).then(
      ({ type }) => (type & vscode.FileType.File) !== 0,
      () => false,
    ));
  if (!isThere) throw clientError("design.no_file", path);
  await openChangedFile(workspace, path);
}
