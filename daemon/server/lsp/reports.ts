/** Texts for people that the client shows as documents: files in the data folder. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Connection } from "vscode-languageserver/node";
import * as z from "zod/mini";
import { listFolder, makeFolder, removeFile, stat, writeAtomically } from "../../host/files.ts";
import type { LspClient, Reports } from "./feature.ts";

/** Older ones are removed; each can be made again. */
const MOST_KEPT = 100;
const ENDINGS = { markdown: ".md", plain: ".txt" } as const;
const Shown = z.object({ success: z.boolean() });

export function createReports(connection: Connection, client: LspClient, folder: string): Reports {
  const canShow = client.capabilities.window?.showDocument?.support === true;

  async function prune(): Promise<void> {
    const files = (await listFolder(folder)).filter((entry) => entry.isFile() && /\.(?:md|txt)$/.test(entry.name));
    if (files.length <= MOST_KEPT) return;
    const dated = await Promise.all(
      files.map(async ({ name }) => ({ path: join(folder, name), at: (await stat(join(folder, name)))?.mtimeMs ?? 0 })),
    );
    for (const { path } of dated.sort((first, second) => second.at - first.at).slice(MOST_KEPT)) await removeFile(path);
  }

  return {
    canShow,
    async open(name, text, kind) {
      await makeFolder(folder, 0o700);
      const path = join(folder, `${name.replaceAll(/[^\w.-]/g, "-").slice(0, 100)}${ENDINGS[kind]}`);
      await writeAtomically(path, text, 0o600);
      await prune();
      const uri = pathToFileURL(path).href;
      if (!canShow) return { uri, shown: false };
      const answer = await connection
        .sendRequest("window/showDocument", { uri, external: false, takeFocus: true })
        .catch(() => undefined);
      const read = Shown.safeParse(answer);
      return { uri, shown: read.success && read.data.success };
    },
  };
}
