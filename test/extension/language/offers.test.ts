/** What of the language server VS Code takes. */
import { expect, it } from "vitest";
import { isWelcome } from "../../../extension/language/offers.ts";
import { runShownBy } from "../../../extension/language/run-documents.ts";

it.each([
  ["textDocument/codeAction", true],
  ["textDocument/codeLens", true],
  ["textDocument/hover", true],
  ["textDocument/didChange", true],
  ["workspace/executeCommand", true],
  ["workspace/didChangeWatchedFiles", true],
  ["workspace/symbol", false],
  ["textDocument/documentSymbol", false],
  ["textDocument/references", false],
  ["textDocument/definition", false],
])("takes %s: %s", (method, isTaken) => {
  expect(isWelcome(method)).toBe(isTaken);
});

it.each([
  ["file:///home/a/.local/share/nexus/reports/run-ab12-cd.md", "ab12-cd"],
  ["file:///c%3A/Users/a/AppData/Local/Nexus/reports/run-ab12.md", "ab12"],
  ["file:///home/a/nexus/reports/approval-1.md", undefined],
  ["file:///project/run-ab12.md", undefined],
  ["https://example.org/reports/run-x.md?y", undefined],
])("sees in %s the run %s", (uri, runId) => {
  expect(runShownBy(uri)).toBe(runId);
});
