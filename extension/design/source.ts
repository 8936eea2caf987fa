/** Where a design panel's documents come from: a run, or a folder of a workspace. */
import type { DesignSource } from "../../protocol/design/requests.ts";

export function sourceKey(source: DesignSource): string {
  return JSON.stringify("runId" in source ? [source.runId] : [source.workspace, source.folder ?? ""]);
}

/** From the state that a page kept; undefined: it is none. */
export function readSource(text: unknown): DesignSource | undefined {
  const value = typeof text === "string" ? parsed(text) : undefined;
  if (!Array.isArray(value) || !value.every((part) => typeof part === "string" && part.length <= 4096))
    return undefined;
  const [first, folder] = value;
  if (typeof first !== "string" || first === "" || value.length > 2) return undefined;
  if (value.length === 1) return { runId: first };
  return { workspace: first, ...(folder === undefined || folder === "" ? {} : { folder }) };
}

/** The folder as a source: of the workspace that it lies in, else as a workspace of its own. */
export function folderSource(path: string, workspaces: readonly string[]): DesignSource {
  const inside = workspaces
    .filter(
      (workspace) =>
        path === workspace ||
        path.startsWith(`${withoutEnd(workspace)}/`) ||
        path.startsWith(`${withoutEnd(workspace)}\\`),
    )
    .toSorted((one, other) => other.length - one.length)[0];
  if (inside === undefined) return { workspace: path };
  const folder = path.slice(withoutEnd(inside).length + 1).replaceAll("\\", "/");
  return folder === "" ? { workspace: inside } : { workspace: inside, folder };
}

function withoutEnd(path: string): string {
  return path.replace(/[/\\]$/, "");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
