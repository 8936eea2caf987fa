/** Whatever stands in a project's documents, reading, viewing and exporting it ends well, and says what is wrong. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { heldFiles } from "../../../daemon/metagpt/documents/project-files.ts";
import { shownReading } from "../../../daemon/metagpt/documents/read-project.ts";
import { structureProblems } from "../../../daemon/metagpt/documents/structure.ts";
import { htmlExport } from "../../../daemon/metagpt/view/export-html.ts";
import { markdownExport } from "../../../daemon/metagpt/view/export-markdown.ts";
import { gather } from "../../../daemon/metagpt/view/gather.ts";
import { designView } from "../../../daemon/metagpt/view/view.ts";
import { DesignView, ProjectReading } from "../../../protocol/index.ts";
import { classicProject } from "../documents/projects.ts";
import { design, prd } from "../ui/designs.ts";

const FILES: Readonly<Record<string, string>> = {
  ...classicProject(),
  "docs/prd/7.json": JSON.stringify(prd()),
  "docs/ui_design/7.json": JSON.stringify(design()),
};
const PATHS = Object.keys(FILES).filter((path) => /\.json$/.test(path));

/** A value of other shape in place of the `at`th value, counted through the whole document. */
function mutated(text: string, at: number, value: unknown): string {
  let count = 0;
  const replaced = JSON.stringify(JSON.parse(text), (_key, own: unknown) => (count++ === at ? value : own));
  return replaced ?? "";
}

const change = fc.oneof(
  fc.record({ kind: fc.constant("value" as const), at: fc.nat({ max: 80 }), value: fc.jsonValue({ maxDepth: 3 }) }),
  fc.record({ kind: fc.constant("cut" as const), at: fc.nat({ max: 2000 }), value: fc.constant(null) }),
  fc.record({ kind: fc.constant("bytes" as const), at: fc.nat({ max: 500 }), value: fc.uint8Array({ maxLength: 8 }) }),
);

it("ends well for documents with anything in them", async () => {
  const changes = fc.array(fc.tuple(fc.constantFrom(...PATHS), change), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(changes, async (list) => {
      const files = new Map(Object.entries(FILES).map(([path, text]) => [path, Buffer.from(text)]));
      for (const [path, { kind, at, value }] of list) {
        const text = FILES[path] ?? "";
        const whole = Buffer.from(text);
        if (kind === "value") files.set(path, Buffer.from(mutated(text, at, value)));
        else if (kind === "cut") files.set(path, whole.subarray(0, at));
        else if (value instanceof Uint8Array)
          files.set(path, Buffer.concat([whole.subarray(0, at), value, whole.subarray(at)]));
      }
      const gathered = await gather(heldFiles("x", files));
      expect(ProjectReading.safeParse(shownReading(gathered.reading)).success).toBe(true);
      structureProblems(gathered.reading.documents, { folder: "x", files: [] });
      const view = designView(gathered, { folder: "" });
      expect(DesignView.safeParse(JSON.parse(JSON.stringify(view))).success).toBe(true);
      expect(htmlExport(view)).not.toContain("<script");
      markdownExport(view);
    }),
    { numRuns: 60 },
  );
});
