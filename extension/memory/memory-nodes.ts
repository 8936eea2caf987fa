/** The Memory view, from its first level down. */
import type { MemoryStatus } from "../../protocol/memory.ts";
import { errorOf } from "../error-of.ts";
import { factNodes } from "./fact-nodes.ts";
import { indexChildren, indexNode } from "./index-nodes.ts";
import { keptNode } from "./kept-nodes.ts";
import type { Folder, Memory } from "./memory.ts";
import { type MemoryNode, noteNode } from "./node.ts";

/** The first level, or the nodes below one. What cannot be read is a node that says so. */
export async function memoryNodes(memory: Memory, parent: MemoryNode | undefined): Promise<readonly MemoryNode[]> {
  if (parent !== undefined) return parent.children === undefined ? [] : await parent.children();
  const [first, second] = memory.folders;
  if (first === undefined) return [];
  const kept = memory.kept.map(keptNode);
  if (second === undefined) return [...(await folderNodes(memory, first)), ...kept];
  const folders = memory.folders.map((folder) => ({
    id: `folder ${folder.path}`,
    label: folder.name,
    icon: "root-folder",
    tooltip: folder.path,
    isExpanded: true,
    children: () => folderNodes(memory, folder),
  }));
  return [...folders, ...kept];
}

async function folderNodes(memory: Memory, folder: Folder): Promise<MemoryNode[]> {
  let status: MemoryStatus;
  try {
    status = await memory.status(folder);
  } catch (error) {
    return [problemNode(folder, error)];
  }
  const index = indexNode(folder, status, memory.progress(folder));
  const knowledge: MemoryNode = {
    id: `knowledge ${folder.path}`,
    label: "Knowledge",
    description: status.facts === 0 ? "nothing yet" : String(status.facts),
    tooltip: "Facts, decisions, conventions, dead ends and preferences that agents are told of.",
    icon: "lightbulb",
    context: "knowledge",
    subject: { kind: "folder", folder },
    isExpanded: true,
    children: () =>
      factNodes(memory, folder).catch((error) => [noteNode(`facts ${folder.path}`, errorOf(error).message)]),
  };
  return [{ ...index, children: () => indexChildren(folder, status) }, knowledge];
}

/** A view that is drawn again and again tells what is wrong in itself, not in a notice each time. */
function problemNode(folder: Folder, error: unknown): MemoryNode {
  const { message, hint } = errorOf(error);
  return {
    id: `index ${folder.path}`,
    label: "Index",
    description: message,
    tooltip: `${message}\n${hint}`,
    icon: "error",
    color: "testing.iconFailed",
    context: "index",
    subject: { kind: "folder", folder },
  };
}
