/** The Memory view, from its first level down. */
import { factNodes } from "./fact-nodes.ts";
import { indexChildren, indexNode } from "./index-nodes.ts";
import { keptNode } from "./kept-nodes.ts";
import type { Folder, Memory } from "./memory.ts";
import type { MemoryNode } from "./node.ts";

/** The first level, or the nodes below one. Rejects with a NexusError. */
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
  const status = await memory.status(folder);
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
    children: () => factNodes(memory, folder),
  };
  return [{ ...index, children: () => indexChildren(folder, status) }, knowledge];
}
