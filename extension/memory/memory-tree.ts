/** Nodes of the Memory view as the editor wants them. */
import * as vscode from "vscode";
import type { MemoryNode } from "./node.ts";

export function memoryItem(node: MemoryNode): vscode.TreeItem {
  const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const state = node.children === undefined ? None : node.isExpanded === true ? Expanded : Collapsed;
  const item = new vscode.TreeItem(node.label, state);
  item.id = node.id;
  const said =
    node.description === undefined || node.description === "" ? node.label : `${node.label}, ${node.description}`;
  item.accessibilityInformation = { label: said, role: "treeitem" };
  item.tooltip = node.tooltip ?? said;
  if (node.description !== undefined) item.description = node.description;
  if (node.icon !== undefined)
    item.iconPath = new vscode.ThemeIcon(
      node.icon,
      node.color === undefined ? undefined : new vscode.ThemeColor(node.color),
    );
  if (node.context !== undefined) item.contextValue = node.context;
  if (node.command !== undefined) {
    const { name: command, title, args } = node.command;
    item.command = { command, title, arguments: [...args] };
  }
  return item;
}
