/** The tool that says what a procedure has to bring up to date: documents, and what of design and code no longer fits. */
import * as z from "zod/mini";
import type { DirectTool } from "../../tools/tool.ts";
import type { DocumentsPlace } from "./project.ts";
import { stalePartsOf } from "./stale-parts.ts";
import { STALE_DOCUMENTS } from "./tool-names.ts";

const input = z.object({
  of: z.optional(
    z.enum(["documents", "code"]).check(z.describe("Of what: documents of each other (default), or design and code.")),
  ),
});

const MOST_TOLD = 20;

export function staleDocuments(place: Pick<DocumentsPlace, "stale">): DirectTool<typeof input> {
  return {
    name: STALE_DOCUMENTS,
    description:
      "Lists what is out of date as JSON: documents made from an older version of another, or design and code.",
    input,
    effect: "pure",
    access: ({ of }) => (of === "code" ? { kind: "read", paths: ["."] } : { kind: "none" }),
    async execute({ of = "documents" }, context) {
      if (of === "documents") {
        const paths = await place.stale();
        return { ok: true, output: JSON.stringify(paths), summary: `${paths.length} documents are out of date` };
      }
      const { parts, files, design } = await stalePartsOf(context.root);
      const report = parts
        .slice(0, MOST_TOLD)
        .map(({ subject, because }) => `${subject}: ${because}`)
        .join("\n");
      await context.noteStale?.(parts.map(({ subject, because }) => ({ subject, because })));
      const output = JSON.stringify({ isStale: design || files.length > 0, design, files, report });
      return { ok: true, output, summary: `${parts.length} parts are out of date` };
    },
  };
}
