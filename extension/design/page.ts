/** The HTML around the design page's bundle. */
import type * as vscode from "vscode";
import { pageHtml } from "../panel/page.ts";

/** Pictures are data of the page's own: diagrams and wireframes, which can run nothing as images, and screenshots. */
export function designHtml(webview: vscode.Webview, extensionUri: vscode.Uri, source: string): string {
  return pageHtml(webview, extensionUri, { bundle: "design", title: "Nexus design", data: { source }, images: true });
}
