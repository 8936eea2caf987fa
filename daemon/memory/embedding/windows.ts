/**
 * The windows of 40 lines that are embedded: which contents have which, and what each is called. A window is called by the
 * hash of its text, so that branches share vectors and an update costs only what is new.
 */
import { createHash } from "node:crypto";
import { breathe } from "../../host/source-files.ts";
import { oidIn } from "../index/content-name.ts";
import { CHUNK_LINES } from "../index/segment.ts";
import type { WorkspaceView } from "../index/workspace-view.ts";
import { readSource } from "../sources/read.ts";
import type { EmbeddableChunk } from "../vector/embedding-job.ts";

export interface ViewedWorkspace {
  readonly root: string;
  readonly view: WorkspaceView;
}

/** Hashes of a content's windows in their order; "" for one without text. By the content's name in the index. */
export type WindowsOf = Map<string, readonly string[]>;

const FILES_AT_ONCE = 16;

/** All windows of contents that `isWanted`; what is learnt about contents is put into `windows`. Gives way in between. */
export async function* windowsOf(
  workspaces: readonly ViewedWorkspace[],
  windows: WindowsOf,
  isWanted: (name: string) => boolean,
): AsyncGenerator<EmbeddableChunk> {
  const seen = new Set<string>();
  for (const { root, view } of workspaces)
    for (const path of view.paths()) {
      const name = view.blob(path)?.name;
      if (name === undefined || seen.has(name) || !isWanted(name)) continue;
      if (seen.size % FILES_AT_ONCE === 0) await breathe();
      const texts = textsOf(root, path, name);
      // It changed since it was indexed: the next update comes back to it.
      if (texts === undefined) continue;
      seen.add(name);
      const hashes = texts.map((text) => (text.trim() === "" ? "" : hashOf(text)));
      windows.set(name, hashes);
      for (const [place, hash] of hashes.entries())
        if (hash !== "") yield { key: `${path}:${place * CHUNK_LINES + 1}`, text: texts[place] ?? "", hash };
    }
}

function textsOf(root: string, path: string, name: string): string[] | undefined {
  const oid = oidIn(name);
  const source = readSource(root, { path, oid });
  if (source.kind !== "text" || source.oid !== oid) return undefined;
  const lines = source.text.split("\n");
  return Array.from({ length: Math.ceil(lines.length / CHUNK_LINES) }, (_, place) =>
    lines.slice(place * CHUNK_LINES, (place + 1) * CHUNK_LINES).join("\n"),
  );
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 22);
}

/** As JSON; damage costs reading the files again. */
export function encodeWindows(model: string, windows: WindowsOf): Uint8Array {
  return Buffer.from(JSON.stringify({ model, windows: [...windows] }));
}

export function decodeWindows(bytes: Uint8Array | undefined): { model: string; windows: WindowsOf } | undefined {
  if (bytes === undefined) return undefined;
  try {
    const { model, windows } = JSON.parse(Buffer.from(bytes).toString("utf8"));
    if (typeof model !== "string" || !Array.isArray(windows)) return undefined;
    const isEntry = (entry: unknown): entry is [string, string[]] =>
      Array.isArray(entry) && typeof entry[0] === "string" && Array.isArray(entry[1]);
    return { model, windows: new Map(windows.filter(isEntry)) };
  } catch {
    return undefined;
  }
}
