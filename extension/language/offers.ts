/** Which of the server's offers this editor takes. */

/** What the editor's own language servers answer better, or what would be listed twice beside theirs. */
const LEFT_TO_OTHERS = new Set([
  "textDocument/declaration",
  "textDocument/definition",
  "textDocument/documentSymbol",
  "textDocument/implementation",
  "textDocument/references",
  "textDocument/typeDefinition",
  "workspace/symbol",
]);

export function isWelcome(method: string): boolean {
  return !LEFT_TO_OTHERS.has(method);
}
