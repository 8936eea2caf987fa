/** Tells the daemon what is typed and not saved: after a pause, the newest text only, one file after the other. */
import type { TextDocument } from "vscode-languageserver-textdocument";
import { stat } from "../../host/files.ts";
import type { Face, Place, Unsaved } from "./feature.ts";
import { filePathOf } from "./folders.ts";

const PAUSE_MS = 300;
/** What one message may hold; a longer text counts when it is saved. */
const MAX_CHARACTERS = 250_000;

export function createUnsaved({
  documents,
  folders,
  link,
  clock,
}: Pick<Face, "documents" | "folders" | "link" | "clock">): Unsaved {
  const pauses = new Map<string, () => void>();
  /** What the daemon was told, by document. */
  const known = new Map<string, Place>();
  let last: Promise<void> = Promise.resolve();

  function later(uri: string): void {
    pauses.get(uri)?.();
    pauses.set(
      uri,
      clock.timer(PAUSE_MS, () => void now(uri)),
    );
  }

  /** One request at a time: many files that change at once must not crowd out what the person waits for. */
  function now(uri: string): Promise<void> {
    pauses.get(uri)?.();
    pauses.delete(uri);
    last = last.then(() => tell(uri)).catch(() => undefined);
    return last;
  }

  async function tell(uri: string): Promise<void> {
    const document = documents.get(uri);
    const place = folders.placeOf(uri);
    const text = document !== undefined && documents.isChanged(uri) ? document.getText() : undefined;
    if (place !== undefined && text !== undefined && text.length <= MAX_CHARACTERS) {
      known.set(uri, place);
      await link.request("memory/unsaved", { workspace: place.folder, path: place.path, text });
      return;
    }
    const before = known.get(uri);
    if (before === undefined) return;
    known.delete(uri);
    await link.request("memory/unsaved", { workspace: before.folder, path: before.path, text: null });
  }

  /** An editor may open a file with what was not saved in an earlier session. */
  async function look(document: TextDocument): Promise<void> {
    const path = filePathOf(document.uri);
    const found = path === undefined ? undefined : await stat(path).catch(() => undefined);
    const isAsOpened = documents.get(document.uri) === document && !documents.isChanged(document.uri);
    if (!isAsOpened || (found !== undefined && found.size === Buffer.byteLength(document.getText()))) return;
    documents.markChanged(document.uri);
    later(document.uri);
  }

  const ends = [
    documents.onOpen((document) => void look(document)),
    documents.onChange(({ uri }) => later(uri)),
    documents.onSave(({ uri }) => void now(uri)),
    documents.onClose((uri) => void now(uri)),
  ];
  const unsaved: Unsaved = {
    told: (uri) => (pauses.has(uri) ? now(uri) : last),
    tellAgain(folder) {
      for (const [uri, place] of [...known]) if (folder === undefined || place.folder === folder) void now(uri);
    },
    stop() {
      for (const end of ends) end();
      for (const cancel of pauses.values()) cancel();
      pauses.clear();
    },
  };
  ends.push(link.onConnected(() => unsaved.tellAgain()));
  return unsaved;
}
