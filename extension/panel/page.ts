/** The HTML around a page's bundle. Nothing runs in it but that bundle, and nothing is loaded from elsewhere. */
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { pagePolicy } from "./policy.ts";

export function pageRoot(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, "dist", "webview");
}

export interface PageOptions {
  readonly bundle: "main" | "design";
  readonly title: string;
  /** What the page finds in its body's `data-…`. */
  readonly data: Readonly<Record<string, string>>;
  /** It shows pictures that are data of its own; none is loaded from anywhere. */
  readonly images?: boolean;
}

export function pageHtml(webview: vscode.Webview, extensionUri: vscode.Uri, page: PageOptions): string {
  const { bundle, title, data, images = false } = page;
  const nonce = randomBytes(16).toString("base64url");
  const source = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(pageRoot(extensionUri), name)).toString();
  const policy = pagePolicy({ nonce, source: webview.cspSource, images });
  const attributes = Object.entries(data)
    .map(([name, value]) => `data-${name}="${escapeAttribute(value)}"`)
    .join(" ");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${source(`${bundle}.css`)}">
<title>${title}</title>
</head>
<body ${attributes}>
<div id="root"></div>
<script type="module" nonce="${nonce}" src="${source(`${bundle}.js`)}"></script>
</body>
</html>`;
}

function escapeAttribute(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
