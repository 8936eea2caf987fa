/** Which folder and which run a command is about. */
import { ResponseError } from "vscode-languageserver/node";
import * as z from "zod/mini";
import { nexusError } from "../../../protocol/errors.ts";
import { isEnded, type RunState } from "../../../protocol/index.ts";
import type { Face } from "./feature.ts";

const INVALID_PARAMS = -32602;
const Word = z.string().check(z.minLength(1), z.maxLength(4096));
const RunWord = z.string().check(z.minLength(1), z.maxLength(80));

/** A folder's path, or the URI of a folder or of a document in it; left out: the only folder, or the first. */
export function targetFolder({ folders }: Pick<Face, "folders">, word: unknown): string {
  const [first] = folders.all();
  if (word === undefined || word === null) {
    if (first !== undefined) return first;
    throw new ResponseError(INVALID_PARAMS, "No folder is open in the editor.");
  }
  const read = Word.safeParse(word);
  const named = read.success ? read.data : "";
  const inner = folders.placeOf(`${named.replace(/\/+$/, "")}/file`)?.folder;
  const found = folders.workspaceOf(named) ?? folders.placeOf(named)?.folder ?? inner;
  if (found !== undefined) return found;
  throw new ResponseError(INVALID_PARAMS, `“${named.slice(0, 200)}” is in none of the folders that are open.`);
}

/** A run's id or the beginning of one; left out or "latest": the newest that `fits`, else the newest. */
export async function targetRun(face: Face, word: unknown, fits: (state: RunState) => boolean): Promise<RunState> {
  const known = face.runs.states();
  const isLatest = word === undefined || word === null || word === "latest";
  if (isLatest) {
    const found = known.find(fits) ?? (await newest(face));
    if (found === undefined) throw nexusError("run.unknown", "The folders that are open have none.");
    return found;
  }
  const read = RunWord.safeParse(word);
  if (!read.success) throw new ResponseError(INVALID_PARAMS, "A run is named by its id.");
  const begins = known.filter(({ runId }) => runId.startsWith(read.data));
  const [only] = begins;
  if (begins.length === 1 && only !== undefined) return only;
  return (await face.link.request("run/show", { runId: read.data })).run;
}

async function newest(face: Face): Promise<RunState | undefined> {
  for (const folder of face.folders.all()) {
    const workspace = face.folders.realPathOf(folder);
    const { runs } = await face.link.request("run/list", { workspace, limit: 1 });
    const [first] = runs;
    if (first !== undefined) return (await face.link.request("run/show", { runId: first.runId })).run;
  }
  return undefined;
}

export function isActive({ status }: RunState): boolean {
  return !isEnded(status);
}
