import { expect, it } from "vitest";
import { createTakes } from "../../../../daemon/server/lsp/actions/take.ts";
import { createDocuments } from "../../../../daemon/server/lsp/documents.ts";
import type { Face } from "../../../../daemon/server/lsp/feature.ts";
import { createPositions } from "../../../../daemon/server/lsp/positions.ts";
import { nexusError } from "../../../../protocol/index.ts";

it.each([
  ["daemon.unreachable", 2],
  ["changes.none", 1],
] as const)("tells that a change was taken again after %s: %d times in all", async (code, times) => {
  const documents = createDocuments(createPositions("utf-16"));
  let asked = 0;
  const request = async () => {
    asked += 1;
    if (asked === 1) throw nexusError(code);
    return { taken: ["a.ts"], conflicts: [] };
  };
  const connection = { console: { log: () => undefined } };
  const takes = createTakes({ documents, connection, link: { request } } as unknown as Face);
  const uri = "file:///w/a.ts";
  const textDocument = { uri, languageId: "typescript", version: 1, text: "after\n" };
  documents.notifications["textDocument/didOpen"]?.({ textDocument });
  await takes.applied("run", [{ path: "a.ts", uri, text: "after\n" }]);
  for (let save = 0; save < 3; save += 1) {
    documents.notifications["textDocument/didSave"]?.({ textDocument: { uri } });
    await Promise.resolve().then(() => undefined);
  }
  expect(asked).toBe(times);
});
