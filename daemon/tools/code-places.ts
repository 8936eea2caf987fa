/** Places that the index names, found again in the agent's copy: it may have changed since. */
import { failure, NexusError, type Result } from "../../protocol/index.ts";
import { isSecretPath } from "../security/paths/path-classes.ts";
import { loadText } from "./files/text-file.ts";
import type { ToolContext } from "./tool.ts";

/** Asks the index. What it does not know is told as it is; every other failure says how to go on without it. */
export async function askIndex<Value>(asked: Promise<Value | undefined>): Promise<Result<Value>> {
  try {
    const value = await asked;
    if (value !== undefined) return { ok: true, value };
    return failure("tool.failed", "The code index is still being built; use search_text.");
  } catch (error) {
    if (!(error instanceof NexusError)) throw error;
    const { code, message } = error.value;
    if (code === "memory.unknown_symbol") return failure("tool.failed", `${message} Try search_code or search_text.`);
    if (code === "memory.ambiguous_symbol") return failure("tool.failed", `${message} Name one as path#Holder.name.`);
    return failure("tool.failed", `Code memory cannot answer (${message}); use search_text.`);
  }
}

/** Lines of the agent's copy; undefined for a file that is gone, no text, outside, or may hold secrets. */
export async function linesInCopy(context: ToolContext, path: string): Promise<readonly string[] | undefined> {
  if (isSecretPath(path)) return undefined;
  const file = await loadText(context, path);
  if (!file.ok || isSecretPath(file.value.at.relative)) return undefined;
  return file.value.bytes
    .toString("utf8")
    .replace(/\r?\n$/, "")
    .split(/\r?\n/);
}

/** The number (from 1) of the line that reads so, the nearest to where it was; undefined when there is none. */
export function lineNow(lines: readonly string[], number: number, text: string): number | undefined {
  const wanted = text.trim();
  const isIt = (at: number) => lines[at - 1]?.trim().startsWith(wanted) === true;
  for (let distance = 0; distance <= lines.length; distance++) {
    if (isIt(number - distance)) return number - distance;
    if (isIt(number + distance)) return number + distance;
  }
  return undefined;
}
