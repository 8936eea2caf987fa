/** Starting a run on what an editor shows: its unsaved texts go along, and what they may not hold is left out. */
import { NexusError } from "../../../../protocol/errors.ts";
import {
  MAX_UNSAVED_CHARACTERS,
  MAX_UNSAVED_FILES,
  type RunState,
  type UnsavedText,
} from "../../../../protocol/index.ts";
import { readText } from "../../../host/files.ts";
import { type CommandCall, type Face, GONE } from "../feature.ts";
import { filePathOf } from "../folders.ts";
import { followRun, startRun } from "../follow.ts";
import type { Subject } from "./wish.ts";

export interface Start {
  readonly subject: Subject;
  readonly prompt: string;
  readonly kind: "change" | "question";
  /** Nothing of the folder may be run or obeyed. */
  readonly isUntrusted: boolean;
}

/** The state at the run's end. It is cancelled with the call, unless the client is gone. */
export async function runToEnd(face: Face, start: Start, call: CommandCall): Promise<RunState> {
  call.signal.throwIfAborted();
  const own = await ownText(face, start.subject);
  const others = otherTexts(face, start.subject, own);
  const runId = await begin(face, start, own, others);
  if (call.signal.aborted && call.signal.reason !== GONE) await face.link.request("run/cancel", { runId });
  return followRun(face, runId, call);
}

/** The subject's own text must be seen; of the others, those that the daemon takes. */
async function begin(
  face: Face,
  start: Start,
  own: readonly UnsavedText[],
  others: readonly UnsavedText[],
): Promise<string> {
  const { prompt, kind, subject, isUntrusted } = start;
  const wish = (unsaved: readonly UnsavedText[]) => ({
    ...{ workspace: subject.place.folder, prompt, kind },
    mode: kind === "change" ? ("act" as const) : ("ask" as const),
    unsaved: [...unsaved],
    ...(isUntrusted ? { trusted: false } : {}),
  });
  try {
    return (await startRun(face, wish([...own, ...others]))).runId;
  } catch (error) {
    const isRefused = error instanceof NexusError && error.value.code === "unsaved.refused";
    if (!isRefused || others.length === 0) throw error;
    return (await startRun(face, wish(own))).runId;
  }
}

/** Nothing where the file holds the same. */
async function ownText({ documents }: Face, { uri, place, text }: Subject): Promise<UnsavedText[]> {
  if (documents.get(uri) === undefined) return [];
  const path = filePathOf(uri);
  const saved = path === undefined ? undefined : await readText(path).catch(() => undefined);
  return saved !== undefined && saved.replace(/^\ufeff/, "") === text ? [] : [{ path: place.path, text }];
}

function otherTexts({ documents, folders }: Face, subject: Subject, own: readonly UnsavedText[]): UnsavedText[] {
  const texts: UnsavedText[] = [];
  let room = MAX_UNSAVED_CHARACTERS - own.reduce((sum, { text }) => sum + text.length, 0);
  for (const document of documents.all()) {
    const place = folders.placeOf(document.uri);
    const isOther = place?.folder === subject.place.folder && place.path !== subject.place.path;
    const { length } = isOther && documents.isChanged(document.uri) ? document.getText() : "";
    if (place === undefined || length === 0 || length > room || texts.length + own.length >= MAX_UNSAVED_FILES)
      continue;
    room -= length;
    texts.push({ path: place.path, text: document.getText() });
  }
  return texts;
}
