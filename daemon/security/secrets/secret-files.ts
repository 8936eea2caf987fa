/** The workspace's own files of secrets: read so that their values can be hidden, never to be shown. */
import { join } from "node:path";
import { listFolder } from "../../host/files.ts";
import { readFileOnce } from "../../host/source-files.ts";
import { isSecretPath } from "../paths/path-classes.ts";

const MAX_FILES = 20;
const MAX_BYTES = 64 * 1024;

/** Those at the root of the folder, where commands and tests find them. Links are not followed; nothing is reported. */
export async function learnSecretFiles(workspace: string, learn: (text: string) => void): Promise<void> {
  const entries = await listFolder(workspace);
  const names = entries.filter((entry) => entry.isFile() && isSecretPath(entry.name)).map((entry) => entry.name);
  for (const name of names.slice(0, MAX_FILES)) {
    const reading = readFileOnce(join(workspace, name), MAX_BYTES);
    if (reading.ok) learn(reading.bytes.toString("utf8"));
  }
}
