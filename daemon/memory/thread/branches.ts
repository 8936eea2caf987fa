/** Which folder holds a branch: the workspace itself, or another working tree of the same repository that is indexed. */
import { nexusError } from "../../../protocol/index.ts";
import { keptBranch } from "../index/workspace-index.ts";
import type { Freshness } from "./freshness.ts";
import type { Workspaces } from "./workspaces.ts";

interface Parts {
  readonly workspaces: Pick<Workspaces, "opened">;
  readonly freshness: Pick<Freshness, "ready">;
}

interface Asked {
  readonly workspace: string;
  readonly branch?: string | undefined;
}

/** The root to search; throws `memory.unknown_branch` with the branches that are indexed. */
export async function rootOfBranch(parts: Parts, asked: Asked, signal: AbortSignal): Promise<string> {
  const { workspace: root, branch } = asked;
  if (branch === undefined) return root;
  const { repository } = await parts.freshness.ready(root, signal);
  const { rows } = repository;
  const branches = new Map<string, string>();
  for (const view of rows.views()) {
    const name = parts.workspaces.opened(view.root)?.index.lastScan?.branch ?? keptBranch(rows, view.root);
    // Of two working trees with one branch, which git forbids and clones allow, the one that was asked of comes first.
    if (name !== null && (view.root === root || !branches.has(name))) branches.set(name, view.root);
  }
  const found = branches.get(branch);
  if (found !== undefined) return found;
  const known = [...branches.keys()].sort().slice(0, 10);
  throw nexusError("memory.unknown_branch", `“${branch}”; indexed: ${known.length === 0 ? "none" : known.join(", ")}.`);
}
