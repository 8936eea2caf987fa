/** A node of the Memory view as data: what it says, and what can be done with it. */
import type { Fact } from "../../protocol/knowledge.ts";
import type { CommandName } from "../commands/names.ts";
import type { Folder } from "./memory.ts";

/** What a command on a node is about. */
export type Subject =
  | { readonly kind: "folder"; readonly folder: Folder }
  | { readonly kind: "fact"; readonly folder: Folder; readonly fact: Fact }
  | { readonly kind: "kept"; readonly keptId: number }
  | {
      readonly kind: "test";
      readonly folder: Folder;
      readonly command: string;
      /** Where to run it, relative to the folder. */
      readonly place: string;
    };

export interface MemoryNode {
  /** Of the whole view. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  readonly tooltip?: string;
  /** A codicon, and a theme colour for it. */
  readonly icon?: string;
  readonly color?: string;
  /** Words that menus look for. */
  readonly context?: string;
  readonly subject?: Subject;
  readonly command?: { readonly name: CommandName; readonly title: string; readonly args: readonly unknown[] };
  readonly children?: () => readonly MemoryNode[] | Promise<readonly MemoryNode[]>;
  readonly isExpanded?: boolean;
}

export function noteNode(id: string, text: string): MemoryNode {
  return { id, label: text, icon: "warning", color: "list.warningForeground", tooltip: text };
}

/** Opens a place of the folder; lines count from 1. */
export function openCommand(folder: Folder, path: string, [start, end]: [number, number], symbol: string | null) {
  return { name: "nexus.openCode" as const, title: "Open", args: [folder.path, path, start, end, symbol] };
}

const SYMBOL_ICONS: Readonly<Record<string, string>> = {
  class: "class",
  interface: "interface",
  struct: "structure",
  enum: "enum",
  trait: "interface",
  module: "namespace",
  function: "method",
  method: "method",
  constructor: "method",
  property: "property",
  constant: "constant",
  variable: "variable",
  type: "class",
  macro: "snippet",
  section: "string",
  key: "key",
  selector: "ruler",
  table: "structure",
};

/** The editor's own icon for that kind of symbol. */
export function symbolIcon(kind: string | null): string {
  const icon = SYMBOL_ICONS[kind ?? ""];
  return icon === undefined ? "file-code" : `symbol-${icon}`;
}

export function count(number: number, noun: string): string {
  return `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;
}
