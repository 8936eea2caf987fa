/** What people's clients have open and not saved, as they told it with memory/unsaved; and edits of it. */
import type { Params } from "../../../protocol/index.ts";
import { nexusError } from "../../../protocol/index.ts";
import { hashOf } from "../../host/files.ts";
import type { OpenDocuments, UnsavedText } from "../../orchestration/open-documents.ts";
import type { ClientChoice } from "./choice.ts";

export interface ClientDocuments extends OpenDocuments {
  /** `workspace` and `path` as the daemon calls them; a text of null was saved or closed. Ends with the connection. */
  told(
    file: Params<"memory/unsaved">,
    connection: { readonly connectionId: string; readonly closed: AbortSignal },
  ): void;
}

/** Of one client; those beyond are not known to be unsaved. */
const MAX_FILES = 10_000;
const ANSWER_MS = 20_000;

export function createClientDocuments(choice: ClientChoice): ClientDocuments {
  /** By connection: the hash of the text, by workspace and path. */
  const texts = new Map<string, Map<string, string>>();
  const keyOf = (workspace: string, path: string) => `${workspace}\n${path}`;

  function filesOf(connectionId: string, closed: AbortSignal): Map<string, string> {
    const known = texts.get(connectionId);
    if (known !== undefined) return known;
    const files = new Map<string, string>();
    if (closed.aborted) return files;
    texts.set(connectionId, files);
    closed.addEventListener("abort", () => texts.delete(connectionId), { once: true });
    return files;
  }

  function unsaved(workspace: string, path: string): UnsavedText[] {
    const takers = new Set(choice.able("client/applyEdit").map(({ connectionId }) => connectionId));
    return [...texts].flatMap(([clientId, files]) => {
      const sha256 = files.get(keyOf(workspace, path));
      if (sha256 === undefined) return [];
      const client = choice.find(clientId);
      // What a script says is open must not keep a person's accept from being written.
      if (client?.role !== "human") return [];
      return [{ path, sha256, by: client.title ?? client.name, clientId, takesEdits: takers.has(clientId) }];
    });
  }

  return {
    told({ workspace, path, text }, { connectionId, closed }) {
      const files = filesOf(connectionId, closed);
      const key = keyOf(workspace, path);
      if (text === null) files.delete(key);
      else if (files.has(key) || files.size < MAX_FILES) files.set(key, hashOf(text));
    },
    unsaved: (workspace, paths) => paths.flatMap((path) => unsaved(workspace, path)),
    async applyEdit(clientId, edit) {
      const client = choice.find(clientId);
      if (client === undefined) throw nexusError("client.gone");
      return client.ask("client/applyEdit", edit, { timeoutMs: ANSWER_MS });
    },
  };
}
