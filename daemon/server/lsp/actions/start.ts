/** Starting a run on what an editor shows: its unsaved texts go along, and what they may not hold is left out. */
import { LSPErrorCodes, ResponseError } from "vscode-languageserver/node";
import { NexusError } from "../../../../protocol/errors.ts";
import { MAX_UNSAVED_BYTES, type RunState, type UnsavedText, unsavedBytes } from "../../../../protocol/index.ts";
import { readText } from "../../../host/files.ts";
import { type CommandCall, type Face, GONE } from "../feature.ts";
import { filePathOf } from "../folders.ts";
import { followRun, startRun } from "../follow.ts";
import { unsavedTexts } from "../unsaved-texts.ts";
import { isSameText } from "./text-edits.ts";
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
  const runId = await begin(face, start, own);
  if (call.signal.aborted && call.signal.reason !== GONE) await face.link.request("run/cancel", { runId });
  return followRun(face, runId, call);
}

/** The subject's own text must be seen; of the others, those that the daemon takes. */
async function begin(face: Face, start: Start, own: readonly UnsavedText[]): Promise<string> {
  const { prompt, kind, subject, isUntrusted } = start;
  const all = unsavedTexts(face, subject.place.folder, { first: own, without: subject.place.path });
  const wish = (unsaved: readonly UnsavedText[]) => ({
    ...{ workspace: subject.place.folder, prompt, kind },
    mode: kind === "change" ? ("act" as const) : ("ask" as const),
    unsaved: [...unsaved],
    ...(isUntrusted ? { trusted: false } : {}),
  });
  try {
    return (await startRun(face, wish(all))).runId;
  } catch (error) {
    const isRefused = error instanceof NexusError && error.value.code === "unsaved.refused";
    if (!isRefused || all.length === own.length) throw error;
    return (await startRun(face, wish(own))).runId;
  }
}

/** Nothing where the file holds the same. */
async function ownText({ documents }: Face, { uri, place, text }: Subject): Promise<UnsavedText[]> {
  if (documents.get(uri) === undefined) return [];
  const path = filePathOf(uri);
  const saved = path === undefined ? undefined : await readText(path).catch(() => undefined);
  if (saved !== undefined && isSameText(saved, text)) return [];
  if (unsavedBytes(text) > MAX_UNSAVED_BYTES)
    throw new ResponseError(
      LSPErrorCodes.RequestFailed,
      `${place.path} holds more unsaved text than a run can begin with: save it, then try again.`,
    );
  return [{ path: place.path, text }];
}
