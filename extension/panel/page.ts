/** The HTML around the run panel's bundle. Nothing runs in it but that bundle, and nothing is loaded from elsewhere. */
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

export function pageRoot(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, "dist", "webview");
}

export function pageHtml(webview: vscode.Webview, extensionUri: vscode.Uri, runId: string): string {
  const nonce = randomBytes(16).toString("base64url");
  const source = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(pageRoot(extensionUri), name)).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${source("main.css")}">
<title>Nexus run</title>
</head>
<body data-run="${escapeAttribute(runId)}">
<div id="root"></div>
<script type="module" nonce="${nonce}" src="${source("main.js")}"></script>
</body>
</html>`;
}

function escapeAttribute(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
