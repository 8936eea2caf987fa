/** A design as one file: asked where, written, and shown. */
import * as vscode from "vscode";
import type { Drawing } from "../../protocol/design/panel.ts";
import type { DesignSource } from "../../protocol/design/requests.ts";
import type { Nexus } from "../nexus.ts";

const FILTERS = { markdown: { Markdown: ["md"] }, html: { "Web page": ["html"] } };

export async function exportDesign(
  { daemon }: Nexus,
  source: DesignSource,
  format: "markdown" | "html",
  drawings: readonly Drawing[],
): Promise<void> {
  const { name, text } = await daemon.request("design/export", { source, format, drawings: [...drawings] });
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    title: "Export the design",
    filters: FILTERS[format],
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) }),
  });
  if (target === undefined) return;
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
  void offerToOpen(target, format);
}

async function offerToOpen(target: vscode.Uri, format: "markdown" | "html"): Promise<void> {
  const open = format === "html" ? "Open in Browser" : "Open";
  const hint = format === "html" ? " Printed from a browser it becomes a PDF." : "";
  const said = `Nexus: the design is in ${target.path.split("/").at(-1)}.${hint}`;
  if ((await vscode.window.showInformationMessage(said, open)) === undefined) return;
  if (format === "html") await vscode.env.openExternal(target);
  else await vscode.window.showTextDocument(target);
}
