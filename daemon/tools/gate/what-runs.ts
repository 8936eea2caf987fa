/** Files that are protected for a part of their content: only the change itself tells whether a person should see it. */
import { join } from "node:path";
import { readReal } from "../../host/real-files.ts";
import type { Access } from "../../security/access.ts";
import { isPartlyProtected, isProtectedChange } from "../../security/paths/protected-change.ts";
import type { Tool, ToolContext } from "../tool.ts";

/**
 * Adds to a write which of its files would make programs run something else. For that the change is worked out, and
 * nothing written. One that cannot be worked out cannot be carried out either, and says itself why.
 */
export async function withWhatRuns(tool: Tool, input: unknown, access: Access, context: ToolContext): Promise<Access> {
  if (access.kind !== "write" || access.runs !== undefined || !access.paths.some(isPartlyProtected)) return access;
  const doubted = { ...access, runs: access.paths.filter(isPartlyProtected) };
  if (tool.effect !== "verifiable") return doubted;
  const prepared = await tool.prepare(input, context);
  if ("ok" in prepared) return prepared.ok ? doubted : access;
  const { contents } = prepared;
  if (contents === undefined) return doubted;
  for (const { path, content } of contents.filter((file) => isPartlyProtected(file.path))) {
    const before = await readReal(join(context.root, path));
    if (isProtectedChange(path, textOf(before), textOf(content))) return doubted;
  }
  return { ...access, runs: [] };
}

function textOf(bytes: Uint8Array | null | undefined): string | null {
  return bytes == null ? null : new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}
