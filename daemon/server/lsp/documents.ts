/** The documents that the client has open, kept in step with what it tells of them. */
import { TextDocument } from "vscode-languageserver-textdocument";
import * as z from "zod/mini";
import { readSlice, stat } from "../../host/files.ts";
import type { Documents, Positions } from "./feature.ts";
import { filePathOf } from "./folders.ts";
import { RangeParam } from "./params.ts";

/** A longer one is not kept: nothing is known of it but its file. */
const MAX_CHARACTERS = 8 * 1024 * 1024;
/** Of all together; what is opened beyond is not kept. */
const MAX_TOTAL_CHARACTERS = 256 * 1024 * 1024;
const MAX_FILE_BYTES = 2 * 1024 * 1024;

const Opened = z.object({
  textDocument: z.object({ uri: z.string(), languageId: z.string(), version: z.number(), text: z.string() }),
});
const Changed = z.object({
  textDocument: z.object({ uri: z.string(), version: z.number() }),
  contentChanges: z.array(z.object({ range: z.optional(z.nullable(RangeParam)), text: z.string() })),
});
const Named = z.object({ textDocument: z.object({ uri: z.string() }) });

export interface OwnedDocuments extends Documents {
  /**
   * Notifications by their names; false for one that does not fit. After a change that cannot be read the text is not known any
   * more, so the document counts as closed.
   */
  readonly notifications: Readonly<Record<string, (params: unknown) => boolean>>;
}

export function createDocuments(positions: Positions): OwnedDocuments {
  const open = new Map<string, TextDocument>();
  const changed = new Set<string>();
  const onChange = new Set<(document: TextDocument) => void>();
  const onOpen = new Set<(document: TextDocument) => void>();
  const onSave = new Set<(document: TextDocument) => void>();
  const onClose = new Set<(uri: string) => void>();
  let total = 0;

  function keep(document: TextDocument): boolean {
    forget(document.uri);
    const { length } = document.getText();
    if (length > MAX_CHARACTERS || total + length > MAX_TOTAL_CHARACTERS) return false;
    open.set(document.uri, document);
    total += length;
    return true;
  }

  function forget(uri: string): boolean {
    total -= open.get(uri)?.getText().length ?? 0;
    return open.delete(uri);
  }

  /** Each change counts from the text that the one before it left. */
  function update(document: TextDocument, { contentChanges, textDocument }: z.output<typeof Changed>): TextDocument {
    return contentChanges.reduce((before, { range, text }) => {
      if (range == null) return TextDocument.update(before, [{ text }], textDocument.version);
      const [start, end] = [positions.offsetAt(before, range.start), positions.offsetAt(before, range.end)];
      const own = { start: before.positionAt(start), end: before.positionAt(end) };
      return TextDocument.update(before, [{ range: own, text }], textDocument.version);
    }, document);
  }

  function opened({ textDocument: { uri, languageId, version, text } }: z.output<typeof Opened>): void {
    changed.delete(uri);
    const document = TextDocument.create(uri, languageId, version, text);
    if (keep(document)) for (const listener of onOpen) listener(document);
  }

  function save({ textDocument: { uri } }: z.output<typeof Named>): void {
    changed.delete(uri);
    const document = open.get(uri);
    if (document !== undefined) for (const listener of onSave) listener(document);
  }

  function change(params: z.output<typeof Changed>): void {
    const { uri } = params.textDocument;
    const document = open.get(uri);
    if (document === undefined || params.contentChanges.length === 0) return;
    changed.add(uri);
    // It is updated in place: its length must be known before.
    forget(uri);
    const updated = update(document, params);
    if (keep(updated)) for (const listener of onChange) listener(updated);
    else for (const listener of onClose) listener(uri);
  }

  function close({ textDocument: { uri } }: z.output<typeof Named>): void {
    changed.delete(uri);
    if (forget(uri)) for (const listener of onClose) listener(uri);
  }

  return {
    get: (uri) => open.get(uri),
    all: () => open.values(),
    isChanged: (uri) => changed.has(uri),
    markChanged: (uri) => void changed.add(uri),
    read: async (uri) => open.get(uri) ?? readDocument(uri),
    onChange: listening(onChange),
    onOpen: listening(onOpen),
    onSave: listening(onSave),
    onClose: listening(onClose),
    notifications: {
      "textDocument/didOpen": (params) => take(Opened, opened, params),
      "textDocument/didChange": (params) => {
        if (take(Changed, change, params)) return true;
        take(Named, close, params);
        return false;
      },
      "textDocument/didSave": (params) => take(Named, save, params),
      "textDocument/didClose": (params) => take(Named, close, params),
    },
  };
}

function take<Schema extends z.ZodMiniType>(
  schema: Schema,
  act: (params: z.output<Schema>) => void,
  params: unknown,
): boolean {
  const read = schema.safeParse(params);
  if (read.success) act(read.data);
  return read.success;
}

function listening<Listener>(listeners: Set<Listener>): (listener: Listener) => () => void {
  return (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
}

async function readDocument(uri: string): Promise<TextDocument | undefined> {
  const path = filePathOf(uri);
  const found = path === undefined ? undefined : await stat(path).catch(() => undefined);
  if (path === undefined || found?.isFile() !== true || found.size > MAX_FILE_BYTES) return undefined;
  const bytes = await readSlice(path, 0, found.size).catch(() => undefined);
  return bytes === undefined ? undefined : TextDocument.create(uri, "", 0, bytes.toString("utf8"));
}
