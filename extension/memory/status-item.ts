/** While a folder of the window is indexed, the status bar says so; a click opens the Memory view. */
import * as vscode from "vscode";
import { progressText } from "./index-nodes.ts";
import type { Memory } from "./memory.ts";

export function createMemoryStatusItem(memory: Memory): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("nexus.memory", vscode.StatusBarAlignment.Left, 9);
  item.name = "Nexus code memory";
  item.command = "nexus.memory.focus";
  const update = () => {
    const folder = memory.folders.find((each) => memory.progress(each) !== undefined);
    const progress = folder === undefined ? undefined : memory.progress(folder);
    if (folder === undefined || progress === undefined) {
      item.hide();
      return;
    }
    const text = progressText(progress);
    item.text = `$(loading~spin) ${text}`;
    item.tooltip = `Nexus reads ${folder.name} into memory: ${text}`;
    item.accessibilityInformation = { label: item.tooltip, role: "button" };
    item.show();
  };
  const off = memory.onChange(update);
  return vscode.Disposable.from(item, { dispose: off });
}
