/** What is set on this machine: reads the files, changes nothing. */
import type { Machine } from "../../host/editor-places.ts";
import { findEditor } from "../../host/editor-places.ts";
import { errorCode, readBytes } from "../../host/files.ts";
import type { Change } from "./change.ts";
import type { Editor, Projects, SetupPart } from "./editor.ts";
import type { StartFace } from "./start.ts";

/** `manual`: no file that a program should write. */
export type PartState = Change["state"] | "manual";

export interface LookedAtPart extends SetupPart {
  readonly state: PartState;
  /** Why a file cannot be changed. */
  readonly why?: string;
}

export interface LookedAtEditor {
  readonly editor: Editor;
  /** What shows that it is on this machine. */
  readonly found: string | undefined;
  readonly parts: readonly LookedAtPart[];
}

const MAX_BYTES = 20 * 1024 * 1024;

export async function lookAt(
  editor: Editor,
  machine: Machine,
  start: StartFace,
  projects: Projects,
): Promise<LookedAtEditor> {
  const found = await findEditor(machine, editor.traces(machine));
  const parts = await editor.parts(machine, start, projects);
  return { editor, found, parts: await Promise.all(parts.map(lookAtPart)) };
}

async function lookAtPart(part: SetupPart): Promise<LookedAtPart> {
  if (part.file === undefined) return { ...part, state: "manual" };
  const reading = await readConfiguration(part.file.path);
  if (!reading.ok) return { ...part, state: "unreadable", why: reading.why };
  const change = part.file.change(reading.text);
  return "why" in change ? { ...part, ...change } : { ...part, state: change.state };
}

export type ConfigurationReading =
  /** `text`: undefined where there is no file. */
  { readonly ok: true; readonly text: string | undefined } | { readonly ok: false; readonly why: string };

/** As text, or why it is none; nothing is thrown for what may stand at a person's path. */
export async function readConfiguration(path: string): Promise<ConfigurationReading> {
  try {
    const bytes = await readBytes(path);
    if (bytes === undefined) return { ok: true, text: undefined };
    if (bytes.length > MAX_BYTES) return { ok: false, why: "It is larger than 20 MiB." };
    return { ok: true, text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch (error) {
    const code = errorCode(error);
    return {
      ok: false,
      why: code === undefined || code.startsWith("ERR_") ? "It is not UTF-8." : `It cannot be read (${code}).`,
    };
  }
}
