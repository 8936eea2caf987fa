import { nexusError } from "../../protocol/index.ts";
import { realPath, stat } from "../host/files.ts";

/** The folder's real path. Throws `workspace.missing`. */
export async function checkedWorkspace(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !found.isDirectory()) throw nexusError("workspace.missing", path);
  return realPath(path);
}
