/** Tells the daemon what is typed and not saved: after a pause, the newest text only, and never so much that others wait. */
import type { TextDocument } from "vscode-languageserver-textdocument";
import { readText, stat } from "../../host/files.ts";
import { isSameText } from "./actions/text-edits.ts";
import type { Face, Place, Unsaved } from "./feature.ts";
import { filePathOf } from "./folders.ts";

const PAUSE_MS = 300;
/** Between two texts that nobody waits for. */
const BETWEEN_MS = 20;
/** What one message may hold; a longer text counts when it is saved. */
const MAX_CHARACTERS = 250_000;
/** A larger file whose size is another one counts as changed. */
const MOST_COMPARED_BYTES = 8 * 1024 * 1024;
/** More files than that nobody edits; the daemon keeps every text that it is told. */
const MOST_TOLD = 1000;

export function createUnsaved({
  documents,
  folders,
  link,
  clock,
}: Pick<Face, "documents" | "folders" | "link" | "clock">): Unsaved {
  const pauses = new Map<string, () => void>();
  const queue = new Set<string>();
  const sending = new Map<string, Promise<void>>();
  /** What the daemon was told, by document. */
  const known = new Map<string, Place>();
  /** Those that the daemon of this connection has heard. */
  const heard = new Set<string>();
  let isPumping = false;
  let isStopped = false;

  function later(uri: string): void {
    pauses.get(uri)?.();
    pauses.set(
      uri,
      clock.timer(PAUSE_MS, () => soon(uri)),
    );
  }

  function soon(uri: string): void {
    pauses.get(uri)?.();
    pauses.delete(uri);
    queue.add(uri);
    pump();
  }

  function pump(): void {
    const [uri] = queue;
    if (isPumping || isStopped || uri === undefined) return;
    isPumping = true;
    const next = () => {
      isPumping = false;
      pump();
    };
    void now(uri).finally(() => clock.timer(BETWEEN_MS, next));
  }

  /** One document's texts arrive in their order. */
  function now(uri: string): Promise<void> {
    pauses.get(uri)?.();
    pauses.delete(uri);
    queue.delete(uri);
    const before = sending.get(uri) ?? Promise.resolve();
    const own = before
      .then(() => tell(uri))
      .catch(() => undefined)
      .finally(() => {
        if (sending.get(uri) === own) sending.delete(uri);
      });
    sending.set(uri, own);
    return own;
  }

  async function tell(uri: string): Promise<void> {
    const document = documents.get(uri);
    const place = folders.placeOf(uri);
    const text = document !== undefined && documents.isChanged(uri) ? document.getText() : undefined;
    const hasRoom = known.has(uri) || known.size < MOST_TOLD;
    if (place !== undefined && text !== undefined && text.length <= MAX_CHARACTERS && hasRoom) {
      known.set(uri, place);
      heard.delete(uri);
      await link.request("memory/unsaved", { workspace: place.folder, path: place.path, text });
      heard.add(uri);
      return;
    }
    const before = known.get(uri);
    if (before === undefined) return;
    known.delete(uri);
    heard.delete(uri);
    await link.request("memory/unsaved", { workspace: before.folder, path: before.path, text: null });
  }

  /** An editor may open a file with what was not saved in an earlier session. */
  async function look(document: TextDocument): Promise<void> {
    const path = filePathOf(document.uri);
    const found = path === undefined ? undefined : await stat(path).catch(() => undefined);
    const isSize = found !== undefined && found.size === Buffer.byteLength(document.getText());
    if (isSize) return;
    // Editors take away byte order marks, and some of them line ends of their own.
    const saved = path === undefined ? undefined : await readSmall(path, found?.size);
    const isAsSaved = saved !== undefined && isSameText(saved, document.getText());
    const isAsOpened = documents.get(document.uri) === document && !documents.isChanged(document.uri);
    if (!isAsOpened || isAsSaved) return;
    documents.markChanged(document.uri);
    later(document.uri);
  }

  async function told(uri: string): Promise<void> {
    await (pauses.has(uri) || queue.has(uri) ? now(uri) : sending.get(uri));
  }

  function tellAgain(folder?: string): void {
    for (const [uri, place] of known) if (folder === undefined || place.folder === folder) queue.add(uri);
    pump();
  }

  const ends = [
    documents.onOpen((document) => void look(document)),
    documents.onChange(({ uri }) => later(uri)),
    documents.onSave(({ uri }) => soon(uri)),
    documents.onClose((uri) => soon(uri)),
    link.onLost(() => heard.clear()),
    link.onConnected(() => {
      heard.clear();
      tellAgain();
    }),
  ];
  return {
    told,
    async isKnown(uri) {
      await told(uri);
      if (known.has(uri) && !heard.has(uri)) await now(uri);
      return heard.has(uri);
    },
    tellAgain,
    stop() {
      isStopped = true;
      for (const end of [...ends, ...pauses.values()]) end();
      pauses.clear();
      queue.clear();
    },
  };
}

/** Undefined where there is none, or it is longer than what the daemon would be told. */
async function readSmall(path: string, size: number | undefined): Promise<string | undefined> {
  if (size === undefined || size > MOST_COMPARED_BYTES) return undefined;
  return readText(path).catch(() => undefined);
}
