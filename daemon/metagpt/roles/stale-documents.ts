/** The tool that says which documents of the run were made from another version of a document than there is now. */
import * as z from "zod/mini";
import type { DirectTool } from "../../tools/tool.ts";
import type { DocumentsPlace } from "./project.ts";
import { STALE_DOCUMENTS } from "./tool-names.ts";

const input = z.object({});

export function staleDocuments(place: Pick<DocumentsPlace, "stale">): DirectTool<typeof input> {
  return {
    name: STALE_DOCUMENTS,
    description: "Lists the documents that were made from an older version of another, as JSON.",
    input,
    effect: "pure",
    access: () => ({ kind: "none" }),
    async execute() {
      const paths = await place.stale();
      return { ok: true, output: JSON.stringify(paths), summary: `${paths.length} documents are out of date` };
    },
  };
}
