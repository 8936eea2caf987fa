import { expect, it } from "vitest";
import type { Connection } from "vscode-languageserver";
import { createFindings } from "../../../daemon/server/lsp/findings.ts";

it.each([
  ["file:///w/app/%28group%29/%40x.ts", "file:///w/app/(group)/@x.ts"],
  ["file:///w/app/(group)/@x.ts", "file:///w/app/%28group%29/%40x.ts"],
  ["untitled:Untitled-1", "untitled:Untitled-1"],
])("finds what was said of %s under %s", (said, asked) => {
  const connection = { sendNotification: async () => undefined } as unknown as Connection;
  const findings = createFindings({ connection, client: { title: "", options: undefined, capabilities: {} } });
  const range = { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } };
  findings.set("run a", said, [{ range, message: "Wrong." }]);
  expect(findings.of(asked)).toHaveLength(1);
  findings.set("run a", asked, []);
  expect(findings.of(said)).toEqual([]);
});
